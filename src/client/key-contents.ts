/** The half of a Key that reads: its bytes in whatever form they are wanted. */

import { concat } from "./bodies.ts";
import type { GetOptions } from "./key-options.ts";
import { ObjectBody } from "./object-body.ts";
import type { WriteTarget } from "./write-target.ts";

/** Everything that follows from the bytes alone. */
export abstract class KeyContents implements AsyncIterable<Uint8Array> {
  #reading: Reading | null = null;

  /** Bytes of the object, as far as they are known. */
  abstract size: number | undefined;
  abstract contentType: string | undefined;

  /** The object's bytes, fetched when they are read. */
  abstract contents(options?: GetOptions): ObjectBody;

  async bytes(options?: GetOptions): Promise<Uint8Array> {
    return this.contents(options).bytes();
  }

  /** The object as text of UTF-8. */
  async text(options?: GetOptions): Promise<string> {
    return this.contents(options).text();
  }

  async json<T = unknown>(options?: GetOptions): Promise<T> {
    return this.contents(options).json<T>();
  }

  /** The object as a Blob of its content type. */
  async blob(options?: GetOptions): Promise<Blob> {
    const bytes = await this.bytes(options);
    return new Blob([bytes], { type: this.contentType ?? "" });
  }

  /** The object as a web stream. It is fetched by the first read. */
  stream(options?: GetOptions): ReadableStream<Uint8Array> {
    return this.contents(options).stream();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.contents()[Symbol.asyncIterator]();
  }

  /**
   * Part of the object, as Blob.slice has it: from `start` up to but without `end`; a negative start counts from the end.
   *
   * @throws RangeError for an end that counts from the end while the key's size is not known.
   */
  slice(start = 0, end?: number, options: Omit<GetOptions, "range"> = {}): ObjectBody {
    const range = sliceRange(start, end, this.size);
    return range === null ? new ObjectBody(() => nothing()) : this.contents({ ...options, range });
  }

  /**
   * The next `size` bytes, or all that are left. Nothing at the end; the read after that begins anew.
   *
   * @example
   * for (let chunk = await key.read(65_536); chunk.length > 0; chunk = await key.read(65_536)) file.write(chunk);
   */
  async read(size: number = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    this.#reading ??= { iterator: this[Symbol.asyncIterator](), left: new Uint8Array(0), ended: false };
    const reading = this.#reading;
    const pieces = [reading.left];
    let got = reading.left.length;
    while (got < size && !reading.ended) {
      const { done, value } = await reading.iterator.next();
      if (done === true) {
        reading.ended = true;
      } else {
        pieces.push(value);
        got += value.length;
      }
    }
    const bytes = concat(pieces, got);
    reading.left = bytes.subarray(Math.min(size, got));
    // Nothing was left: the caller has been told the end, or asked for everything up to it.
    if (reading.ended && (got === 0 || size === Number.POSITIVE_INFINITY)) this.#reading = null;
    return bytes.subarray(0, Math.min(size, got));
  }

  /** Ends what {@link read} has begun. */
  async close(): Promise<void> {
    const reading = this.#reading;
    this.#reading = null;
    await reading?.iterator.return?.();
  }

  async getContentsAsString(options?: GetOptions): Promise<string> {
    return this.text(options);
  }

  /** Writes the object into an open file, a Node stream or a web stream, which stays open. */
  async getContentsToFile(target: WriteTarget, options?: GetOptions): Promise<void> {
    const { writeTo } = await import("./write-target.ts");
    await writeTo(target, this.contents(options));
  }
}

interface Reading {
  readonly iterator: AsyncIterator<Uint8Array>;
  /** What was fetched and not asked for yet. */
  left: Uint8Array;
  ended: boolean;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** The Range header for a slice; null for an empty one. */
function sliceRange(start: number, end: number | undefined, size: number | undefined): string | null {
  if (end !== undefined && end < 0 && size === undefined) {
    throw new RangeError(
      `A slice up to ${end} counts from the end, but the size is not known: await key.refresh() first.`,
    );
  }
  if (size === undefined) {
    if (start < 0) {
      if (end === undefined) return `bytes=${start}`;
      throw new RangeError(
        `A slice from ${start} to ${end} needs the size, which is not known: await key.refresh() first.`,
      );
    }
    if (end === undefined) return `bytes=${start}-`;
    return end <= start ? null : `bytes=${start}-${end - 1}`;
  }
  const from = start < 0 ? Math.max(0, size + start) : start;
  const to = end === undefined ? size : end < 0 ? size + end : Math.min(end, size);
  return to <= from ? null : `bytes=${from}-${to - 1}`;
}
