/** Room on the disk: writes are refused while a reserve remains, so that deleting still works. */

import { statfs } from "node:fs/promises";

import { S3Error } from "../s3/errors.ts";

/** At most this much is kept free, and at most this part of the whole. */
const mostReserveBytes = 64 * 1024 * 1024;
const reservePart = 0.02;

/** How old an answer of the system may be. */
const freshMs = 1000;
const freshWhileFullMs = 100;

export interface Room {
  /** @throws S3Error InsufficientStorage */
  assert(): void;
}

/**
 * Watches the file system that a directory is on. It is asked while somebody writes, and never waited for.
 *
 * @param clock Milliseconds since the epoch.
 * @param measure Bytes free and in all. Default: what `statfs` says.
 */
export async function watchRoom(
  directory: string,
  clock: () => number,
  measure: (directory: string) => Promise<{ freeBytes: number; totalBytes: number }> = measureRoom,
): Promise<Room> {
  let isFull = false;
  let askedAtMs = 0;
  let isAsking = false;
  const ask = async (): Promise<void> => {
    isAsking = true;
    askedAtMs = clock();
    try {
      const { freeBytes, totalBytes } = await measure(directory);
      isFull = freeBytes < Math.min(mostReserveBytes, totalBytes * reservePart);
    } catch {
      // A file system that does not tell is found full by the write that fails.
      isFull = false;
    } finally {
      isAsking = false;
    }
  };
  await ask();
  return {
    assert(): void {
      if (!isAsking && clock() - askedAtMs >= (isFull ? freshWhileFullMs : freshMs)) void ask();
      if (isFull) throw new S3Error("InsufficientStorage");
    },
  };
}

async function measureRoom(directory: string): Promise<{ freeBytes: number; totalBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(directory);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
