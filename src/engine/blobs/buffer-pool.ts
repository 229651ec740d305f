/** Buffers that readers and writers use one after the other: each new one would be zeroed by the kernel and collected by V8. */

/** How often buffers go that nobody has needed since the last time. */
const trimEveryMs = 2000;

/** Two buffers in turn: while one is with who asked, the next piece is read into the other. */
export interface BufferPair {
  next(): Buffer;
}

export class BufferPool {
  readonly #allocate: () => Buffer;
  readonly #free: Buffer[] = [];
  /** The fewest that were free at once since the last trim: so many nobody has needed. */
  #leastFree = 0;
  #trimming: NodeJS.Timeout | undefined;
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
        return (taken[at] ??= this.#takeOne());
      },
    };
    this.#pairs.set(pair, taken);
    return pair;
  }

  /** A pair comes back when nobody reads or writes its buffers any more. Anything else is left alone. */
  give(pair: object): void {
    const buffers = this.#pairs.get(pair);
    if (buffers === undefined) return;
    this.#pairs.delete(pair);
    this.#free.push(...buffers);
    this.#trimming ??= setInterval(() => this.#trim(), trimEveryMs).unref();
  }

  #takeOne(): Buffer {
    const buffer = this.#free.pop();
    this.#leastFree = Math.min(this.#leastFree, this.#free.length);
    return buffer ?? this.#allocate();
  }

  #trim(): void {
    this.#free.splice(0, this.#leastFree);
    this.#leastFree = this.#free.length;
    if (this.#free.length > 0) return;
    clearInterval(this.#trimming);
    this.#trimming = undefined;
  }
}
