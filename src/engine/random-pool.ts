import { randomFillSync } from "node:crypto";

/** Random bytes are asked for by the page: eight at a time would cost more than all else in an id. */
const poolBytes = 4096;

/** A source of random bytes as good as `crypto.randomBytes`, and faster for a few at a time. */
export function createRandomPool(): (bytes: number) => Buffer {
  let pool = Buffer.alloc(0);
  let at = 0;
  return (bytes) => {
    if (bytes > poolBytes / 4) return randomFillSync(Buffer.alloc(bytes));
    if (at + bytes > pool.length) {
      pool = randomFillSync(Buffer.alloc(poolBytes));
      at = 0;
    }
    at += bytes;
    return pool.subarray(at - bytes, at);
  };
}
