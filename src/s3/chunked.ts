/**
 * aws-chunked bodies: a framing inside the HTTP body, whose chunks may be signed and which may end in trailers.
 *
 * ```
 * 10000;chunk-signature=ad80c730…\r\n      size in hexadecimal; the unsigned kind has no signature
 * <65,536 bytes>\r\n
 * 0;chunk-signature=b6c6ea8a…\r\n          the last chunk
 * x-amz-checksum-crc32c:sOO8/Q==\r\n       trailers, with x-amz-trailer-signature where chunks are signed
 * \r\n
 * ```
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */

import { type ChunkSigning, emptySha256, SignatureChain, trailerSignatureName } from "./chunk-signing.ts";
import { S3Error } from "./errors.ts";
import { createSha256, type Hasher, sha256Hex, timingSafeEqual } from "#hash";

export type { ChunkSigning } from "./chunk-signing.ts";
export { ChunkedEncoder, type ChunkedEncoderOptions } from "./chunked-encoder.ts";

/** What `x-amz-content-sha256` says of a body. */
export type PayloadKind =
  | { readonly type: "sha256"; readonly sha256: string }
  | { readonly type: "unsigned" }
  | { readonly type: "chunked"; readonly kind: "signed" | "unsigned"; readonly trailer: boolean };

/**
 * Reads a value of `x-amz-content-sha256`.
 *
 * @throws {S3Error} `InvalidArgument`; `NotImplemented` for the ECDSA kinds, which only multi-region endpoints take.
 */
export function parsePayloadKind(contentSha256: string): PayloadKind {
  switch (contentSha256) {
    case "UNSIGNED-PAYLOAD":
      return { type: "unsigned" };
    case "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
      return { type: "chunked", kind: "unsigned", trailer: true };
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD":
      return { type: "chunked", kind: "signed", trailer: false };
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
      return { type: "chunked", kind: "signed", trailer: true };
    default:
  }
  if (contentSha256.length === 64 && /^[\da-f]+$/i.test(contentSha256)) {
    return { type: "sha256", sha256: contentSha256.toLowerCase() };
  }
  if (contentSha256.startsWith("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD")) {
    throw new S3Error("NotImplemented");
  }
  throw new S3Error("InvalidArgument", {
    message:
      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
    details: { ArgumentName: "x-amz-content-sha256", ArgumentValue: contentSha256 },
  });
}

/** A size, `;chunk-signature=` and 64 digits take 98 bytes. */
const maxChunkHeaderBytes = 256;
const maxTrailerBytes = 16 * 1024;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

export interface ChunkedDecoderOptions {
  readonly kind: "signed" | "unsigned";
  readonly trailer: boolean;
  /** `x-amz-decoded-content-length`. */
  readonly decodedLength: number;
  /** Required for the signed kind. */
  readonly signing?: ChunkSigning;
}

/**
 * Takes the framing off a body. The bytes of a signed chunk are handed out before its signature is known, so what was
 * made of them counts only when {@link end} has returned. After an error the decoder is of no more use.
 *
 * @example
 * const decoder = new ChunkedDecoder({ kind: "unsigned", trailer: true, decodedLength: 5 });
 * decoder.push(Buffer.from("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n")); // [<Buffer "hello">]
 * decoder.end();
 * decoder.trailers["x-amz-checksum-crc32"]; // "NhCmhg=="
 */
export class ChunkedDecoder {
  /** By lower-case name, whole after {@link end}; without `x-amz-trailer-signature`. */
  readonly trailers: Record<string, string> = Object.create(null) as Record<string, string>;

  readonly #options: ChunkedDecoderOptions;
  readonly #chain: SignatureChain | null;
  #expecting: "header" | "data" | "dataEnd" | "trailer" = "header";
  /** What has come of a chunk's header or of the trailers. */
  #text = "";
  /** Bytes of the current chunk that are still to come. */
  #remaining = 0;
  #decoded = 0;
  #signature = "";
  #hasher: Hasher | null = null;
  #seenCarriageReturn = false;

  /** @throws {TypeError} When `signing` is missing for the signed kind. */
  constructor(options: ChunkedDecoderOptions) {
    if (options.kind === "signed" && options.signing === undefined) {
      throw new TypeError("Cannot verify signed chunks without `signing`.");
    }
    this.#options = options;
    this.#chain =
      options.kind === "signed" && options.signing !== undefined ? new SignatureChain(options.signing) : null;
  }

  /**
   * Takes the next bytes of the body, cut anywhere.
   *
   * @returns The data in them; views into `chunk`, nothing is copied.
   * @throws {S3Error} `IncompleteBody` for a framing that is none, and for more data than was announced;
   *   `SignatureDoesNotMatch`.
   */
  push(chunk: Uint8Array): Buffer[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const data: Buffer[] = [];
    let at = 0;
    while (at < bytes.length) {
      switch (this.#expecting) {
        case "header":
          at = this.#readHeader(bytes, at);
          break;
        case "data": {
          const end = Math.min(at + this.#remaining, bytes.length);
          const part = bytes.subarray(at, end);
          this.#readData(part);
          data.push(part);
          at = end;
          break;
        }
        case "dataEnd":
          this.#readDataEnd(bytes[at]);
          at++;
          break;
        case "trailer":
          this.#append(bytes.toString("latin1", at), maxTrailerBytes);
          at = bytes.length;
          break;
      }
    }
    return data;
  }

  /**
   * To be called after the last byte.
   *
   * @throws {S3Error} `IncompleteBody` when the last chunk, announced data or a part of the trailers is missing;
   *   `SignatureDoesNotMatch`; `MalformedTrailerError`.
   */
  end(): void {
    if (this.#expecting !== "trailer") throw incomplete("the last chunk is missing");
    const lines = this.#readTrailers();
    if (this.#chain === null || !this.#options.trailer) return;
    const signature = this.trailers[trailerSignatureName];
    if (signature === undefined) throw incomplete(`${trailerSignatureName} is missing`);
    delete this.trailers[trailerSignatureName];
    if (!timingSafeEqual(this.#chain.trailer(lines), signature)) throw new S3Error("SignatureDoesNotMatch");
  }

  #readHeader(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(lineFeed, at);
    this.#append(bytes.toString("latin1", at, end === -1 ? bytes.length : end), maxChunkHeaderBytes);
    if (end === -1) return bytes.length;
    const header = /^([\da-f]{1,12})(?:;chunk-signature=([^;\r]*))?\r$/i.exec(this.#text);
    this.#text = "";
    const [, digits, signature] = header ?? [];
    if (digits === undefined || (this.#chain !== null && signature === undefined)) {
      throw incomplete("a chunk's header is malformed");
    }
    this.#signature = signature ?? "";
    this.#remaining = Number.parseInt(digits, 16);
    this.#decoded += this.#remaining;
    const isLast = this.#remaining === 0;
    const { decodedLength } = this.#options;
    if (this.#decoded > decodedLength || (isLast && this.#decoded < decodedLength)) {
      throw new S3Error("IncompleteBody", {
        message: `The request body has ${isLast ? "" : "at least "}${this.#decoded} bytes, x-amz-decoded-content-length is ${decodedLength}.`,
      });
    }
    if (isLast) this.#verifyChunk(emptySha256);
    this.#expecting = isLast ? "trailer" : "data";
    return end + 1;
  }

  #readData(part: Buffer): void {
    const isWhole = this.#hasher === null && part.length === this.#remaining;
    this.#remaining -= part.length;
    if (this.#remaining === 0) this.#expecting = "dataEnd";
    if (this.#chain === null) return;
    if (isWhole) {
      this.#verifyChunk(sha256Hex(part));
      return;
    }
    this.#hasher ??= createSha256();
    this.#hasher.update(part);
    if (this.#remaining > 0) return;
    this.#verifyChunk(this.#hasher.digest("hex"));
    this.#hasher = null;
  }

  #readDataEnd(byte: number | undefined): void {
    if (byte !== (this.#seenCarriageReturn ? lineFeed : carriageReturn)) {
      throw incomplete("a chunk's data is longer than its header says");
    }
    if (this.#seenCarriageReturn) this.#expecting = "header";
    this.#seenCarriageReturn = !this.#seenCarriageReturn;
  }

  #verifyChunk(dataSha256: string): void {
    if (this.#chain === null || timingSafeEqual(this.#chain.chunk(dataSha256), this.#signature)) return;
    throw new S3Error("SignatureDoesNotMatch");
  }

  /**
   * Everything behind the last chunk. AWS's documentation and its SDKs end a trailer with `\r\n`, minio-go with
   * `\n\r\n`, so blank lines mean nothing here.
   *
   * @returns What is signed of them.
   */
  #readTrailers(): string {
    const lines = this.#text.split(/\r?\n/);
    const rest = lines.pop();
    if (rest !== "") throw incomplete("the trailers end in the middle of a line");
    let signed = "";
    for (const line of lines) {
      if (line === "") continue;
      if (!this.#options.trailer) throw incomplete("there is something behind the last chunk");
      const colon = line.indexOf(":");
      const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
      if (!/^[\w-]+$/.test(name) || name in this.trailers) {
        throw new S3Error("MalformedTrailerError", {
          message: `The trailer ${JSON.stringify(line)} is malformed or came twice.`,
        });
      }
      const value = line.slice(colon + 1).trim();
      this.trailers[name] = value;
      if (name !== trailerSignatureName) signed += `${name}:${value}\n`;
    }
    return signed;
  }

  #append(text: string, maxBytes: number): void {
    this.#text += text;
    if (this.#text.length > maxBytes) throw incomplete(`more than ${maxBytes} bytes of framing`);
  }
}

function incomplete(reason: string): S3Error {
  return new S3Error("IncompleteBody", { message: `The aws-chunked body is incomplete: ${reason}.` });
}
