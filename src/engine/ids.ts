/** Time-ordered ids: rows and files made together lie together, and an id tells when it was made. */

/** Bytes of an id. */
export const idBytes = 16;

/** Draws ids that rise, each unlike every other: 48 bits of time, 16 of sequence, 64 at random. */
export interface IdSource {
  next(): Buffer;
  /** No id of this source is from before this time. */
  readonly startMs: number;
}

/**
 * @param clock Milliseconds since the epoch. Going back does not make the ids go back.
 * @param random That many random bytes.
 * @param notBeforeMs No id is from before this time, whatever the clock says.
 */
export function createIdSource(
  clock: () => number,
  random: (bytes: number) => Buffer,
  notBeforeMs = 0,
): IdSource {
  const startMs = Math.max(Math.floor(clock()), notBeforeMs);
  let lastMs = startMs;
  let sequence = 0;
  return {
    startMs,
    next(): Buffer {
      const nowMs = Math.floor(clock());
      if (nowMs > lastMs) {
        lastMs = nowMs;
        sequence = 0;
      } else if (++sequence > 0xffff) {
        lastMs++;
        sequence = 0;
      }
      const id = Buffer.allocUnsafe(idBytes);
      id.writeUIntBE(lastMs, 0, 6);
      id.writeUInt16BE(sequence, 6);
      random(8).copy(id, 8);
      return id;
    },
  };
}

/** When an id was made, in milliseconds since the epoch. */
export function idTimeMs(id: Buffer): number {
  return id.readUIntBE(0, 6);
}
