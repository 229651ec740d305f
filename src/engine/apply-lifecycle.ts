/**
 * Lifecycle rules at work: a walk over the keys that rules are about, in small steps.
 *
 * What is judged may change before it is removed. So the removal judges again what it finds in its own attempt, and
 * a fresh overwrite is never taken for the old object.
 */

import { setTimeout } from "node:timers/promises";

import { calendarDayMs, judgeCurrent, judgeUpload, prefixesOf } from "../s3/lifecycle.ts";
import type { LifecycleAction, LifecycleClock } from "../s3/lifecycle.ts";
import { bucketOf } from "./buckets.ts";
import { deleteObject } from "./delete-object.ts";
import type { Entry, Table } from "./index/index.ts";
import { decodeObject } from "./records/object.ts";
import { afterKey, afterPrefix, keyOfObject, objectKey } from "./table-keys.ts";
import type { Bucket, Engine, ObjectInfo } from "./types.ts";
import { abortUpload, uploadOf } from "./uploads.ts";

export interface ApplyLifecycleOptions {
  /** Milliseconds of a day. Default: the calendar's. */
  readonly dayMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How often each kind of action was taken. */
export interface LifecycleReport {
  expired: number;
  uploadsAborted: number;
}

/** Rows that are read, judged and dealt with in one step. */
const stepRows = 200;
/** Removals under way at the same time: they share flushes. */
const parallelRemovals = 16;
/** After each step the same time is left to others, up to this. */
const mostPauseMs = 100;

/**
 * Does what the rules of all buckets ask for at this time.
 *
 * @example
 * await applyLifecycle(engine, { signal });
 */
export async function applyLifecycle(
  engine: Engine,
  { dayMs = calendarDayMs, signal }: ApplyLifecycleOptions = {},
): Promise<LifecycleReport> {
  const report: LifecycleReport = { expired: 0, uploadsAborted: 0 };
  const clock = (): LifecycleClock => ({ nowMs: engine.clock(), dayMs });
  await walk(engine, "buckets", Buffer.of(0), undefined, signal, async (rows) => {
    for (const row of rows) {
      const bucket = bucketOf(engine, row);
      if (bucket.lifecycle === undefined) continue;
      for (const prefix of prefixesOf(bucket.lifecycle)) {
        await expireObjects(engine, bucket, prefix, clock, report, signal);
        await abortUploads(engine, bucket, prefix, clock, report, signal);
      }
    }
  });
  return report;
}

async function expireObjects(
  engine: Engine,
  bucket: Bucket,
  prefix: string,
  clock: () => LifecycleClock,
  report: LifecycleReport,
  signal: AbortSignal | undefined,
): Promise<void> {
  const start = objectKey(bucket.id, prefix);
  const judge = (info: ObjectInfo): LifecycleAction | null => judgeCurrent(bucket.lifecycle!, info, clock());
  await walk(engine, "objects", start, afterPrefix(start), signal, async (rows) => {
    const keys = rows
      .map((row) => decodeObject(row.value, keyOfObject(row.key), bucket.owner).info)
      .filter((info) => judge(info)?.type === "expire")
      .map(({ key }) => key);
    await inParallel(keys, async (key) => {
      const { existed } = await deleteObject(engine, bucket, key, {
        onlyIf: (info) => judge(info)?.type === "expire",
        isExpiration: true,
      });
      if (existed) report.expired++;
    });
  });
}

async function abortUploads(
  engine: Engine,
  bucket: Bucket,
  prefix: string,
  clock: () => LifecycleClock,
  report: LifecycleReport,
  signal: AbortSignal | undefined,
): Promise<void> {
  const start = objectKey(bucket.id, prefix);
  await walk(engine, "uploads", start, afterPrefix(start), signal, async (rows) => {
    const uploads = rows
      .map(uploadOf)
      .filter((upload) => judgeUpload(bucket.lifecycle!, upload, clock()) !== null);
    await inParallel(uploads, async ({ key, uploadId }) => {
      try {
        await abortUpload(engine, bucket, key, uploadId);
        report.uploadsAborted++;
      } catch (error) {
        // It was completed or aborted meanwhile.
        if ((error as { code?: string }).code !== "NoSuchUpload") throw error;
      }
    });
  });
}

/** Steps over the rows of a range: each with a snapshot of its own, and a pause behind it. */
async function walk(
  engine: Engine,
  table: Table,
  from: Buffer,
  end: Buffer | undefined,
  signal: AbortSignal | undefined,
  step: (rows: Entry[]) => Promise<void>,
): Promise<void> {
  let start = from;
  for (;;) {
    signal?.throwIfAborted();
    const startedMs = performance.now();
    const snapshot = await engine.index.snapshot();
    let rows: Entry[];
    try {
      rows = await snapshot.range(table, { start, end, limit: stepRows });
    } finally {
      snapshot.close();
    }
    await step(rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < stepRows) return;
    start = afterKey(last.key);
    await setTimeout(Math.min(performance.now() - startedMs, mostPauseMs));
  }
}

async function inParallel<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await task(item);
  };
  await Promise.all(Array.from({ length: Math.min(parallelRemovals, items.length) }, worker));
}
