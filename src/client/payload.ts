/**
 * The body of one request: what is known of it before it is sent, whether it can be sent twice, and how it travels
 * (hashed, unsigned, or framed in signed chunks with a checksum behind it).
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */

import { type ChecksumAlgorithm, checksumHeader, createChecksum } from "../s3/checksums.ts";
import { ChunkedEncoder, type ChunkSigning } from "../s3/chunked.ts";
import { sha256Hex } from "../s3/hash.ts";

/** A body whose size is known. */
export interface Payload {
  readonly size: number;
  /** The whole of it, where it is in memory. */
  readonly bytes?: Uint8Array | undefined;
  /** From the beginning. Throws where it was opened before and cannot be opened again. */
  open(): AsyncIterable<Uint8Array>;
  /** Whether it can be sent once more: always at first, later unless it is a stream. */
  readonly replayable: boolean;
}

/** Bytes as a payload. They are not copied. */
export function bytesPayload(bytes: Uint8Array): Payload {
  return { size: bytes.length, bytes, replayable: true, open: () => slices(bytes) };
}

/** A stream whose size somebody knows. It can be read once. */
export function streamPayload(stream: AsyncIterable<Uint8Array>, size: number): Payload {
  let opened = false;
  return {
    size,
    get replayable() {
      return !opened;
    },
    open() {
      if (opened) throw new TypeError("The body is a stream that was read already.");
      opened = true;
      return exactly(stream, size);
    },
  };
}

/**
 * How much is handed to the socket at once. A long body is handed over in slices, so that the timer for the answer's
 * headers runs from the last slice that moved and not from the first.
 */
const sliceBytes = 64 * 1024;

async function* slices(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes);
}

async function* exactly(stream: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of stream) {
    seen += chunk.length;
    if (seen > size) break;
    yield chunk;
  }
  if (seen !== size) {
    const is = seen > size ? "more than that" : `${seen} bytes`;
    throw new RangeError(`The body was announced with ${size} bytes, but has ${is}.`);
  }
}

/** What an attempt sends: headers to be signed, what the signature says of the body, and the body itself. */
export interface Framing {
  readonly headers: Readonly<Record<string, string>>;
  readonly payloadHash: string;
  /** The length on the wire, where the body is an iterable. */
  readonly contentLength?: number;
  body(signing?: ChunkSigning): Uint8Array | AsyncIterable<Uint8Array> | null;
}

export interface FramingOptions {
  readonly secure: boolean;
  /** Only version 4 signs bodies. */
  readonly signsBodies: boolean;
  /** The algorithm of the checksum to add, if one is to be added. */
  readonly checksum: ChecksumAlgorithm | null;
  /** Whether the request carries a checksum or a Content-MD5 already. */
  readonly hasDigest: boolean;
  readonly contentEncoding: string | undefined;
  /** Called with the number of bytes handed to the socket since the last call. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

/** SHA-256 of nothing. */
const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** How a body travels. For bytes, what was computed can serve the next attempt too. */
export function frame(payload: Payload | null, options: FramingOptions): Framing {
  if (payload === null) return { headers: {}, payloadHash: emptySha256, body: () => null };
  const { bytes } = payload;
  return bytes === undefined ? frameStream(payload, options) : frameBytes(payload, bytes, options);
}

function frameBytes(payload: Payload, bytes: Uint8Array, options: FramingOptions): Framing {
  const { checksum, onSent } = options;
  const headers = checksum === null ? {} : { [checksumHeader(checksum)]: checksumOf(checksum, bytes) };
  // Over TLS a checksum is enough, as AWS's own clients have it; without either, the signature covers the bytes.
  const unsigned = options.secure && (checksum !== null || options.hasDigest);
  const payloadHash = !options.signsBodies || unsigned ? "UNSIGNED-PAYLOAD" : sha256Hex(bytes);
  if (onSent === undefined || bytes.length === 0) return { headers, payloadHash, body: () => bytes };
  return { headers, payloadHash, contentLength: bytes.length, body: () => counted(payload.open(), onSent) };
}

function frameStream(payload: Payload, options: FramingOptions): Framing {
  const { checksum, secure, signsBodies, onSent } = options;
  const open = (): AsyncIterable<Uint8Array> =>
    onSent === undefined ? payload.open() : counted(payload.open(), onSent);
  const plain = !signsBodies || (secure && checksum === null);
  if (plain) return { headers: {}, payloadHash: "UNSIGNED-PAYLOAD", contentLength: payload.size, body: open };

  const kind = secure ? "unsigned" : "signed";
  const trailer = checksum !== null;
  const hash = secure ? "STREAMING-UNSIGNED-PAYLOAD" : "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
  const announced =
    checksum === null ? undefined : { [checksumHeader(checksum)]: checksumOf(checksum, nothing) };
  const encoding = options.contentEncoding;
  return {
    headers: {
      "content-encoding": encoding === undefined ? "aws-chunked" : `aws-chunked,${encoding}`,
      "x-amz-decoded-content-length": String(payload.size),
      ...(checksum === null ? {} : { "x-amz-trailer": checksumHeader(checksum) }),
    },
    payloadHash: trailer ? `${hash}-TRAILER` : hash,
    contentLength: new ChunkedEncoder({ kind, trailer, ...placeholderSigning }).encodedLength(
      payload.size,
      announced,
    ),
    body(signing) {
      const encoder = new ChunkedEncoder({ kind, trailer, ...(signing === undefined ? {} : { signing }) });
      return chunked(open(), encoder, checksum);
    },
  };
}

const nothing = new Uint8Array(0);

/** Only the length of a signature matters for the length of the body. */
const placeholderSigning: { readonly signing: ChunkSigning } = {
  signing: { key: nothing, scope: "", amzDate: "", seedSignature: "" },
};

async function* chunked(
  source: AsyncIterable<Uint8Array>,
  encoder: ChunkedEncoder,
  algorithm: ChecksumAlgorithm | null,
): AsyncGenerator<Uint8Array> {
  const checksum = algorithm === null ? null : createChecksum(algorithm);
  for await (const data of source) {
    checksum?.update(data);
    yield* encoder.push(data);
  }
  yield* encoder.end(
    checksum === null || algorithm === null ? undefined : { [checksumHeader(algorithm)]: checksum.digest() },
  );
}

async function* counted(
  source: AsyncIterable<Uint8Array>,
  onSent: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    yield chunk;
    // undici asks for the next chunk when the socket has taken this one.
    onSent(chunk.length);
  }
}

function checksumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
  const checksum = createChecksum(algorithm);
  checksum.update(bytes);
  return checksum.digest();
}
