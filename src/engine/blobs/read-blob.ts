/** Reads a range of a blob's file, in large pieces and one ahead, and verifies every block that it touches. */

import type { FileHandle, open as openFile } from "node:fs/promises";

import type { XXHashAPI } from "xxhash-wasm";

import { blockBytes, BlockFooter, footerBytes, readSize, trailerBytes } from "./block-footer.ts";
import type { BlobId, BlobRange } from "./blobs.ts";
import { BufferPool } from "./buffer-pool.ts";

/** Bytes of one read and of the piece it yields: whole blocks. */
const pieceBytes = 8 * blockBytes;

/** A piece, and the footer behind it where both are all that is left of the file, unless the footer is a large file's. */
const bufferBytes = pieceBytes + footerBytes(8 * 1024 * 1024);
const pool = new BufferPool(bufferBytes);
/** Every piece in a buffer of its own. */
const ownBuffers = { next: (): null => null };

/** Where a blob is read from, and by what it is verified. */
interface BlobFile {
  readonly open: typeof openFile;
  readonly path: string;
  readonly xxhash: XXHashAPI;
}

export async function* readBlob(
  { open, path, xxhash }: BlobFile,
  id: BlobId,
  { size, start, end, reusesBuffers = false }: BlobRange,
): AsyncIterable<Buffer> {
  if (start > end) return;
  const file = await open(path, "r");
  const buffers = reusesBuffers ? pool.take() : ownBuffers;
  let ahead: Promise<Buffer> | null = null;
  try {
    const first = start - (start % blockBytes);
    const last = Math.min(size, end + blockBytes - (end % blockBytes));
    let at = first;
    let footer: BlockFooter;
    let head: Buffer | null = null;
    if (size - first <= pieceBytes && size - first + footerBytes(size) <= bufferBytes) {
      // All that is left of the file is one read.
      const rest = await readUpTo(file, first, size - first + footerBytes(size), buffers.next());
      footer = new BlockFooter(xxhash, rest.subarray(size - first), id, size);
      head = rest.subarray(0, last - first);
    } else {
      ahead = readFully(file, first, Math.min(pieceBytes, last - first), buffers.next());
      // Awaited below: until then its failure must not count as unhandled.
      ahead.catch(() => {});
      footer = new BlockFooter(xxhash, await readUpTo(file, size, footerBytes(size), null), id, size);
    }
    while (at < last) {
      const piece: Buffer = head ?? (await (ahead as Promise<Buffer>));
      const next = at + piece.length;
      ahead = null;
      if (next < last) {
        ahead = readFully(file, next, Math.min(pieceBytes, last - next), buffers.next());
        ahead.catch(() => {});
      }
      footer.verify(piece, at / blockBytes);
      yield piece.subarray(Math.max(0, start - at), Math.min(piece.length, end + 1 - at));
      at = next;
    }
  } catch (error) {
    throw cannotRead(id, error);
  } finally {
    // The file must not be closed while it is read.
    await ahead?.catch(() => {});
    pool.give(buffers);
    await file.close();
  }
}

/** The size that stands at the end of a blob's file. */
export async function sizeOfBlob(open: typeof openFile, path: string, id: BlobId): Promise<number> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      return readSize(await readUpTo(file, Math.max(0, size - trailerBytes), trailerBytes, null));
    } finally {
      await file.close();
    }
  } catch (error) {
    throw cannotRead(id, error);
  }
}

function cannotRead(id: BlobId, cause: unknown): Error {
  return new Error(`Cannot read blob ${id.toString("hex")}: ${(cause as Error).message}`, { cause });
}

async function readFully(
  file: FileHandle,
  position: number,
  length: number,
  buffer: Buffer | null,
): Promise<Buffer> {
  const bytes = await readUpTo(file, position, length, buffer);
  if (bytes.length < length) {
    throw new Error(`the file ends at ${position + bytes.length}, its record says more`);
  }
  return bytes;
}

/** Less where the file ends before. */
async function readUpTo(
  file: FileHandle,
  position: number,
  length: number,
  buffer: Buffer | null,
): Promise<Buffer> {
  const bytes = buffer?.subarray(0, length) ?? Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
