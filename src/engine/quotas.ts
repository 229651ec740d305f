/** Quotas of buckets: set, taken away, and what has been used of them. */

import { setImmediate } from "node:timers/promises";

import { atomically, conflict, Draft } from "./atomic.ts";
import { encodeBucket, getBucket, requireBucket } from "./buckets.ts";
import type { Entry, Snapshot, Table } from "./index/index.ts";
import { decodeObject } from "./records/object.ts";
import { readParts } from "./parts.ts";
import { afterKey, afterPrefix, bucketKey, bucketPrefix, splitUploadKey } from "./table-keys.ts";
import type { Bucket, Engine } from "./types.ts";
import { encodeUsage, minus, plus, usageOf } from "./usage.ts";
import type { Quota, Usage, UsageRecord } from "./usage.ts";

/**
 * Gives a bucket a quota, or takes it away. What the bucket holds is counted before this resolves; a bucket that holds
 * more than it may keeps it, and takes no more.
 *
 * @throws S3Error NoSuchBucket
 * @example
 * await setQuota(engine, "photos", { maxBytes: 10_000_000_000 });
 */
export async function setQuota(engine: Engine, name: string, quota: Quota | null): Promise<void> {
  await atomically(engine, `bucket ${name}`, async () => {
    const bucket = await requireBucket(engine, name);
    const rowKey = bucketPrefix(bucket.id);
    const draft = new Draft()
      .check("buckets", bucketKey(name), bucket.version)
      .put("buckets", bucketKey(name), encodeBucket({ ...bucket, quota: quota ?? undefined }));
    if (quota === null) draft.delete("usage", rowKey);
    // From this commit on every write counts, because it checks the bucket's row.
    else if (bucket.quota === undefined) {
      draft.put("usage", rowKey, encodeUsage({ bytes: 0, objects: 0, isCounted: false }));
    }
    return (await engine.index.commit(draft)) ? undefined : conflict;
  });
  if (quota !== null) await countUsage(engine, name);
}

/** What a bucket with a quota holds; null for a bucket without, and while it is being counted. */
export async function readUsage(engine: Engine, bucket: Bucket): Promise<Usage | null> {
  if (bucket.quota === undefined) return null;
  const { isCounted, ...usage } = usageOf(await engine.index.get("usage", bucketPrefix(bucket.id)));
  return isCounted ? usage : null;
}

/**
 * Counts what a bucket held before it had a quota, unless that was done. Writes go on meanwhile, and are not held up: what
 * is counted is one moment's content, and the row has what changed since.
 */
export async function countUsage(engine: Engine, name: string, signal?: AbortSignal): Promise<void> {
  const bucket = await getBucket(engine, name);
  if (bucket?.quota === undefined) return;
  const rowKey = bucketPrefix(bucket.id);
  const snapshot = await engine.index.snapshot();
  let known: Usage;
  try {
    const row = usageOf(await snapshot.get("usage", rowKey));
    if (row.isCounted) return;
    known = minus(await contentOf(snapshot, bucket, signal), row);
  } finally {
    snapshot.close();
  }
  await atomically(engine, `usage ${bucket.id}`, async () => {
    const row = await engine.index.get("usage", rowKey);
    const since: UsageRecord = usageOf(row);
    // The quota was taken away meanwhile, or somebody else has counted.
    if (row === null || since.isCounted) return undefined;
    const draft = new Draft()
      .check("usage", rowKey, row.version)
      .put("usage", rowKey, encodeUsage({ ...plus(known, since), isCounted: true }));
    return (await engine.index.commit(draft)) ? undefined : conflict;
  });
}

/** For a check: how a bucket's count differs from what it holds, both of one moment; null where it does not. */
export async function problemOfUsage(engine: Engine, name: string): Promise<string | null> {
  const bucket = await getBucket(engine, name);
  if (bucket?.quota === undefined) return null;
  const snapshot = await engine.index.snapshot();
  try {
    const row = usageOf(await snapshot.get("usage", bucketPrefix(bucket.id)));
    if (!row.isCounted) return null;
    const held = await contentOf(snapshot, bucket, undefined);
    if (held.bytes === row.bytes && held.objects === row.objects) return null;
    return `it holds ${held.bytes} bytes in ${held.objects} objects, and its count says ${row.bytes} in ${row.objects}`;
  } finally {
    snapshot.close();
  }
}

const batchRows = 1000;

async function contentOf(
  snapshot: Snapshot,
  bucket: Bucket,
  signal: AbortSignal | undefined,
): Promise<Usage> {
  let usage: Usage = { bytes: 0, objects: 0 };
  for (const table of ["objects", "versions"] as const) {
    for await (const { value } of rowsOf(snapshot, table, bucket, signal)) {
      const { info } = decodeObject(value, "", bucket.owner);
      usage = plus(usage, { bytes: info.size, objects: info.deleteMarker === true ? 0 : 1 });
    }
  }
  for await (const { key } of rowsOf(snapshot, "uploads", bucket, signal)) {
    const parts = await readParts(snapshot, splitUploadKey(key).uploadId);
    usage = plus(usage, { bytes: parts.reduce((sum, { size }) => sum + size, 0), objects: 0 });
  }
  return usage;
}

async function* rowsOf(
  snapshot: Snapshot,
  table: Table,
  bucket: Bucket,
  signal: AbortSignal | undefined,
): AsyncIterable<Entry> {
  const end = afterPrefix(bucketPrefix(bucket.id));
  let start = bucketPrefix(bucket.id);
  for (;;) {
    signal?.throwIfAborted();
    const rows = await snapshot.range(table, { start, end, limit: batchRows });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < batchRows) return;
    start = afterKey(last.key);
    await setImmediate();
  }
}
