/** A stored file that was opened for writing. */

/** How a backend is given what is written: it reads the stream to its end and then stores the file. */
export type StoreStream = (bytes: ReadableStream<Uint8Array>) => Promise<void>;

/**
 * A file that is being written. It stands under its name when {@link close} has resolved, and not before; until then
 * whoever opens the name gets what was there. To be closed or aborted.
 *
 * @example
 * const report = await storage.open("report.csv", "w");
 * for (const row of rows) await report.write(`${row.join(",")}\n`);
 * await report.close();
 */
export class StorageWriter {
  /** The name that it will have. */
  readonly name: string;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stored: Promise<void>;
  #closed = false;
  #bytesWritten = 0;

  constructor(name: string, store: StoreStream) {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    this.name = name;
    this.#writer = writable.getWriter();
    // Where both fail, what the storage says is the cause.
    this.#writer.closed.catch(() => {});
    this.#stored = store(readable);
    this.#stored.catch((error: unknown) => {
      this.#writer.abort(error).catch(() => {});
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes so far. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /**
   * Adds text or bytes; resolves when there is room for more. The bytes must not be changed afterwards.
   *
   * @throws TypeError when the file is closed, and whatever the storage fails with.
   */
  async write(data: string | ArrayBuffer | ArrayBufferView): Promise<void> {
    if (this.#closed)
      throw new TypeError(`The file ${JSON.stringify(this.name)} is closed: nothing can be written.`);
    const bytes = toBytes(data);
    if (bytes.length === 0) return;
    this.#bytesWritten += bytes.length;
    await this.#whileStoring(this.#writer.write(bytes));
  }

  /** Stores what was written. Where nothing was, a new file is empty, and one that is there stays. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#whileStoring(this.#writer.close());
    await this.#stored;
  }

  /** Gives up: nothing is stored, and what was there stays. */
  async abort(
    reason: unknown = new Error(`Writing ${JSON.stringify(this.name)} was given up.`),
  ): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writer.abort(reason);
    await this.#stored.catch(() => {});
  }

  /** The same as a web stream, for `pipeTo`. Closing it closes the file, aborting it gives up. */
  writable(): WritableStream<Uint8Array> {
    return new WritableStream<Uint8Array>({
      write: (chunk) => this.write(chunk),
      close: () => this.close(),
      abort: (reason) => this.abort(reason),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #whileStoring(step: Promise<void>): Promise<void> {
    try {
      await step;
    } catch (error) {
      await this.#stored;
      throw error;
    }
  }
}

function toBytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
