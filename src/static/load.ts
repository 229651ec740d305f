/** The bytes of a file that is collected: at once where it is small, as a stream where not. */

import { closeSync, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import type { StorageFile } from "../storage/file.ts";
import { createMd5, md5Hex } from "../s3/hash.ts";

/** Files up to this size are held in memory while they are transferred. */
export const smallBytes: number = 4 * 1024 * 1024;

/** A file that was read, or begun. */
export interface Loaded {
  readonly size: number;
  /** All of it, or null where it is large. */
  readonly bytes: Uint8Array | null;
  /** From the beginning; may be called again. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

export function loadedBytes(bytes: Uint8Array): Loaded {
  return { size: bytes.length, bytes, chunks: () => once(bytes) };
}

/** Without waiting: what is asked of the disk for a small file takes less time than a thread of the pool to wake. */
export async function loadLocal(path: string): Promise<Loaded> {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    if (size > smallBytes) return { size, bytes: null, chunks: () => createReadStream(path) };
    const bytes = Buffer.allocUnsafeSlow(size);
    let at = 0;
    while (at < size) {
      const count = readSync(file, bytes, at, size - at, at);
      if (count === 0) break;
      at += count;
    }
    return loadedBytes(bytes.subarray(0, at));
  } finally {
    closeSync(file);
  }
}

export async function loadStored(file: StorageFile): Promise<Loaded> {
  if (file.size > smallBytes) return { size: file.size, bytes: null, chunks: () => file.chunks() };
  const bytes = await file.bytes();
  await file.close();
  return loadedBytes(bytes);
}

/** All bytes, of a file that must be changed as a whole. */
export async function wholeOf({ bytes, chunks }: Loaded): Promise<Uint8Array> {
  if (bytes !== null) return bytes;
  const pieces: Uint8Array[] = [];
  for await (const piece of chunks()) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** MD5 in hexadecimal: what S3 has as ETag, and what names get. It guards against nothing but mistakes. */
export async function md5Of({ bytes, chunks }: Loaded): Promise<string> {
  if (bytes !== null) return md5Hex(bytes);
  const hash = createMd5();
  for await (const piece of chunks()) hash.update(piece);
  return hash.digest("hex");
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}
