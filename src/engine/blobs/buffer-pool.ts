/** Buffers that readers and writers use one after the other: each new one would be zeroed by the kernel and collected by V8. */

/** Buffers that are kept when nobody uses them. */
const mostFree = 32;

/** Two buffers in turn: while one is with who asked, the next piece is read into the other. */
export interface BufferPair {
  next(): Buffer;
}

export class BufferPool {
  readonly #allocate: () => Buffer;
  readonly #free: Buffer[] = [];
  readonly #pairs = new WeakMap<object, Buffer[]>();

  /** @param allocate Makes a buffer of so many bytes. */
  constructor(bytes: number, allocate: () => Buffer = () => Buffer.allocUnsafeSlow(bytes)) {
    this.#allocate = allocate;
  }

  take(): BufferPair {
    const taken: Buffer[] = [];
    let turn = 0;
    const pair = {
      next: (): Buffer => {
        const at = turn++ % 2;
        return (taken[at] ??= this.#free.pop() ?? this.#allocate());
      },
    };
    this.#pairs.set(pair, taken);
    return pair;
  }

  /** A pair comes back when nobody reads or writes its buffers any more. Anything else is left alone. */
  give(pair: object): void {
    const buffers = this.#pairs.get(pair) ?? [];
    this.#pairs.delete(pair);
    for (const buffer of buffers) if (this.#free.length < mostFree) this.#free.push(buffer);
  }
}
