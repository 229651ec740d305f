/** A `stowage serve` under measurement, or another S3 that was given by its endpoint. */

import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Job, JobResult } from "./generator/job.ts";
import { cores, runJson, startSubject } from "./proc.ts";
import type { Settings } from "./settings.ts";

/** A server that a generator can be pointed at. */
export interface BenchServer {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** `null` for a server that the bench did not start. */
  readonly pid: number | null;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const generator = fileURLToPath(new URL("generator/main.js", import.meta.url));

/** Keys of a server that lives for one run and listens on the loopback address only. */
export const benchKeys: Pick<BenchServer, "accessKeyId" | "secretAccessKey"> = {
  accessKeyId: "BENCHBENCHBENCHBENCH",
  secretAccessKey: "bench-bench-bench-bench-bench-bench-bench",
};

/** An empty directory on the disk that is measured. */
export function makeDirectory(settings: Settings, name: string): string {
  return mkdtempSync(join(settings.scratchDir, `${name}-`));
}

/**
 * Starts a server on its core.
 *
 * @param options.workers Default 1.
 * @param options.bound Whether to bind it to the server's core. Default true.
 */
export async function startServer(
  settings: Settings,
  dataDir: string,
  { workers = 1, bound = true }: { readonly workers?: number; readonly bound?: boolean } = {},
): Promise<BenchServer> {
  const profile = settings.profileDir === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${settings.profileDir}`];
  const subject = await startSubject(
    [...profile, program, "serve", "--port", "0", "--data", dataDir, "--workers", String(workers)],
    /^stowage: listening/,
    {
      env: {
        STOWAGE_ACCESS_KEY: benchKeys.accessKeyId,
        STOWAGE_SECRET_KEY: benchKeys.secretAccessKey,
        STOWAGE_LOG_LEVEL: "error",
      },
      core: bound ? cores?.server : undefined,
    },
  );
  return {
    ...benchKeys,
    endpoint: subject.ready.replace("stowage: listening on ", ""),
    region: "us-east-1",
    pid: subject.pid,
    async stop(): Promise<void> {
      const code = await subject.stop();
      if (code !== 0) throw new Error(`stowage serve ended with ${code}: ${subject.stderr()}`);
    },
  };
}

/** What a job says beside where it goes. */
export type Work = Pick<Job, "operation"> & Partial<Omit<Job, "operation">>;

/** Runs the load generator on its core, or on another or none. */
export function generate(
  settings: Settings,
  server: BenchServer,
  work: Work,
  core: number | null = cores?.generator ?? null,
): Promise<JobResult> {
  const job: Job = {
    endpoint: server.endpoint,
    region: server.region,
    accessKeyId: server.accessKeyId,
    secretAccessKey: server.secretAccessKey,
    serverPid: server.pid,
    bucket: "bench",
    sizeBytes: 4096,
    signsPayload: true,
    keys: 1,
    prefix: "",
    once: false,
    queries: [],
    concurrency: 64,
    durationMs: settings.durationMs,
    warmupMs: settings.warmupMs,
    maxRequests: Number.MAX_SAFE_INTEGER,
    spin: cores !== null,
    ...work,
  };
  return runJson<JobResult>(core ?? undefined, [generator, JSON.stringify(job)]);
}

/** Sends each request of some work once: to make a bucket, to fill it, to empty it. */
export async function once(settings: Settings, server: BenchServer, work: Work): Promise<JobResult> {
  const result = await generate(settings, server, { once: true, warmupMs: 0, durationMs: 600_000, ...work });
  if (result.errors > 0) throw new Error(`${work.operation} failed: ${result.firstError}`);
  return result;
}
