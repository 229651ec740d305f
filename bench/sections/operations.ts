/** Each operation at each size and concurrency, against any S3. */

import type { JobResult, Operation } from "../generator/job.ts";
import { type BenchServer, generate, once, type Work } from "../server.ts";
import type { Section, Settings } from "../settings.ts";
import { median } from "../stats.ts";
import { cpuMicros, errorsOf } from "./ratios.ts";

/** One line of the table. */
interface Case {
  readonly operation: Operation;
  readonly sizeBytes: number;
  readonly concurrency: number;
}

/** Bytes of objects that a bucket holds for a case, at most; and how many objects. */
const maxBytes = 1024 * 1024 * 1024;
const maxKeys = 20_000;

/** Measures every case in each round, so that a slow minute of the machine falls on all. */
export async function measureOperations(
  settings: Settings,
  server: BenchServer,
  about: string,
): Promise<Section> {
  const cases = casesOf(settings);
  const results = new Map<Case, JobResult[]>(cases.map((one) => [one, []]));
  const bucket = `bench-${Date.now().toString(36)}`;
  await once(settings, server, { operation: "make-bucket", bucket });
  for (const sizeBytes of settings.sizes) {
    await once(settings, server, { operation: "put", bucket, sizeBytes, keys: keysOf(settings, sizeBytes) });
  }
  for (let round = 1; round <= settings.rounds; round++) {
    for (const one of cases) {
      settings.say(
        `round ${round} of ${settings.rounds}: ${one.operation} ${sizeText(one.sizeBytes)} × ${one.concurrency}`,
      );
      results.get(one)?.push(await measure(settings, server, bucket, one));
    }
  }
  for (const sizeBytes of settings.sizes) await clean(settings, server, bucket, sizeBytes);
  await once(settings, server, { operation: "remove-bucket", bucket });
  return {
    title: "Operations",
    about,
    columns: [
      "operation",
      "size",
      "connections",
      "ops/s",
      "MB/s",
      "p50 ms",
      "p99 ms",
      "server CPU",
      "µs CPU/op",
      "RSS MB",
      "generator busy",
    ],
    rows: cases.map((one) => rowOf(one, results.get(one) ?? [])),
    targets: [],
    errors: errorsOf([...results.values()].flat()),
    raw: cases.map((one) => ({ ...one, results: results.get(one) })),
  };
}

function casesOf({ operations, sizes, concurrency }: Settings): Case[] {
  const cases: Case[] = [];
  for (const operation of operations as Operation[]) {
    // What moves no body does not depend on the size.
    const differs = operation === "put" || operation === "get" || operation === "mixed";
    for (const sizeBytes of differs ? sizes : sizes.slice(0, 1)) {
      for (const connections of concurrency) cases.push({ operation, sizeBytes, concurrency: connections });
    }
  }
  return cases;
}

function keysOf({ quick }: Settings, sizeBytes: number): number {
  return Math.max(16, Math.min(quick ? 500 : maxKeys, Math.floor(maxBytes / 4 / sizeBytes)));
}

async function measure(
  settings: Settings,
  server: BenchServer,
  bucket: string,
  one: Case,
): Promise<JobResult> {
  const keys = keysOf(settings, one.sizeBytes);
  const work: Work = {
    ...one,
    bucket,
    keys,
    queries: [`delimiter=%2F&list-type=2&max-keys=1000&prefix=${one.sizeBytes}%2F`],
  };
  const result = await generate(settings, server, {
    ...work,
    once: one.operation === "delete",
    ...(one.operation === "delete" ? { warmupMs: 0 } : {}),
  });
  // A round of deletes needs its objects back for what comes next.
  if (one.operation === "delete")
    await once(settings, server, { operation: "put", bucket, sizeBytes: one.sizeBytes, keys });
  return result;
}

async function clean(
  settings: Settings,
  server: BenchServer,
  bucket: string,
  sizeBytes: number,
): Promise<void> {
  const work = { bucket, sizeBytes, keys: keysOf(settings, sizeBytes) };
  await once(settings, server, { ...work, operation: "delete" });
  if (settings.operations.includes("mixed"))
    await once(settings, server, { ...work, operation: "delete", prefix: "mixed/" });
}

function rowOf(
  { operation, sizeBytes, concurrency }: Case,
  results: readonly JobResult[],
): (string | number)[] {
  const middle = (pick: (result: JobResult) => number): number => median(results.map(pick));
  const rate = middle((result) => result.operationsPerSecond);
  const moves = operation === "put" || operation === "get";
  return [
    operation,
    moves || operation === "mixed" ? sizeText(sizeBytes) : "",
    concurrency,
    Math.round(rate),
    moves ? Math.round((rate * sizeBytes) / 1e6) : "",
    middle((result) => result.p50Ms),
    middle((result) => result.p99Ms),
    results[0]?.serverCpu === null ? "" : middle((result) => result.serverCpu ?? 0),
    results[0]?.serverCpu === null ? "" : Math.round(middle(cpuMicros)),
    results[0]?.server === null ? "" : Math.round(middle((result) => result.server?.rssBytes ?? 0) / 1e6),
    middle((result) => result.generatorBusy),
  ];
}

/** A size as people write it: `4 KiB`. */
export function sizeText(bytes: number): string {
  if (bytes >= 1024 * 1024 && bytes % (1024 * 1024) === 0) return `${bytes / 1024 / 1024} MiB`;
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} B`;
}
