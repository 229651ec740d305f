/** Time-ordered ids: rows and files made together lie together, and an id tells when it was made. */

import { setTimeout } from "node:timers/promises";

/** Bytes of an id. */
export const idBytes = 16;

/** Draws ids that rise, each unlike every other: 48 bits of time, 16 of sequence, 64 at random. */
export interface IdSource {
  next(): Buffer;
  /**
   * Resolves when every id that is drawn from now on, by other processes too, is later than this one. So what is committed
   * after it, and seen by whoever draws, is in order.
   */
  passed(id: Buffer): Promise<void>;
  /** No id of this source is from before this time. */
  readonly startMs: number;
}

export interface IdSourceOptions {
  /** No id is from before this time, whatever the clock says. */
  readonly notBeforeMs?: number | undefined;
  /** Other processes of this machine draw ids for the same rows. */
  readonly isShared?: boolean | undefined;
}

/** Further ahead of the clock than this is an id only after the clock was set back, and for that nobody can wait. */
const mostAheadMs = 10;

/**
 * @param clock Milliseconds since the epoch. Going back does not make the ids go back.
 * @param random That many random bytes.
 */
export function createIdSource(
  clock: () => number,
  random: (bytes: number) => Buffer,
  { notBeforeMs = 0, isShared = false }: IdSourceOptions = {},
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
    async passed(id): Promise<void> {
      if (!isShared) return;
      const timeMs = idTimeMs(id);
      // Two processes have the same clock and not the same sequence: only the next millisecond is later for both.
      for (let ms = clock(); ms < timeMs + 1 && timeMs - ms < mostAheadMs; ms = clock()) await setTimeout(1);
    },
  };
}

/** When an id was made, in milliseconds since the epoch. */
export function idTimeMs(id: Buffer): number {
  return id.readUIntBE(0, 6);
}
