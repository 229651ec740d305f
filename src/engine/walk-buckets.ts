import { setImmediate } from "node:timers/promises";

import { firstBatchRows, nextBatchRows } from "./batch-rows.ts";
import { bucketOf } from "./buckets.ts";
import { afterKey } from "./table-keys.ts";
import type { Bucket, Engine } from "./types.ts";

/** Every bucket by its name, whoever owns it: for the server's own work. What changes meanwhile may be seen or not. */
export async function* walkBuckets(engine: Engine): AsyncIterable<Bucket> {
  let start: Buffer = Buffer.of(0);
  let batchRows = firstBatchRows;
  for (;;) {
    const snapshot = await engine.index.snapshot();
    let rows;
    try {
      rows = await snapshot.range("buckets", { start, limit: batchRows });
    } finally {
      snapshot.close();
    }
    for (const row of rows) yield bucketOf(engine, row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < batchRows) return;
    start = afterKey(last.key);
    batchRows = nextBatchRows(rows);
    await setImmediate();
  }
}
