/** A stream cut into parts. */

import { concat, join } from "./bodies.ts";

/**
 * Bytes in pieces of exactly `size`, but for the last; nothing where there are none.
 *
 * A long piece is filled in its place, so that what the source gave is let go at once.
 *
 * @param allocate Gives the room for a long piece.
 */
export async function* inPieces(
  source: AsyncIterable<Uint8Array>,
  size: () => number,
  allocate: (size: number) => Uint8Array,
): AsyncGenerator<Uint8Array> {
  let wanted = size();
  let held: Uint8Array[] = [];
  let piece: Uint8Array | null = null;
  let filled = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + wanted - filled);
      at += part.length;
      if (piece === null && filled + part.length < directBytes) {
        held.push(part);
      } else {
        piece ??= join(held, allocate(wanted));
        piece.set(part, filled);
      }
      filled += part.length;
      if (filled === wanted) {
        yield piece ?? concat(held, filled);
        wanted = size();
        held = [];
        piece = null;
        filled = 0;
      }
    }
  }
  if (filled > 0) yield piece === null ? concat(held, filled) : piece.subarray(0, filled);
}

/** A piece that gets this long is given its whole room. */
const directBytes = 256 * 1024;
