/**
 * How a body travels, as far as it is the same everywhere: bytes in memory, hashed or unsigned, with a checksum in a
 * header. What needs more is `#frame`: frame.ts, and frame-browser.ts in a bundle for a browser.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */

import { type ClientChecksumAlgorithm, checksumHeader } from "../s3/checksums.ts";
import type { ChunkSigning } from "../s3/chunk-signing.ts";
import { sha256Hex } from "#hash";

/** What an attempt sends: headers to be signed, what the signature says of the body, and the body itself. */
export interface Framing {
  readonly headers: Readonly<Record<string, string>>;
  readonly payloadHash: string;
  /** The length on the wire, where the body is an iterable. */
  readonly contentLength?: number;
  body(signing?: ChunkSigning): Uint8Array | AsyncIterable<Uint8Array> | null;
  /** To be called when the answer is there; tells what nobody saw on its way. */
  readonly sent?: (() => void) | undefined;
}

export interface FramingOptions {
  readonly secure: boolean;
  /** Only version 4 signs bodies. */
  readonly signsBodies: boolean;
  /** The algorithm of the checksum to add, if one is to be added. */
  readonly checksum: ClientChecksumAlgorithm | null;
  /** Whether the request carries a checksum or a Content-MD5 already. */
  readonly hasDigest: boolean;
  readonly contentEncoding: string | undefined;
  /** Called with the number of bytes handed to the socket since the last call. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

/** No body at all. */
export const noBody: Framing = {
  headers: {},
  // SHA-256 of nothing.
  payloadHash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  body: () => null,
};

/**
 * Bytes that are in memory.
 *
 * @param checksumOf Computes what {@link FramingOptions.checksum} asks for.
 */
export function frameBytes(
  bytes: Uint8Array,
  options: FramingOptions,
  checksumOf: (algorithm: ClientChecksumAlgorithm, bytes: Uint8Array) => string,
): Framing {
  const { checksum } = options;
  const headers = checksum === null ? {} : { [checksumHeader(checksum)]: checksumOf(checksum, bytes) };
  // Over TLS a checksum is enough, as AWS's own clients have it; without either, the signature covers the bytes.
  const unsigned = options.secure && (checksum !== null || options.hasDigest);
  const payloadHash = !options.signsBodies || unsigned ? "UNSIGNED-PAYLOAD" : sha256Hex(bytes);
  return { headers, payloadHash, body: () => bytes };
}
