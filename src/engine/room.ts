/**
 * Room on the disk: writes are refused while a reserve remains, so that deleting still works.
 *
 * The reserve is of the file system. The index keeps the room that it has freed for itself, so bodies that go into the
 * index may still be written when the file system is full and the index is not.
 */

import { statfs } from "node:fs/promises";

import { S3Error } from "../s3/errors.ts";

/** At most this much is kept free, and at most this part of the whole. */
const mostReserveBytes = 64 * 1024 * 1024;
const reservePart = 0.02;

/** How old an answer of the system may be, with plenty of room and with little. */
const freshMs = 1000;
const freshWithLittleMs = 50;
/** Little room is less than this many reserves. */
const littleReserves = 8;

/** What a commit takes of the index beside the bytes, at most: copies of pages, until older ones are free. */
const commitBytes = 4 * 1024;

export interface Room {
  /**
   * Takes room for a body, or for a piece of one.
   *
   * @param where Whether it goes into the index or into a file.
   * @param later Bytes that will be taken after these, for which there must be room too.
   * @throws S3Error InsufficientStorage
   */
  take(bytes: number, where: "index" | "file", later?: number): void;
}

export interface RoomSource {
  /** What the file system has. */
  disk(): Promise<{ freeBytes: number; totalBytes: number }>;
  /** What the index can use again. */
  index(): Promise<number> | number;
}

/**
 * Watches the room there is. The system is asked while somebody writes, and never waited for; in between, what is
 * written is counted.
 *
 * @param clock Milliseconds since the epoch.
 */
export async function watchRoom(source: RoomSource, clock: () => number): Promise<Room> {
  let diskFreeBytes = Infinity;
  let indexFreeBytes = 0;
  let reserveBytes = 0;
  let askedAtMs = 0;
  let isAsking = false;
  const ask = async (): Promise<void> => {
    isAsking = true;
    askedAtMs = clock();
    try {
      const disk = await source.disk();
      reserveBytes = Math.min(mostReserveBytes, disk.totalBytes * reservePart);
      diskFreeBytes = disk.freeBytes;
      indexFreeBytes = await source.index();
    } catch {
      // Where the system does not tell, the write that fails does.
      diskFreeBytes = Infinity;
    } finally {
      isAsking = false;
    }
  };
  await ask();
  return {
    take(bytes, where, later = 0): void {
      const isLittle = diskFreeBytes < reserveBytes * littleReserves;
      const ageMs = clock() - askedAtMs;
      // A clock that was set back must not stop the asking.
      if (!isAsking && (ageMs < 0 || ageMs >= (isLittle ? freshWithLittleMs : freshMs))) void ask();
      const freeBytes = where === "index" ? diskFreeBytes + indexFreeBytes : diskFreeBytes;
      if (freeBytes < reserveBytes + bytes + later) throw new S3Error("InsufficientStorage");
      diskFreeBytes -= bytes + commitBytes;
    },
  };
}

/** What the file system says that a directory is on. */
export async function diskRoom(directory: string): Promise<{ freeBytes: number; totalBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(directory);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
