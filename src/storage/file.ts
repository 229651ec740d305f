/** A stored file that was opened for reading. Django's File, with the web's ways to read. */

import { toWebStream } from "./streams.ts";

/** Bytes `start` to `end`, which is not included, as in `Blob.slice`. */
export interface ByteRange {
  /** Default: 0. */
  readonly start?: number | undefined;
  /** Default: the size. */
  readonly end?: number | undefined;
}

/** What a backend knows of a file, and how its bytes are read. */
export interface StorageFileInit {
  readonly name: string;
  readonly size: number;
  readonly contentType: string;
  readonly lastModified: Date;
  readonly etag?: string | undefined;
  readonly contentEncoding?: string | undefined;
  /** Bytes from `start` up to `end`. Called for each read; `start` is less than `end`. */
  readonly read: (start: number, end: number) => FileBytes;
  /** Gives up what was begun and never read. Called once. */
  readonly close?: (() => void | Promise<void>) | undefined;
}

/** Bytes to be read in pieces; where it has a quicker way to all of them at once, by that. */
export interface FileBytes extends AsyncIterable<Uint8Array> {
  bytes?(): Promise<Uint8Array>;
}

/**
 * A file that was opened. It can be read several times, as a whole and in ranges, until it is closed. All reads are of
 * the same content: one that was replaced since is an error, never a mixture.
 *
 * @example
 * const file = await storage.open("photos/cat.jpg");
 * console.log(file.contentType, file.size);
 * for await (const chunk of file) socket.write(chunk);
 * await file.close();
 */
export class StorageFile implements AsyncIterable<Uint8Array> {
  /** As the storage knows it, with its directories. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly contentType: string;
  readonly lastModified: Date;
  /** Without quotes; another one for other content. Undefined where the backend has none. */
  readonly etag: string | undefined;
  /** What the bytes are encoded with, such as `gzip`, where they are read as they were stored. Mostly undefined. */
  readonly contentEncoding: string | undefined;
  readonly #read: StorageFileInit["read"];
  readonly #close: StorageFileInit["close"];
  #closed = false;

  constructor(init: StorageFileInit) {
    this.name = init.name;
    this.size = init.size;
    this.contentType = init.contentType;
    this.lastModified = init.lastModified;
    this.etag = init.etag;
    this.contentEncoding = init.contentEncoding;
    this.#read = init.read;
    this.#close = init.close;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The bytes as they come, all or a range. Leaving the loop gives up the rest.
   *
   * @throws TypeError when the file is closed; RangeError for a range outside of the file.
   */
  chunks(range: ByteRange = {}): FileBytes {
    if (this.#closed) throw new TypeError(`The file ${JSON.stringify(this.name)} is closed: open it again.`);
    const { start = 0, end = this.size } = range;
    const whole = Number.isInteger(start) && Number.isInteger(end);
    if (!whole || start < 0 || end < start || end > this.size) {
      throw new RangeError(
        `Bytes ${start} to ${end} are not in ${JSON.stringify(this.name)}: it has ${this.size} bytes.`,
      );
    }
    return start === end ? nothing() : this.#read(start, end);
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.chunks()[Symbol.asyncIterator]();
  }

  /** A web stream of all bytes or a range. Nothing is read before the first pull; cancelling it gives up the rest. */
  stream(range?: ByteRange): ReadableStream<Uint8Array> {
    return toWebStream(this.chunks(range));
  }

  /** All bytes, or a range of them. */
  async bytes(range?: ByteRange): Promise<Uint8Array> {
    const source = this.chunks(range);
    if (source.bytes !== undefined) return source.bytes();
    const pieces: Uint8Array[] = [];
    for await (const piece of source) pieces.push(piece);
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  /** All bytes as text of UTF-8. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  /** All bytes as a Blob of the file's type. */
  async blob(): Promise<Blob> {
    return new Blob([await this.bytes()], { type: this.contentType });
  }

  /** Gives up what was not read. May be called again. A file that is dropped instead leaks nothing for long. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#close?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
