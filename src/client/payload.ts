/** The body of one request: what is known of it before it is sent, and whether it can be sent twice. */

/** A body whose size is known. */
export interface Payload {
  readonly size: number;
  /** The whole of it, where it is in memory. */
  readonly bytes?: Uint8Array | undefined;
  /** From the beginning. Throws where it was opened before and cannot be opened again. */
  open(): AsyncIterable<Uint8Array>;
  /** Ends a stream of which no more is wanted. */
  readonly abandon?: (() => void) | undefined;
  /** Whether it can be sent once more: always at first, later unless it is a stream. */
  readonly replayable: boolean;
}

/** Bytes as a payload. They are not copied. */
export function bytesPayload(bytes: Uint8Array): Payload {
  return { size: bytes.length, bytes, replayable: true, open: () => slices(bytes) };
}

/** A stream whose size somebody knows. It can be read once. */
export function streamPayload(
  stream: AsyncIterable<Uint8Array>,
  size: number,
  abandon?: () => void,
): Payload {
  let opened = false;
  return {
    size,
    abandon,
    get replayable() {
      return !opened;
    },
    open() {
      if (opened) throw new TypeError("The body is a stream that was read already.");
      opened = true;
      return exactly(stream, size);
    },
  };
}

/**
 * How much is handed to the socket at once. A long body is handed over in slices, so that the timer for the answer's
 * headers runs from the last slice that moved and not from the first.
 */
const sliceBytes = 64 * 1024;

async function* slices(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes);
}

async function* exactly(stream: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of stream) {
    seen += chunk.length;
    if (seen > size) break;
    yield chunk;
  }
  if (seen !== size) {
    const is = seen > size ? "more than that" : `${seen} bytes`;
    throw new RangeError(`The body was announced with ${size} bytes, but has ${is}.`);
  }
}
