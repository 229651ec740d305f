import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { BufferPool } from "./buffer-pool.ts";

describe("BufferPool", () => {
  it("makes no buffer while one is free, however many were used at once", () => {
    let made = 0;
    const pool = new BufferPool(8, () => {
      made++;
      return Buffer.alloc(8);
    });
    for (let round = 0; round < 3; round++) {
      const pairs = Array.from({ length: 100 }, () => pool.take());
      for (const pair of pairs) {
        assert.notEqual(pair.next(), pair.next());
      }
      for (const pair of pairs) pool.give(pair);
    }
    assert.equal(made, 200);
  });

  it("takes a pair back once, and nothing else", () => {
    const pool = new BufferPool(8);
    const pair = pool.take();
    const first = pair.next();
    pool.give(pair);
    pool.give(pair);
    pool.give({});
    assert.equal(pool.take().next(), first);
    assert.notEqual(pool.take().next(), first);
  });

  it("lets go, every two seconds, of the buffers that nobody needed meanwhile", () => {
    mock.timers.enable({ apis: ["setInterval"] });
    try {
      let made = 0;
      const pool = new BufferPool(8, () => Buffer.from([made++]));
      const useAtOnce = (count: number): void => {
        const pairs = Array.from({ length: count }, () => pool.take());
        for (const pair of pairs) pair.next();
        for (const pair of pairs) pool.give(pair);
      };
      useAtOnce(10);
      mock.timers.tick(2000);
      useAtOnce(3);
      mock.timers.tick(2000);
      // Seven of the ten are gone.
      useAtOnce(4);
      assert.equal(made, 11);
      mock.timers.tick(4000);
      useAtOnce(1);
      assert.equal(made, 12);
    } finally {
      mock.timers.reset();
    }
  });
});
