/** Compact bytes for records: variable-length integers, strings with their length, nothing self-describing. */

/** Scratch that every writer starts in; writing is synchronous, so one is enough. */
let scratch = Buffer.allocUnsafeSlow(16 * 1024);

/** Writes one record after another is done: a writer lives until {@link Writer.finish}. */
export class Writer {
  #at = 0;

  u8(value: number): void {
    this.#room(1);
    scratch[this.#at++] = value;
  }

  /** An integer from 0 to 2^53 - 1, seven bits a byte, lowest first. */
  uint(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest > 0x7f) {
      scratch[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    scratch[this.#at++] = rest;
  }

  /** Milliseconds since the epoch, in six bytes. */
  timeMs(value: number): void {
    this.#room(6);
    this.#at = scratch.writeUIntBE(value, this.#at, 6);
  }

  /** Bytes whose length the reader knows. */
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    scratch.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  bytes(bytes: Uint8Array): void {
    this.uint(bytes.length);
    this.raw(bytes);
  }

  string(value: string): void {
    // UTF-8 takes at most three bytes for a UTF-16 code unit.
    this.#room(value.length * 3 + 8);
    const bytes = Buffer.byteLength(value);
    this.uint(bytes);
    this.#at += scratch.write(value, this.#at, bytes, "utf8");
  }

  strings(values: Readonly<Record<string, string>>): void {
    const names = Object.keys(values);
    this.uint(names.length);
    for (const name of names) {
      this.string(name);
      this.string(values[name] as string);
    }
  }

  /** A copy of what was written. */
  finish(): Buffer {
    return Buffer.from(scratch.subarray(0, this.#at));
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= scratch.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, this.#at + bytes));
    scratch.copy(larger, 0, 0, this.#at);
    scratch = larger;
  }
}

/** Reads what {@link Writer} wrote. Throws RangeError past the end. */
export class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#at = 0;
  }

  u8(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  uint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      if (byte < 0x80) return value + byte * scale;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    }
  }

  timeMs(): number {
    return this.#bytes.readUIntBE(this.#take(6), 6);
  }

  raw(length: number): Buffer {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  bytes(): Buffer {
    return this.raw(this.uint());
  }

  string(): string {
    const length = this.uint();
    const at = this.#take(length);
    return this.#bytes.toString("utf8", at, at + length);
  }

  /** An object without prototype: a stored name such as `__proto__` is a name like any other. */
  strings(): Record<string, string> {
    const values = Object.create(null) as Record<string, string>;
    for (let rest = this.uint(); rest > 0; rest--) {
      const name = this.string();
      values[name] = this.string();
    }
    return values;
  }

  /** Lower-case hexadecimal digits of `length` bytes. */
  hex(length: number): string {
    const at = this.#take(length);
    return this.#bytes.toString("hex", at, at + length);
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) {
      throw new RangeError(
        `Cannot read ${length} bytes at ${at} of a record: it has ${this.#bytes.length} bytes`,
      );
    }
    this.#at = at + length;
    return at;
  }
}
