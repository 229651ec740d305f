/**
 * Lifecycle rules at work: a walk over the keys that rules are about, in small steps.
 *
 * What is judged may change before something becomes of it. So every act judges again what it finds in its own attempt,
 * and a fresh overwrite is never taken for the old object.
 */

import { setTimeout } from "node:timers/promises";

import { S3Error } from "../s3/errors.ts";
import { calendarDayMs, judgeUpload, prefixesOf } from "../s3/lifecycle.ts";
import type { LifecycleClock, LifecycleConfiguration } from "../s3/lifecycle.ts";
import { getBucket } from "./buckets.ts";
import { listVersions } from "./list-versions.ts";
import { actOn, judgePage } from "./lifecycle-acts.ts";
import type { LifecycleReport, PageState } from "./lifecycle-acts.ts";
import type { Bucket, Engine } from "./types.ts";
import { abortUpload, listUploads } from "./uploads.ts";
import { walkBuckets } from "./walk-buckets.ts";

export interface ApplyLifecycleOptions {
  /** Milliseconds of a day. Default: the calendar's. */
  readonly dayMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Rows that are read, judged and dealt with in one step. */
const stepRows = 200;
/** Acts under way at the same time: they share flushes. */
const parallelActs = 16;
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
  const report: LifecycleReport = { expired: 0, transitioned: 0, uploadsAborted: 0 };
  const run = { engine, report, signal, clock: () => ({ nowMs: engine.clock(), dayMs }) };
  for await (const bucket of walkBuckets(engine)) {
    const { lifecycle } = bucket;
    if (lifecycle === undefined) continue;
    const ruled = { ...bucket, lifecycle };
    for (const prefix of prefixesOf(lifecycle)) {
      await walkVersions(run, ruled, prefix);
      await walkUploads(run, ruled, prefix);
    }
  }
  return report;
}

type RuledBucket = Bucket & { readonly lifecycle: LifecycleConfiguration };

interface Run {
  readonly engine: Engine;
  readonly report: LifecycleReport;
  readonly signal: AbortSignal | undefined;
  readonly clock: () => LifecycleClock;
}

async function walkVersions(run: Run, bucket: RuledBucket, prefix: string): Promise<void> {
  const { engine, report, clock } = run;
  let keyMarker: string | undefined;
  let versionIdMarker: string | undefined;
  let state: PageState = {};
  // A rule that is taken back acts no more than a page longer.
  while ((await getBucket(engine, bucket.name))?.version === bucket.version) {
    const startedMs = begin(run);
    const page = await listVersions(engine, bucket, { prefix, keyMarker, versionIdMarker, limit: stepRows });
    const judged = judgePage(bucket.lifecycle, page, state, clock());
    state = judged.state;
    await inParallel(judged.acts, (act) => actOn(engine, bucket, act, { clock, report }));
    if (!page.isTruncated) return;
    keyMarker = page.nextKeyMarker ?? undefined;
    versionIdMarker = page.nextVersionIdMarker ?? undefined;
    await pause(startedMs);
  }
}

async function walkUploads(run: Run, bucket: RuledBucket, prefix: string): Promise<void> {
  const { engine, report, clock } = run;
  if (!bucket.lifecycle.rules.some((rule) => rule.abortIncompleteMultipartUpload !== undefined)) return;
  let keyMarker: string | undefined;
  let uploadIdMarker: string | undefined;
  for (;;) {
    const startedMs = begin(run);
    const page = await listUploads(engine, bucket, { prefix, keyMarker, uploadIdMarker, limit: stepRows });
    const old = page.uploads.filter((upload) => judgeUpload(bucket.lifecycle, upload, clock()) !== null);
    await inParallel(old, async ({ key, uploadId }) => {
      try {
        await abortUpload(engine, bucket, key, uploadId);
        report.uploadsAborted++;
      } catch (error) {
        // It was completed or aborted meanwhile.
        if (!(error instanceof S3Error) || error.code !== "NoSuchUpload") throw error;
      }
    });
    if (!page.isTruncated) return;
    keyMarker = page.nextKeyMarker ?? undefined;
    uploadIdMarker = page.nextUploadIdMarker ?? undefined;
    await pause(startedMs);
  }
}

function begin({ signal }: Run): number {
  signal?.throwIfAborted();
  return performance.now();
}

async function pause(startedMs: number): Promise<void> {
  await setTimeout(Math.min(performance.now() - startedMs, mostPauseMs));
}

async function inParallel<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await task(item);
  };
  await Promise.all(Array.from({ length: Math.min(parallelActs, items.length) }, worker));
}
