import assert from "node:assert/strict";
import { it } from "node:test";
import { setImmediate } from "node:timers/promises";

import { freeBuffer } from "./free-buffer.ts";

it("freeBuffer() frees a buffer of its own at once", async () => {
  // The port's other side is closed after some turns of the event loop.
  for (let turn = 0; turn < 100; turn++) await setImmediate();
  for (let turn = 0; turn < 3; turn++) {
    const buffer = Buffer.allocUnsafeSlow(50_000_000);
    // Looked at on both sides of the call alone: what was garbage before may go when so much is allocated.
    const before = process.memoryUsage().arrayBuffers;
    freeBuffer(buffer);
    const freed = before - process.memoryUsage().arrayBuffers;
    assert.equal(buffer.length, 0);
    assert.ok(freed > 49_000_000, `${freed} bytes were freed`);
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
