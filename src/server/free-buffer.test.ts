import assert from "node:assert/strict";
import { it } from "node:test";
import { setImmediate } from "node:timers/promises";

import { freeBuffer } from "./free-buffer.ts";

it("freeBuffer() frees a buffer of its own at once", async () => {
  // The port's other side is closed after some turns of the event loop.
  for (let turn = 0; turn < 100; turn++) await setImmediate();
  for (let turn = 0; turn < 3; turn++) {
    const before = process.memoryUsage().arrayBuffers;
    const buffer = Buffer.allocUnsafeSlow(50_000_000);
    assert.ok(process.memoryUsage().arrayBuffers >= before + 50_000_000);
    freeBuffer(buffer);
    assert.equal(buffer.length, 0);
    assert.ok(process.memoryUsage().arrayBuffers < before + 1_000_000);
    await setImmediate();
  }
});

it("freeBuffer() leaves a part of a larger buffer alone", () => {
  const whole = Buffer.alloc(1000, "a");
  freeBuffer(whole.subarray(0, 999));
  freeBuffer(Buffer.from("from node's pool"));
  freeBuffer(Buffer.alloc(0));
  assert.equal(whole.length, 1000);
});
