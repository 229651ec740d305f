/**
 * Buckets.
 *
 * A write into a bucket checks that the bucket's row is the one it read. Deleting first marks the row, which makes every
 * such check fail that was read before; then it looks whether the bucket is empty, and only then removes the row. A
 * writer that meets the mark takes it off in its own commit, so the deletion fails and no acknowledged object is lost.
 */

import { setImmediate } from "node:timers/promises";

import type { Grant, Owner } from "../s3/acl.ts";
import { S3Error } from "../s3/errors.ts";
import type { Tags } from "../s3/tags.ts";
import { atomically, conflict, Draft } from "./atomic.ts";
import { firstBatchRows, nextBatchRows } from "./batch-rows.ts";
import type { Entry } from "./index/index.ts";
import { decodeJson, encodeJson } from "./records/json.ts";
import { encodeTrash } from "./records/references.ts";
import { afterKey, afterPrefix, bucketIdBytes, bucketKey, bucketPrefix } from "./table-keys.ts";
import type { Bucket, Engine } from "./types.ts";

type BucketRecord = Omit<Bucket, "name" | "version">;

const bucketCounterKey = Buffer.from("last bucket id");

/**
 * Makes a bucket.
 *
 * @throws S3Error BucketAlreadyOwnedByYou or BucketAlreadyExists when the name is taken; TooManyBuckets.
 */
export async function createBucket(
  engine: Engine,
  input: {
    readonly name: string;
    readonly owner: Owner;
    readonly grants: readonly Grant[];
    readonly region: string;
    readonly objectOwnership?: Bucket["objectOwnership"];
    /** Object lock, and the versioning that it needs. */
    readonly objectLock?: Bucket["objectLock"];
    readonly tags?: Tags | undefined;
    /** How many the owner may have. Default: any number. */
    readonly maxBuckets?: number | undefined;
  },
): Promise<Bucket> {
  engine.takeRoom(0, "index");
  const { name, owner, grants, region, objectOwnership, objectLock, tags, maxBuckets } = input;
  await atomically(engine, `bucket ${name}`, async () => {
    const existing = await getBucket(engine, name);
    if (existing !== null) {
      throw new S3Error(existing.owner.id === owner.id ? "BucketAlreadyOwnedByYou" : "BucketAlreadyExists", {
        details: { BucketName: name },
      });
    }
    const counter = await engine.index.get("meta", bucketCounterKey);
    // Whoever makes another bucket meanwhile changes the counter, and this is counted again.
    if (maxBuckets !== undefined) await requireRoomForBucket(engine, owner.id, maxBuckets);
    const id = Buffer.alloc(bucketIdBytes);
    id.writeUInt32BE((counter?.value.readUInt32BE(0) ?? 0) + 1);
    const record: BucketRecord = {
      id: id.toString("hex"),
      owner,
      createdAtMs: engine.clock(),
      grants,
      region,
      objectOwnership,
      tags,
      ...(objectLock === undefined ? {} : { objectLock, versioning: "Enabled" }),
    };
    const draft = new Draft()
      .check("buckets", bucketKey(name), null)
      .check("meta", bucketCounterKey, counter?.version ?? null)
      .put("meta", bucketCounterKey, id)
      .put("buckets", bucketKey(name), encodeJson(record));
    return (await engine.index.commit(draft)) ? undefined : conflict;
  });
  return requireBucket(engine, name);
}

async function requireRoomForBucket(engine: Engine, ownerId: string, limit: number): Promise<void> {
  const { buckets } = await listBuckets(engine, { ownerId, limit });
  if (buckets.length < limit) return;
  throw new S3Error("TooManyBuckets", { message: `You may have ${limit} buckets, and have as many.` });
}

/** The bucket, or null where there is none. */
export async function getBucket(engine: Engine, name: string): Promise<Bucket | null> {
  return engine.cache.get("buckets", name, bucketKey, decodeBucket);
}

/** @throws S3Error NoSuchBucket */
export async function requireBucket(engine: Engine, name: string): Promise<Bucket> {
  const bucket = await getBucket(engine, name);
  if (bucket === null) throw new S3Error("NoSuchBucket", { details: { BucketName: name } });
  return bucket;
}

/**
 * The owner's buckets in the order of their names.
 *
 * @param options.after Only names after this one.
 * @param options.limit The most to return; default all.
 */
export async function listBuckets(
  engine: Engine,
  options: {
    readonly ownerId: string;
    readonly prefix?: string | undefined;
    readonly after?: string | undefined;
    /** Only buckets of this region. */
    readonly region?: string | undefined;
    readonly limit?: number | undefined;
  },
): Promise<{ buckets: Bucket[]; isTruncated: boolean }> {
  const { ownerId, prefix = "", after, region, limit = Infinity } = options;
  const buckets: Bucket[] = [];
  const end = afterPrefix(bucketKey(prefix));
  let start = bucketKey(prefix);
  if (after !== undefined && bucketKey(after).compare(start) >= 0) start = afterKey(bucketKey(after));
  const ownerIdBytes = Buffer.from(ownerId);
  let batchRows = firstBatchRows;
  const snapshot = await engine.index.snapshot();
  try {
    for (;;) {
      const entries = await snapshot.range("buckets", { start, end, limit: batchRows });
      for (const entry of entries) {
        // What does not have the id anywhere need not be decoded.
        if (!entry.value.includes(ownerIdBytes)) continue;
        const bucket = bucketOf(engine, entry);
        if (bucket.owner.id !== ownerId || (region ?? bucket.region) !== bucket.region) continue;
        if (buckets.length >= limit) return { buckets, isTruncated: limit > 0 };
        buckets.push(bucket);
      }
      const last = entries.at(-1);
      if (last === undefined || entries.length < batchRows) return { buckets, isTruncated: false };
      start = afterKey(last.key);
      batchRows = nextBatchRows(entries);
      await setImmediate();
    }
  } finally {
    snapshot.close();
  }
}

/** What of a bucket can be changed after it was made. `undefined` takes a member away. */
export type BucketChanges = Partial<
  Omit<BucketRecord, "id" | "owner" | "formerOwner" | "createdAtMs" | "isBeingDeleted">
>;

/**
 * Changes a bucket's settings.
 *
 * @param change Is given the bucket as it is, again when another change came first; what it throws is thrown on.
 * @throws S3Error NoSuchBucket
 * @example
 * await updateBucket(engine, "photos", () => ({ grants }));
 */
export async function updateBucket(
  engine: Engine,
  name: string,
  change: (bucket: Bucket) => BucketChanges,
): Promise<Bucket> {
  await atomically(engine, `bucket ${name}`, async () => {
    const bucket = await requireBucket(engine, name);
    const draft = new Draft()
      .check("buckets", bucketKey(name), bucket.version)
      .put(
        "buckets",
        bucketKey(name),
        encodeBucket({ ...bucket, ...change(bucket), isBeingDeleted: undefined }),
      );
    return (await engine.index.commit(draft)) ? undefined : conflict;
  });
  return requireBucket(engine, name);
}

/**
 * Removes an empty bucket. Its unfinished uploads are aborted.
 *
 * @throws S3Error NoSuchBucket, or BucketNotEmpty when it has an object, a version or a delete marker.
 */
export async function deleteBucket(engine: Engine, name: string): Promise<void> {
  const key = bucketKey(name);
  return atomically(engine, `bucket ${name}`, async () => {
    const bucket = await requireBucket(engine, name);
    // Looked at first without the mark, so that asking in vain disturbs no writer.
    if (!(await isEmpty(engine, bucket))) throw notEmpty(bucket);
    const mark = new Draft()
      .check("buckets", key, bucket.version)
      .put("buckets", key, encodeBucket({ ...bucket, isBeingDeleted: true }));
    if (!(await engine.index.commit(mark))) return conflict;

    const marked = await requireBucket(engine, name);
    if (marked.id !== bucket.id || marked.isBeingDeleted !== true) return conflict;
    // Who wrote before the mark is seen now; who writes after it takes the mark off.
    const empty = await isEmpty(engine, bucket);
    const outcome = new Draft().check("buckets", key, marked.version);
    if (empty) {
      outcome
        .delete("buckets", key)
        .delete("usage", bucketPrefix(bucket.id))
        .put("trash", engine.ids.next(), encodeTrash({ kind: "bucket", id: bucketPrefix(bucket.id) }));
    } else {
      outcome.put("buckets", key, encodeBucket({ ...marked, isBeingDeleted: undefined }));
    }
    if (!(await engine.index.commit(outcome))) return conflict;
    if (!empty) throw notEmpty(bucket);
    return undefined;
  });
}

/** Lets a commit happen only while the bucket is there. */
export function guardBucket(draft: Draft, bucket: Bucket): Draft {
  const key = bucketKey(bucket.name);
  draft.check("buckets", key, bucket.version);
  if (bucket.isBeingDeleted === true) {
    draft.put("buckets", key, encodeBucket({ ...bucket, isBeingDeleted: undefined }));
  }
  return draft;
}

/**
 * The bucket as it is now.
 *
 * @throws S3Error NoSuchBucket when it is gone, also when another of that name has taken its place.
 */
export async function rereadBucket(engine: Engine, bucket: Bucket): Promise<Bucket> {
  const now = await requireBucket(engine, bucket.name);
  if (now.id !== bucket.id) throw new S3Error("NoSuchBucket", { details: { BucketName: bucket.name } });
  return now;
}

/** A row of the table, decoded. */
export function bucketOf(engine: Engine, row: Entry): Bucket {
  return engine.cache.decoded("buckets", row.key.toString("utf8"), row, decodeBucket);
}

function decodeBucket(row: Entry, name: string): Bucket {
  return { ...(decodeJson(row.value, "bucket") as BucketRecord), name, version: row.version };
}

/** The row of a bucket, for a commit that changes it. */
export function encodeBucket({ name: _name, version: _version, ...record }: Bucket): Buffer {
  return encodeJson(record satisfies BucketRecord);
}

async function isEmpty(engine: Engine, bucket: Bucket): Promise<boolean> {
  const start = bucketPrefix(bucket.id);
  const snapshot = await engine.index.snapshot();
  try {
    for (const table of ["objects", "versions"] as const) {
      const entries = await snapshot.range(table, { start, end: afterPrefix(start), limit: 1 });
      if (entries.length > 0) return false;
    }
    return true;
  } finally {
    snapshot.close();
  }
}

function notEmpty({ name, versioning }: Bucket): S3Error {
  const details = { BucketName: name };
  if (versioning === undefined) return new S3Error("BucketNotEmpty", { details });
  const message = "The bucket you tried to delete is not empty. You must delete all versions in the bucket.";
  return new S3Error("BucketNotEmpty", { message, details });
}
