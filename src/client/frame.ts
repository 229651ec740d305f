/** How a body travels in Node: streams framed in chunks that are signed one by one, with a checksum behind them. */

import { type ClientChecksumAlgorithm, checksumHeader } from "../s3/checksums.ts";
import type { ChunkSigning } from "../s3/chunk-signing.ts";
import { ChunkedEncoder } from "../s3/chunked-encoder.ts";
import { checksumOf, createChecksum } from "../s3/running-checksum.ts";
import { type Framing, type FramingOptions, frameBytes, noBody } from "./framing.ts";
import type { Payload } from "./payload.ts";

/** How a body travels. A browser has to wait for the bytes of a stream; here nobody waits. */
export function frame(payload: Payload | null, options: FramingOptions): Framing | Promise<Framing> {
  if (payload === null) return noBody;
  const { bytes } = payload;
  if (bytes === undefined) return frameStream(payload, options);
  const framing = frameBytes(bytes, options, checksumOf);
  const { onSent } = options;
  if (onSent === undefined || bytes.length === 0) return framing;
  return { ...framing, contentLength: bytes.length, body: () => counted(payload.open(), onSent) };
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
  algorithm: ClientChecksumAlgorithm | null,
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
