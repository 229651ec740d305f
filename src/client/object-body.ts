/** The bytes of an object on their way, in whatever form they are wanted. */

import { concat } from "./bodies.ts";

/** Bytes that can be read once, as a whole or in pieces. Nothing is fetched before somebody reads. */
export class ObjectBody implements AsyncIterable<Uint8Array> {
  #open: (() => AsyncIterable<Uint8Array>) | null;
  readonly #abandon: () => void;

  /**
   * @param open Begins the bytes; it is called at most once.
   * @param abandon Gives up what was never begun.
   */
  constructor(open: () => AsyncIterable<Uint8Array>, abandon: () => void = () => {}) {
    this.#open = open;
    this.#abandon = abandon;
  }

  /** The bytes as they arrive. Leaving the loop gives up the rest. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const open = this.#open;
    if (open === null) throw new TypeError("This body was read already: get the object again.");
    this.#open = null;
    return open()[Symbol.asyncIterator]();
  }

  /** All bytes. */
  async bytes(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of this) {
      pieces.push(piece);
      size += piece.length;
    }
    return concat(pieces, size);
  }

  /** All bytes as text of UTF-8. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  /** All bytes as JSON. Throws SyntaxError. */
  async json<T = unknown>(): Promise<T> {
    return JSON.parse(await this.text()) as T;
  }

  /** All bytes as a Blob. */
  async blob(type = ""): Promise<Blob> {
    return new Blob([await this.bytes()], { type });
  }

  /** A web stream; cancelling it gives up the rest. Node's own: `Readable.fromWeb(body.stream())` or `Readable.from(body)`. */
  stream(): ReadableStream<Uint8Array> {
    let iterator: AsyncIterator<Uint8Array> | undefined;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          iterator ??= this[Symbol.asyncIterator]();
          const { done, value } = await iterator.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
        cancel: async () => {
          if (iterator === undefined) this.cancel();
          else await iterator.return?.();
        },
      },
      // Nothing is fetched before the first read.
      { highWaterMark: 0 },
    );
  }

  /** Gives up bytes that nobody has begun to read, and the connection that they would come by. */
  cancel(): void {
    if (this.#open === null) return;
    this.#open = null;
    this.#abandon();
  }
}
