/** Whatever a caller hands in as a body, as one thing that can be measured, cut and read. */

/** Anything that can be stored. */
export type Body =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | FileHandleLike;

/** An open file, as `fs.promises.open()` gives it. It is read from its beginning, and not closed. */
export interface FileHandleLike {
  readonly fd: number;
  stat(): Promise<{ readonly size: number; isFile(): boolean }>;
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{ readonly bytesRead: number }>;
}

/** A body that was understood. */
export interface Source {
  /** Undefined for a stream of unknown length. */
  readonly size: number | undefined;
  /** The whole, where it is in memory. */
  readonly bytes?: Uint8Array;
  /** Part of it, where parts can be read in any order and again. */
  readonly read?: (start: number, end: number) => Promise<Uint8Array>;
  /** All of it in order. A stream can be opened once. */
  readonly open: () => AsyncIterable<Uint8Array>;
  /** Ends a stream of which no more is wanted, also one that stands still. */
  readonly abandon?: () => void;
  /** The type that a Blob has. */
  readonly contentType?: string;
}

/**
 * Reads a body's nature, not the body.
 *
 * @param size The length of a stream, where the caller knows it.
 * @throws TypeError for what is no body.
 */
export async function toSource(body: Body, size?: number): Promise<Source> {
  if (typeof body === "string") return bytesSource(new TextEncoder().encode(body));
  if (body instanceof ArrayBuffer) return bytesSource(new Uint8Array(body));
  if (ArrayBuffer.isView(body)) {
    return bytesSource(
      body instanceof Uint8Array ? body : new Uint8Array(body.buffer, body.byteOffset, body.byteLength),
    );
  }
  if (body instanceof Blob) return blobSource(body);
  if (isFileHandle(body)) return fileSource(body);
  // Before async iterables: Safari's web streams are none, and only a reader can end one that stands still.
  if (isWebStream(body)) {
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    const read = (): ReadableStreamDefaultReader<Uint8Array> => (reader ??= body.getReader());
    return {
      size,
      open: () => bytesOf(readAll(read())),
      abandon: () => void read().cancel().catch(ignore),
    };
  }
  if (isAsyncIterable(body)) {
    // A stream of Node's has destroy().
    const { destroy } = body as { readonly destroy?: () => void };
    return { size, open: () => bytesOf(body), abandon: () => destroy?.call(body) };
  }
  const is = body === null ? "null" : typeof body;
  throw new TypeError(
    `A body is a string, bytes, a Blob, a stream, an async iterable or an open file; this is ${is}.` +
      (is === "object" ? " Give JSON.stringify(value) to store an object." : ""),
  );
}

function bytesSource(bytes: Uint8Array): Source {
  return {
    size: bytes.length,
    bytes,
    read: async (start, end) => bytes.subarray(start, end),
    async *open() {
      yield bytes;
    },
  };
}

function blobSource(blob: Blob): Source {
  return {
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
    open: () => readWebStream(blob.stream()),
    ...(blob.type === "" ? {} : { contentType: blob.type }),
  };
}

/** An open file. What is no regular file (a pipe, a terminal) has no size and is read as a stream. */
async function fileSource(file: FileHandleLike): Promise<Source> {
  const stat = await file.stat();
  if (!stat.isFile()) return { size: undefined, open: () => readFile(file, null) };
  const { size } = stat;
  return {
    size,
    read: (start, end) => readAt(file, start, end),
    open: () => readFile(file, 0),
  };
}

async function readAt(file: FileHandleLike, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) {
      throw new RangeError(`The file ended at byte ${start + filled}: it became shorter while it was sent.`);
    }
    filled += bytesRead;
  }
  return bytes;
}

async function* readFile(file: FileHandleLike, from: number | null): AsyncGenerator<Uint8Array> {
  for (let position = from; ;) {
    const bytes = new Uint8Array(256 * 1024);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, position);
    if (bytesRead === 0) return;
    if (position !== null) position += bytesRead;
    yield bytes.subarray(0, bytesRead);
  }
}

async function* bytesOf(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const chunk of source) {
    if (typeof chunk === "string") yield encoder.encode(chunk);
    else if (chunk instanceof Uint8Array) yield chunk;
    else
      throw new TypeError(
        `A body's stream gave a piece that is neither bytes nor text, but ${typeof chunk}.`,
      );
  }
}

function isFileHandle(body: unknown): body is FileHandleLike {
  if (typeof body !== "object" || body === null) return false;
  return "fd" in body && typeof body.fd === "number" && "stat" in body && "read" in body && !("pipe" in body);
}

function isWebStream(body: unknown): body is ReadableStream<Uint8Array> {
  return typeof body === "object" && body !== null && "getReader" in body;
}

/** A web stream's pieces. Leaving the loop cancels the rest. */
export function readWebStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  return readAll(stream.getReader());
}

async function* readAll(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

function ignore(): void {}

function isAsyncIterable(body: unknown): body is AsyncIterable<Uint8Array | string> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

/** Pieces joined; a single one is handed on as it is. */
export function concat(pieces: readonly Uint8Array[], size: number): Uint8Array {
  return pieces.length === 1 ? pieces[0]! : join(pieces, new Uint8Array(size));
}

/** Pieces joined in a room of their size. */
export function join(pieces: readonly Uint8Array[], whole: Uint8Array): Uint8Array {
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
