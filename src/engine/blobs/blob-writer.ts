/**
 * Writes a blob's file in large pieces, one of which is filled while the one before is written.
 *
 * Whole pieces go past the system's page cache (O_DIRECT) where the file system can do that: a body that must be on the
 * disk anyway need not be copied into pages first, which cost more than its MD5, and does not push what is read out of
 * the cache.
 */

import { constants } from "node:fs";
import type { FileHandle, open as openFile } from "node:fs/promises";

import { BufferPool } from "./buffer-pool.ts";
import type { BufferPair } from "./buffer-pool.ts";

/** Bytes of one write. O_DIRECT wants memory, position and length to be multiples of the disk's block. */
const pieceBytes = 1024 * 1024;

const pool = new BufferPool(pieceBytes, pageAligned(pieceBytes));

/** Whether the file system takes O_DIRECT, as far as is known: it says so only when it is asked. */
export interface DirectWrites {
  works: boolean;
}

/** Whether the system has O_DIRECT at all: macOS and Windows have not. */
export const systemHasDirectWrites: boolean = constants.O_DIRECT !== undefined;

interface BlobWriterOptions {
  readonly open: typeof openFile;
  readonly path: string;
  /** Open for writing, and empty. It stays open. */
  readonly file: FileHandle;
  readonly direct: DirectWrites;
}

export class BlobWriter {
  readonly #options: BlobWriterOptions;
  readonly #buffers: BufferPair = pool.take();
  #buffer: Buffer = this.#buffers.next();
  #filled = 0;
  #written = 0;
  #directFile: FileHandle | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: BlobWriterOptions) {
    this.#options = options;
  }

  /** Takes in bytes, which are the caller's again when it resolves. */
  async add(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + pieceBytes - this.#filled);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === pieceBytes) await this.#next();
    }
  }

  /** Resolves when all bytes are with the system. They are durable when `file` is flushed. */
  async end(): Promise<void> {
    await this.#next();
    await this.#writing;
    const directFile = this.#directFile;
    this.#directFile = null;
    await directFile?.close();
  }

  /** To be called in the end, whatever happened. */
  async release(): Promise<void> {
    // Neither may the file be closed nor the buffer be another's while it is written.
    await this.#writing.catch(() => {});
    await this.#directFile?.close().catch(() => {});
    pool.give(this.#buffers);
  }

  async #next(): Promise<void> {
    await this.#writing;
    this.#writing = this.#write(this.#buffer.subarray(0, this.#filled), this.#written);
    // Awaited later: until then its failure must not count as unhandled.
    this.#writing.catch(() => {});
    this.#written += this.#filled;
    this.#filled = 0;
    this.#buffer = this.#buffers.next();
  }

  async #write(bytes: Buffer, position: number): Promise<void> {
    let at = bytes.length === pieceBytes ? await this.#writeDirectly(bytes, position) : 0;
    while (at < bytes.length) at += await writeSome(this.#options.file, bytes.subarray(at), position + at);
  }

  /** How many bytes were written: none where the file system does not do that. */
  async #writeDirectly(bytes: Buffer, position: number): Promise<number> {
    const { open, path, direct } = this.#options;
    if (!direct.works) return 0;
    try {
      this.#directFile ??= await open(path, constants.O_WRONLY | constants.O_DIRECT);
      return await writeSome(this.#directFile, bytes, position);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EINVAL" && code !== "ENOTSUP" && code !== "EOPNOTSUPP") throw error;
      direct.works = false;
      return 0;
    }
  }
}

/** The system may write less than it was given. */
async function writeSome(file: FileHandle, bytes: Buffer, position: number): Promise<number> {
  const { bytesWritten } = await file.write(bytes, 0, bytes.length, position);
  if (bytesWritten === 0) throw new Error("The system wrote nothing");
  return bytesWritten;
}

/** As much of WebAssembly as is used here; its types come with the browser's. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};

/** Makes buffers that begin where a page of memory does, as the memories of WebAssembly do, many in one of those. */
function pageAligned(bytes: number): () => Buffer {
  const { Memory } = WebAssembly;
  const buffersInSlab = 16;
  const pages = (buffersInSlab * bytes) / (64 * 1024);
  let slab = new ArrayBuffer(0);
  let used = buffersInSlab;
  return () => {
    if (used === buffersInSlab) {
      slab = new Memory({ initial: pages, maximum: pages }).buffer;
      used = 0;
    }
    return Buffer.from(slab, used++ * bytes, bytes);
  };
}
