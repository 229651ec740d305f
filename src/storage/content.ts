/** Whatever a caller hands in to be stored, as one thing that a backend reads once. */

import { basename } from "node:path";
import type { Readable } from "node:stream";
import { StorageFile } from "./file.ts";

/** Anything that can be stored. A stream is read once; nothing is held in memory as a whole. */
export type Content =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | StorageFile
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>;

/** The beginning of a content. */
export interface Head {
  readonly bytes: Uint8Array;
  /** Whether that was all. */
  readonly whole: boolean;
}

/** What a backend has made of a content that has no name yet, such as a file beside its place. */
export interface Prepared {
  /** Removes it. */
  discard(): Promise<void>;
}

/**
 * A content on its way into a backend. Its bytes can be taken once; what {@link head} read ahead is kept, so that it
 * serves a second attempt under another name.
 */
export class ContentSource implements AsyncIterable<Uint8Array> {
  /** The name that the content has itself: a File's, a StorageFile's, that of the path of a Node stream. */
  readonly name: string | undefined;
  /** The type that the content has itself. */
  readonly contentType: string | undefined;
  /** Bytes, where they are known without reading. */
  readonly size: number | undefined;
  /**
   * What a backend has made of the bytes before it found the name taken: asked again, under another name, it goes on with
   * it. Null once it has its name.
   */
  prepared: Prepared | null = null;
  readonly #signal: AbortSignal | undefined;
  #read: ByteReader | null = null;
  readonly #open: (() => ByteReader) | undefined;
  readonly #letGo: (() => void) | undefined;
  #taken = false;
  /** Read ahead. */
  #head: Uint8Array[] = [];
  #headBytes = 0;
  #ended = false;

  /** @throws TypeError for what is no content. */
  constructor(content: Content, { signal }: { readonly signal?: AbortSignal | undefined } = {}) {
    this.#signal = signal;
    const { name, contentType, size, whole, open, letGo } = describe(content);
    this.name = name;
    this.contentType = contentType;
    this.size = whole?.length ?? size;
    this.#open = open;
    this.#letGo = letGo;
    if (whole === undefined) return;
    // Bytes that are at hand need no reading.
    this.#head = [whole];
    this.#headBytes = whole.length;
    this.#ended = true;
  }

  /**
   * The first bytes, up to about `limit`; all of them where `whole` is true. They stay: the same is answered again, and
   * the iteration begins with them.
   */
  async head(limit: number): Promise<Head> {
    while (!this.#ended && this.#headBytes <= limit) {
      const chunk = await this.#next();
      if (chunk === null) break;
      this.#head.push(chunk);
      this.#headBytes += chunk.length;
    }
    const join = (): Uint8Array => this.#joinHead();
    return {
      whole: this.#ended,
      get bytes() {
        return join();
      },
    };
  }

  /** One piece of what was read ahead; only for whoever looks at it. */
  #joinHead(): Uint8Array {
    if (this.#head.length !== 1) this.#head = [Buffer.concat(this.#head, this.#headBytes)];
    return this.#head[0]!;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.#taken) throw new TypeError("This content was read already.");
    this.#taken = true;
    try {
      for (let piece = this.#head.shift(); piece !== undefined; piece = this.#head.shift()) {
        this.#signal?.throwIfAborted();
        if (piece.length > 0) yield piece;
      }
      for (;;) {
        const chunk = await this.#next();
        if (chunk === null) return;
        yield chunk;
      }
    } finally {
      this.release();
    }
  }

  /** Lets go of a stream that was not read to its end. */
  release(reason?: unknown): void {
    this.#taken = true;
    this.#letGo?.();
    if (this.#ended) return;
    this.#ended = true;
    this.#read?.cancel(reason);
  }

  /** Lets go of the content, and of what was made of it. */
  async discard(reason?: unknown): Promise<void> {
    this.release(reason);
    await this.prepared?.discard();
    this.prepared = null;
  }

  async #next(): Promise<Uint8Array | null> {
    if (this.#ended || this.#open === undefined) return null;
    this.#signal?.throwIfAborted();
    this.#read ??= this.#open();
    const chunk = await abortable(this.#read.next(), this.#signal);
    if (chunk === null) {
      this.#ended = true;
      return null;
    }
    if (typeof chunk === "string") return Buffer.from(chunk);
    if (chunk instanceof Uint8Array) return chunk;
    throw new TypeError(
      `The content's stream gave a piece that is neither bytes nor text, but ${typeof chunk}.`,
    );
  }
}

/** Takes pieces from a stream, one after the other; null is the end. */
interface ByteReader {
  next(): Promise<Uint8Array | string | null>;
  cancel(reason: unknown): void;
}

interface Described {
  readonly name?: string | undefined;
  readonly contentType?: string | undefined;
  readonly size?: number;
  /** All of it, where it is at hand; else it is opened. */
  readonly whole?: Uint8Array;
  readonly open?: () => ByteReader;
  /** Ends what was begun with the stream before it is opened. */
  readonly letGo?: (() => void) | undefined;
}

function describe(content: Content): Described {
  if (typeof content === "string") return { whole: Buffer.from(content) };
  if (content instanceof ArrayBuffer) return { whole: new Uint8Array(content) };
  if (ArrayBuffer.isView(content)) {
    return { whole: new Uint8Array(content.buffer, content.byteOffset, content.byteLength) };
  }
  if (isBlob(content)) {
    return {
      name: "name" in content && typeof content.name === "string" ? content.name : undefined,
      contentType: content.type === "" ? undefined : content.type,
      size: content.size,
      open: () => readStream(content.stream()),
    };
  }
  if (content instanceof StorageFile) {
    const { name, contentType, size } = content;
    return { name, contentType, size, open: () => readIterable(content) };
  }
  if (content instanceof ReadableStream) return { open: () => readStream(content) };
  if (typeof content === "object" && content !== null && Symbol.asyncIterator in content) {
    const letGo = isNodeStream(content) ? hold(content) : undefined;
    return { name: nameOfNodeStream(content), open: () => readIterable(content), letGo };
  }
  const is = content === null ? "null" : typeof content;
  throw new TypeError(
    `What is stored is a string, bytes, a Blob, a File, a StorageFile, a stream or an async iterable; this is ${is}.`,
  );
}

/** Also one of another implementation: frameworks and polyfills bring their own. */
function isBlob(content: unknown): content is Blob {
  if (content instanceof Blob) return true;
  const tag = Object.prototype.toString.call(content);
  return (
    (tag === "[object File]" || tag === "[object Blob]") && typeof (content as Blob).stream === "function"
  );
}

function isNodeStream(content: object): content is Readable {
  return "readableDidRead" in content && "on" in content && typeof content.on === "function";
}

/**
 * Has a Node stream wait for its reader, which comes only when the name is known: of a program that ends meanwhile Node
 * would throw away what it has written.
 *
 * @throws TypeError for one of which nothing is left: it would be stored as an empty file.
 */
function hold(stream: Readable): () => void {
  if (stream.readableEnded && stream.readableDidRead) throw new TypeError("This stream was read already.");
  stream.on("readable", wait);
  return () => void stream.off("readable", wait);
}

function wait(): void {}

/** `fs.createReadStream` tells the path that it reads. */
function nameOfNodeStream(content: object): string | undefined {
  const path = "path" in content ? content.path : undefined;
  return typeof path === "string" && path !== "" ? basename(path) : undefined;
}

function readStream(stream: ReadableStream<Uint8Array>): ByteReader {
  const reader = stream.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      return done ? null : value;
    },
    cancel(reason) {
      reader.cancel(reason).catch(() => {});
    },
  };
}

function readIterable(content: AsyncIterable<Uint8Array | string>): ByteReader {
  const iterator = content[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await iterator.next();
      return done === true ? null : value;
    },
    cancel(reason) {
      // A Node stream's iterator cannot be ended while it waits for bytes; the stream itself can be.
      if ("destroy" in content && typeof content.destroy === "function") {
        content.destroy(reason instanceof Error ? reason : undefined);
      }
      iterator.return?.().catch(() => {});
    },
  };
}

/** A promise's value, or the signal's reason as soon as it is aborted. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener("abort", stop);
  }
}
