/**
 * How much a bucket holds, counted for those that have a quota.
 *
 * A write into such a bucket changes the bucket's row of `usage` in its own commit, after it has looked whether the quota
 * allows it. So writers of one bucket commit one after the other, and whatever they do at the same time, no more gets in
 * than may. Other buckets have no such row.
 */

import { S3Error } from "../s3/errors.ts";
import type { Draft } from "./atomic.ts";
import type { Entry } from "./index/index.ts";
import { Reader, Writer } from "./records/codec.ts";
import { checkFormat } from "./records/object.ts";
import { bucketKey, bucketPrefix } from "./table-keys.ts";
import type { Bucket, Engine } from "./types.ts";

/** What a bucket may hold at most. */
export interface Quota {
  /** Bytes of objects, of versions and of parts. */
  readonly maxBytes?: number | undefined;
  /** Objects and versions, without delete markers. */
  readonly maxObjects?: number | undefined;
}

/** What a bucket holds, or by how much a commit changes it. */
export interface Usage {
  readonly bytes: number;
  readonly objects: number;
}

/** A row of `usage`. While what was there before the quota is being counted, it has only the changes since. */
export interface UsageRecord extends Usage {
  readonly isCounted: boolean;
}

/** How often the row is read again when another process was faster. */
const mostAttempts = 64;

interface CountedOptions {
  /** Default: the index's. */
  readonly commit?: ((draft: Draft) => Promise<boolean>) | undefined;
  /** What the change frees beside: asked once the row that would tell of another change is read. */
  readonly measure?: (() => Promise<Usage>) | undefined;
}

/**
 * Commits a change of a bucket's content, which the draft has counted.
 *
 * @returns Whether it was committed.
 * @throws S3Error QuotaExceeded when the bucket would hold more than it may. What only frees room is always let through.
 */
export function commitCounted(
  engine: Engine,
  bucket: Bucket,
  draft: Draft,
  options: CountedOptions = {},
): Promise<boolean> {
  const { commit = (one: Draft): Promise<boolean> => engine.index.commit(one), measure } = options;
  const { quota } = bucket;
  if (quota === undefined) return commit(draft);
  return engine.locks.run(`usage ${bucket.id}`, async () => {
    const rowKey = bucketPrefix(bucket.id);
    for (let attempt = 1; ; attempt++) {
      const row = await engine.index.get("usage", rowKey);
      const before = usageOf(row);
      const change = plus(draft.usage, measure === undefined ? nothing : await measure());
      if (change.bytes === 0 && change.objects === 0) return commit(draft);
      const refusal = refusalOf(bucket, quota, change, before);
      if (refusal !== null) {
        if (!(await isNewest(engine, bucket))) return false;
        throw refusal;
      }
      const after = { ...plus(before, change), isCounted: before.isCounted };
      const counted = draft.copy().check("usage", rowKey, row?.version ?? null);
      if (await commit(counted.put("usage", rowKey, encodeUsage(after)))) return true;
      const now = await engine.index.get("usage", rowKey);
      if (now?.version === row?.version || attempt === mostAttempts) return false;
    }
  });
}

/**
 * Looks ahead whether a change may be made, so that what {@link commitCounted} would refuse need not be read first.
 *
 * @throws S3Error QuotaExceeded
 */
export async function requireQuota(engine: Engine, bucket: Bucket, change: Usage): Promise<void> {
  if (bucket.quota === undefined) return;
  const before = usageOf(await engine.index.get("usage", bucketPrefix(bucket.id)));
  const refusal = refusalOf(bucket, bucket.quota, change, before);
  if (refusal !== null && (await isNewest(engine, bucket))) throw refusal;
}

/** Whether the bucket, and with it its quota, is still what was read. */
async function isNewest(engine: Engine, { name, version }: Bucket): Promise<boolean> {
  return (await engine.index.get("buckets", bucketKey(name)))?.version === version;
}

const nothing: Usage = { bytes: 0, objects: 0 };

export function plus(one: Usage, other: Usage): Usage {
  return { bytes: one.bytes + other.bytes, objects: one.objects + other.objects };
}

export function minus(one: Usage, other: Usage): Usage {
  return { bytes: one.bytes - other.bytes, objects: one.objects - other.objects };
}

function refusalOf(
  { name }: Bucket,
  { maxBytes, maxObjects }: Quota,
  change: Usage,
  before: UsageRecord,
): S3Error | null {
  // What was there before the quota is not yet known.
  if (!before.isCounted) return null;
  const after = plus(before, change);
  const exceeded = (what: string, most: number): S3Error =>
    new S3Error("QuotaExceeded", {
      message: `The bucket ${JSON.stringify(name)} may hold ${most} ${what}, and this would be more.`,
      details: { BucketName: name },
    });
  if (maxBytes !== undefined && change.bytes > 0 && after.bytes > maxBytes) {
    return exceeded("bytes", maxBytes);
  }
  if (maxObjects !== undefined && change.objects > 0 && after.objects > maxObjects) {
    return exceeded("objects", maxObjects);
  }
  return null;
}

const format = 1;
const flag = { isCounted: 1, negativeBytes: 1 << 1, negativeObjects: 1 << 2 } as const;

export function encodeUsage({ bytes, objects, isCounted }: UsageRecord): Buffer {
  const writer = new Writer();
  writer.u8(format);
  writer.u8(
    (isCounted ? flag.isCounted : 0) |
      (bytes < 0 ? flag.negativeBytes : 0) |
      (objects < 0 ? flag.negativeObjects : 0),
  );
  writer.uint(Math.abs(bytes));
  writer.uint(Math.abs(objects));
  return writer.finish();
}

/** What a row says; where there is none, nothing has been counted. */
export function usageOf(row: Entry | null): UsageRecord {
  if (row === null) return { ...nothing, isCounted: false };
  const reader = new Reader(row.value);
  checkFormat(reader.u8(), format, "usage");
  const flags = reader.u8();
  return {
    bytes: reader.uint() * (flags & flag.negativeBytes ? -1 : 1),
    objects: reader.uint() * (flags & flag.negativeObjects ? -1 : 1),
    isCounted: (flags & flag.isCounted) !== 0,
  };
}
