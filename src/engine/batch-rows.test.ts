import assert from "node:assert/strict";
import { test } from "node:test";

import { nextBatchRows } from "./batch-rows.ts";
import type { Entry } from "./index/index.ts";

const rowsOf = (count: number, bytes: number): Entry[] =>
  Array.from({ length: count }, () => ({ key: Buffer.of(1), value: Buffer.alloc(bytes), version: 1 }));

test("nextBatchRows() asks for about a megabyte, from one row to a thousand", () => {
  assert.equal(nextBatchRows(rowsOf(16, 300)), 1000);
  assert.equal(nextBatchRows(rowsOf(16, 128 * 1024)), 7);
  assert.equal(nextBatchRows(rowsOf(16, 4 * 1024)), 255);
  assert.equal(nextBatchRows(rowsOf(1, 5 * 1024 * 1024)), 1);
});
