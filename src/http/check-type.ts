/** Whether a file is of the type that its name says, and of one that is taken. */

import mime from "mime-types";
import { quote } from "./file-names.ts";
import { hasSignature, sniffType } from "./sniff.ts";
import { UploadError } from "./upload-error.ts";

export const unknownType = "application/octet-stream";

/** What mime-types knows by an old name. */
const standardTypes: Readonly<Record<string, string>> = {
  "audio/x-flac": "audio/flac",
  "image/pjpeg": "image/jpeg",
};

/** Types whose files begin like those of another. */
const kin: Readonly<Record<string, RegExp>> = {
  "application/gzip": /^application\/(?:x-)?(?:gzip|compressed-tar|tgz)$/,
  "application/pdf": /^application\/postscript$/,
  "application/vnd.rar": /^application\/x-cbr$/,
  "application/x-cfb": /^application\/(?:msword|vnd\.ms-|vnd\.visio|x-msi|x-msdownload$)/,
  "application/x-msdos-program": /^application\/(?:x-msdownload|x-msdos-program|x-dosexec)$/,
  "application/xml": /(?:^(?:text|application)\/xml|\+xml)$/,
  "application/zip":
    /^application\/(?:zip|java-archive|oxps|x-cbr|x-xpinstall)$|^application\/vnd\.(?:openxmlformats-|oasis\.opendocument|android\.|apple\.|google-earth\.kmz|ms-officetheme|ms-xpsdocument|ms-.*macroenabled)|^model\/3mf$|\+zip$/,
  "audio/mp4": /^(?:audio|video)\/(?:mp4|x-m4[av])$/,
  "audio/ogg": /^(?:audio|video|application)\/ogg$/,
  "font/otf": /^font\/ttf$/,
  "font/ttf": /^font\/otf$/,
  "image/heic": /^image\/hei[cf]/,
  "image/heif": /^image\/(?:hei[cf]|avif)/,
  "image/png": /^image\/apng$/,
  "image/tiff": /^image\/(?:tiff|x-.*)$/,
  // XML may have any root, and a browser shows Markdown as text, however it begins.
  "text/html": /^(?:text\/html|text\/markdown|(?:text|application)\/xml|application\/xhtml\+xml)$/,
  "video/mp4": /^(?:audio|video)\/(?:mp4|x-m4[av]|quicktime|3gpp2?)$/,
  "video/webm": /^(?:audio|video)\/(?:webm|matroska|x-matroska)$/,
};

/** The type by the name alone, as static files have it. */
export function typeByName(filename: string): string {
  const dot = filename.lastIndexOf(".");
  const type = (dot !== -1 && mime.lookup(filename.slice(dot))) || unknownType;
  return standardTypes[type] ?? type;
}

/** @throws {TypeError} For types that are no list: whoever does not compile has no types to help. */
export function checkTypes(types: readonly string[] | undefined): void {
  if (types === undefined || Array.isArray(types)) return;
  throw new TypeError(`types is ${JSON.stringify(types)}; it is a list, such as ["image/*"].`);
}

export interface CheckTypeInput {
  readonly filename: string;
  /** The first bytes of the file. */
  readonly head: Uint8Array;
  readonly field?: string | undefined;
}

/**
 * Checks the first bytes of a file against its name, and the type against those that are taken.
 *
 * @param accepted Such as `image/*` and `application/pdf`. SVG must be named: it can run scripts. Absent: any.
 * @returns The type to store it with.
 * @throws UploadError `TypeMismatch`, `TypeNotAllowed`.
 */
export function checkType(input: CheckTypeInput, accepted?: readonly string[]): string {
  const { filename, head, field } = input;
  const named = typeByName(filename);
  const found = sniffType(head);
  const type = named === unknownType ? (found ?? unknownType) : named;
  if (!agree(named, found, head)) {
    const is = found === undefined ? "" : `: it is ${found}`;
    throw new UploadError("TypeMismatch", `${quote(filename)} is not of the type that its name says${is}.`, {
      field,
      filename,
    });
  }
  requireAccepted(type, accepted, { filename, field });
  return type;
}

/** @throws UploadError `TypeNotAllowed`. */
export function requireAccepted(
  type: string,
  accepted: readonly string[] | undefined,
  { filename, field }: { readonly filename: string; readonly field?: string | undefined },
): void {
  if (accepted === undefined || accepted.some((pattern) => accepts(pattern, type))) return;
  throw new UploadError(
    "TypeNotAllowed",
    `${quote(filename)} is of the type ${type}. What is taken: ${accepted.map(kindOf).join(", ")}.`,
    { field, filename },
  );
}

const kinds: Readonly<Record<string, string>> = {
  "audio/*": "sound",
  "image/*": "pictures",
  "text/*": "text",
  "video/*": "videos",
};

/** A type in a word for people: `.pdf` of `application/pdf`. */
function kindOf(pattern: string): string {
  const ending = mime.extension(pattern);
  return kinds[pattern.toLowerCase()] ?? (ending === false ? pattern : `.${ending}`);
}

function accepts(pattern: string, type: string): boolean {
  const wanted = pattern.toLowerCase();
  if (wanted === type || wanted === "*/*") return true;
  return wanted.endsWith("/*") && type.startsWith(wanted.slice(0, -1)) && type !== "image/svg+xml";
}

function agree(named: string, found: string | undefined, head: Uint8Array): boolean {
  if (named === unknownType || named === found) return true;
  if (found !== undefined) return kin[found]?.test(named) ?? false;
  if (hasSignature(named)) return false;
  // Text of any kind has no signature, but no zero bytes either.
  return !named.startsWith("text/") || !head.includes(0) || isUtf16(head);
}

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
