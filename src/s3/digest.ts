/**
 * MD5, SHA-1 and SHA-256 in JavaScript, for hash-browser.ts. All three take blocks of 64 bytes into a few words of 32 bits
 * and end with the same padding.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1321
 * @see https://nvlpubs.nist.gov/nistpubs/FIPS/NIST.FIPS.180-4.pdf
 */

/** One of the three. */
export interface Algorithm {
  readonly initial: readonly number[];
  readonly littleEndian: boolean;
  /** Works the block at `at` into the state. */
  readonly compress: (state: Int32Array, data: DataView, at: number) => void;
}

export const blockBytes = 64;

/** A digest under way. */
export class Digest {
  readonly #algorithm: Algorithm;
  readonly #state: Int32Array;
  /** The beginning of a block that is not full yet. */
  readonly #held = new Uint8Array(blockBytes);
  #heldBytes = 0;
  #bytes = 0;

  constructor(algorithm: Algorithm) {
    this.#algorithm = algorithm;
    this.#state = Int32Array.from(algorithm.initial);
  }

  update(data: Uint8Array): this {
    const { compress } = this.#algorithm;
    this.#bytes += data.length;
    let at = 0;
    if (this.#heldBytes > 0) {
      at = Math.min(blockBytes - this.#heldBytes, data.length);
      this.#held.set(data.subarray(0, at), this.#heldBytes);
      this.#heldBytes += at;
      if (this.#heldBytes < blockBytes) return this;
      compress(this.#state, viewOf(this.#held), 0);
    }
    const view = viewOf(data);
    for (; at + blockBytes <= data.length; at += blockBytes) compress(this.#state, view, at);
    this.#held.set(data.subarray(at));
    this.#heldBytes = data.length - at;
    return this;
  }

  /** To be called once. */
  digest(): Uint8Array {
    const { littleEndian } = this.#algorithm;
    // A one, zeros, and the number of bits in the last 8 bytes of a block.
    const end = new Uint8Array(blockBytes - ((this.#bytes + 8) % blockBytes) + 8);
    end[0] = 0x80;
    const bits = BigInt(this.#bytes) * 8n;
    viewOf(end).setBigUint64(end.length - 8, bits, littleEndian);
    this.update(end);
    const digest = new Uint8Array(this.#state.length * 4);
    const view = viewOf(digest);
    for (const [i, word] of this.#state.entries()) view.setInt32(i * 4, word, littleEndian);
    return digest;
  }
}

/** An HMAC, as RFC 2104 has it. */
export function hmac(algorithm: Algorithm, key: Uint8Array, data: Uint8Array): Uint8Array {
  const block = new Uint8Array(blockBytes);
  block.set(key.length > blockBytes ? new Digest(algorithm).update(key).digest() : key);
  const pad = (value: number): Uint8Array => block.map((byte) => byte ^ value);
  const inner = new Digest(algorithm).update(pad(0x36)).update(data).digest();
  return new Digest(algorithm).update(pad(0x5c)).update(inner).digest();
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The words of one block, and those that are made of them. Nothing else runs before it is worked in. */
const w = new Int32Array(80);

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

// --------------------------------------------------------------------------------------------------------------- MD5

/** The sines of RFC 1321, section 3.4. */
const sines: Int32Array = /* @__PURE__ */ Int32Array.from(
  { length: 64 },
  (_, i) => Math.abs(Math.sin(i + 1)) * 2 ** 32,
);
const md5Shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

export const md5: Algorithm = {
  initial: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476],
  littleEndian: true,
  compress(state, data, at) {
    for (let i = 0; i < 16; i++) w[i] = data.getInt32(at + i * 4, true);
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      let mixed: number;
      let word: number;
      if (round === 0) {
        mixed = (b & c) | (~b & d);
        word = i;
      } else if (round === 1) {
        mixed = (d & b) | (~d & c);
        word = 5 * i + 1;
      } else if (round === 2) {
        mixed = b ^ c ^ d;
        word = 3 * i + 5;
      } else {
        mixed = c ^ (b | ~d);
        word = 7 * i;
      }
      const sum = (a + mixed + sines[i]! + w[word & 15]!) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + rotateLeft(sum, md5Shifts[(round << 2) | (i & 3)]!)) | 0;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
  },
};

// ------------------------------------------------------------------------------------------------------------- SHA-1

export const sha1: Algorithm = {
  initial: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0],
  littleEndian: false,
  compress(state, data, at) {
    for (let i = 0; i < 16; i++) w[i] = data.getInt32(at + i * 4);
    for (let i = 16; i < 80; i++) w[i] = rotateLeft(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 1);
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    for (let i = 0; i < 80; i++) {
      let mixed: number;
      if (i < 20) mixed = ((b & c) | (~b & d)) + 0x5a827999;
      else if (i < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
      else if (i < 60) mixed = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
      else mixed = (b ^ c ^ d) + 0xca62c1d6;
      const sum = (rotateLeft(a, 5) + mixed + e + w[i]!) | 0;
      e = d;
      d = c;
      c = rotateLeft(b, 30);
      b = a;
      a = sum;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
    state[4]! += e;
  },
};

// ----------------------------------------------------------------------------------------------------------- SHA-256

/** FIPS 180-4, section 4.2.2: 32 bits of the fractions of the cube roots of the first 64 primes. */
const cubeRoots: Int32Array = /* @__PURE__ */ Int32Array.from(
  firstPrimes(64),
  (prime) => (Math.cbrt(prime) % 1) * 2 ** 32,
);

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

export const sha256: Algorithm = {
  initial: [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
  littleEndian: false,
  compress(state, data, at) {
    for (let i = 0; i < 16; i++) w[i] = data.getInt32(at + i * 4);
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      const s0 = rotateLeft(x, 25) ^ rotateLeft(x, 14) ^ (x >>> 3);
      const s1 = rotateLeft(y, 15) ^ rotateLeft(y, 13) ^ (y >>> 10);
      w[i] = w[i - 16]! + s0 + w[i - 7]! + s1;
    }
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let i = 0; i < 64; i++) {
      const s1 = rotateLeft(e, 26) ^ rotateLeft(e, 21) ^ rotateLeft(e, 7);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + cubeRoots[i]! + w[i]!) | 0;
      const s0 = rotateLeft(a, 30) ^ rotateLeft(a, 19) ^ rotateLeft(a, 10);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
    state[4]! += e;
    state[5]! += f;
    state[6]! += g;
    state[7]! += h;
  },
};
