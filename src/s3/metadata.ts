/**
 * User metadata: the `x-amz-meta-…` headers, and RFC 2047 for what ASCII cannot say.
 *
 * Inside the program names are lower-case without the prefix and values are ordinary strings. Out on the wire a value
 * that is not printable ASCII is one encoded word, `=?UTF-8?B?…?=`, as AWS answers it. boto 2 does neither: it
 * percent-encodes such a value when it sends and decodes it when it reads, and to a server that is plain ASCII.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#UserMetadata
 */

import { S3Error } from "./errors.ts";

/** What the names and values of an object's metadata may measure together, in bytes of UTF-8. */
export const maxMetadataBytes = 2048;

const prefix = "x-amz-meta-";
const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true });

/**
 * The metadata in the headers of a request or a response, of any size: see {@link checkMetadataSize}.
 *
 * @param headers Names in lower case; values as latin1, a character a byte.
 * @example
 * readMetadata({ "x-amz-meta-town": "=?UTF-8?B?S8O2bG4=?=" }); // { town: "Köln" }
 */
export function readMetadata(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries: [string, string][] = [];
  for (const name in headers) {
    if (name.startsWith(prefix) && name.length > prefix.length) {
      entries.push([name.slice(prefix.length).toLowerCase(), decodeMetadataValue(headers[name] ?? "")]);
    }
  }
  // Not by assignment: a name such as `__proto__` must become a property like any other.
  return Object.fromEntries(entries);
}

/**
 * The headers that carry metadata.
 *
 * @param headers Where to add them. Default: an empty object.
 * @throws {TypeError} For a name that cannot be part of a header's name, and a value that is no string.
 * @example
 * writeMetadata({ Town: "Köln" }); // { "x-amz-meta-town": "=?UTF-8?B?S8O2bG4=?=" }
 */
export function writeMetadata(
  metadata: Readonly<Record<string, string>>,
  headers: Record<string, string> = {},
): Record<string, string> {
  for (const name of Object.keys(metadata)) {
    const value = metadata[name] as string;
    if (!isMetadataName(name)) {
      throw new TypeError(`Cannot send metadata ${JSON.stringify(name)}: it is no token of RFC 9110.`);
    }
    if (typeof value !== "string") throw new TypeError(`Cannot send metadata ${name}: it is no string.`);
    headers[prefix + name.toLowerCase()] = encodeMetadataValue(value);
  }
  return headers;
}

/** Whether a name can be part of a header's name: a token of RFC 9110. */
export function isMetadataName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}

/**
 * Checks that names and values together are not too long for a server to take.
 *
 * @throws {S3Error} `MetadataTooLarge` above 2,048 bytes.
 */
export function checkMetadataSize(metadata: Readonly<Record<string, string>>): void {
  let size = 0;
  for (const [name, value] of Object.entries(metadata)) {
    size += encoder.encode(name).length + encoder.encode(value).length;
  }
  if (size > maxMetadataBytes) {
    throw new S3Error("MetadataTooLarge", {
      details: { Size: String(size), MaxSizeAllowed: String(maxMetadataBytes) },
    });
  }
}

/** A value as it goes into a header. Controls are encoded too, so no value can end its header. */
export function encodeMetadataValue(value: string): string {
  const isPlain = /^[ -~]*$/.test(value) && value === value.trim() && decodeWords(value) === value;
  return isPlain ? value : `=?UTF-8?B?${base64(encoder.encode(value))}?=`;
}

/** A value out of a header: bytes of UTF-8, or of latin1 where they are not UTF-8, with encoded words decoded. */
export function decodeMetadataValue(header: string): string {
  const value = header.trim();
  const isBytes = /[\x80-\xff]/.test(value) && !/[^\0-\xff]/.test(value);
  return decodeWords(isBytes ? decodeBytes(bytesOf(value), "utf-8") : value);
}

const encodedWord = /=\?([A-Za-z0-9_-]+)(?:\*[A-Za-z-]+)?\?([BbQq])\?([!->@-~]*)\?=/;
const encodedWords = new RegExp(encodedWord, "g");
/** White space between two encoded words is only there to keep lines short (RFC 2047, section 6.2). */
const betweenWords =
  /(=\?[A-Za-z0-9_*-]+\?[BbQq]\?[!->@-~]*\?=)[ \t]+(?==\?[A-Za-z0-9_*-]+\?[BbQq]\?[!->@-~]*\?=)/g;

function decodeWords(value: string): string {
  if (!value.includes("=?")) return value;
  return value
    .replaceAll(betweenWords, "$1")
    .replaceAll(encodedWords, (word, charset: string, encoding: string, text: string) => {
      const bytes = encoding.toUpperCase() === "B" ? base64Bytes(text) : quotedPrintableBytes(text);
      return bytes === null || !/^(?:utf-8|us-ascii|iso-8859-1)$/i.test(charset)
        ? word
        : decodeBytes(bytes, charset);
    });
}

function decodeBytes(bytes: Uint8Array, charset: string): string {
  if (charset.toLowerCase() !== "iso-8859-1") {
    try {
      return strictDecoder.decode(bytes);
    } catch {
      // Falls through to latin1, in which every byte is a character.
    }
  }
  return latin1Of(bytes);
}

function quotedPrintableBytes(text: string): Uint8Array | null {
  if (/=(?![0-9A-Fa-f]{2})/.test(text)) return null;
  return bytesOf(
    text
      .replaceAll("_", " ")
      .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
}

function base64Bytes(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  return bytesOf(atob(text));
}

// By atob and btoa, since this file runs in browsers too.
function base64(bytes: Uint8Array): string {
  return btoa(latin1Of(bytes));
}

function latin1Of(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function bytesOf(latin1: string): Uint8Array {
  return Uint8Array.from(latin1, (character) => character.charCodeAt(0));
}
