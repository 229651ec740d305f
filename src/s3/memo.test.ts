import assert from "node:assert/strict";
import { it } from "node:test";

import { Memo } from "./memo.ts";

it("Memo makes a value once, forgets when there are many, and keeps nothing for long texts", () => {
  const made: string[] = [];
  const memo = new Memo((text) => {
    made.push(text);
    return { text };
  });
  assert.equal(memo.get("a"), memo.get("a"));
  assert.deepEqual(made, ["a"]);
  const long = "l".repeat(257);
  assert.notEqual(memo.get(long), memo.get(long));
  for (let i = 0; i < 1000; i++) memo.get(String(i));
  made.length = 0;
  memo.get("a");
  assert.deepEqual(made, ["a"]);
});

it("Memo does not remember what throws", () => {
  let times = 0;
  const memo = new Memo(() => {
    times++;
    throw new RangeError("no");
  });
  assert.throws(() => memo.get("a"), RangeError);
  assert.throws(() => memo.get("a"), RangeError);
  assert.equal(times, 2);
});
