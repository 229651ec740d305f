/** Compressed files: the same bytes for the same content, whatever machine compresses. */

import { pipeline, Readable } from "node:stream";
import { constants, createGunzip, createGzip } from "node:zlib";

/** Where the header of gzip says which system compressed (RFC 1952), and its word for "unknown". */
const systemByte = 9;
const unknownSystem = 255;

/** A content compressed with gzip. */
export async function* compressed(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // zlib writes no time; the system is what differs.
  let at = 0;
  for await (const chunk of through(content, createGzip({ level: constants.Z_BEST_COMPRESSION }))) {
    if (at <= systemByte && systemByte < at + chunk.length) chunk[systemByte - at] = unknownSystem;
    at += chunk.length;
    yield chunk;
  }
}

/** Bytes `start` to `end` of what was compressed. */
export async function* decompressed(
  content: AsyncIterable<Uint8Array>,
  { start, end }: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const chunk of through(content, createGunzip())) {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, chunk.length);
    if (from < to) yield chunk.subarray(from, to);
    at += chunk.length;
    if (at >= end) return;
  }
}

/** The last bytes of a compressed file, by number. */
export const trailerBytes = 4;

/** The size of what was compressed, from the trailer: exact below 4 GiB. */
export function sizeFromTrailer(trailer: Uint8Array): number {
  return Buffer.from(trailer.buffer, trailer.byteOffset, trailer.byteLength).readUInt32LE(0);
}

function through(
  content: AsyncIterable<Uint8Array>,
  transform: NodeJS.ReadWriteStream,
): AsyncIterable<Uint8Array> {
  // The transform is destroyed with the error of either side; the loop over it throws that.
  pipeline(Readable.from(content, { objectMode: true }), transform, () => {});
  return transform as AsyncIterable<unknown> as AsyncIterable<Uint8Array>;
}
