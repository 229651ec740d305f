/**
 * Work that the server does by itself, from time to time: one run of a job at a time, different jobs beside each other.
 *
 * Only one process of a data directory runs jobs. A run that fails is logged and tried again; whatever a job does it
 * does in steps that may each be the last, so that stopping and crashing need no care.
 */

import type { EngineLog } from "./types.ts";

export interface Job {
  /** For the log and the metrics, such as `lifecycle`. */
  readonly name: string;
  /** From the end of a run to the begin of the next. */
  readonly intervalMs: number;
  /** Until the first run. Default 0. */
  readonly firstMs?: number | undefined;
  /** Does what is due, and returns early when the signal is aborted. What it throws is logged, and it runs again. */
  run(signal: AbortSignal): Promise<void>;
  /** Called when the jobs were stopped, after the last run. */
  close?(): Promise<void>;
}

export interface Jobs {
  /** Runs a job now, or once more when it is running. */
  wake(name: string): void;
  /** Aborts the runs under way and waits for them. */
  stop(): Promise<void>;
}

/** Calls `task` after a time; what it returns calls it off. */
export type Timer = (task: () => void, delayMs: number) => () => void;

export interface JobsOptions {
  readonly log: EngineLog;
  /** Told the end of each run. */
  readonly onRun?: ((name: string, seconds: number, failed: boolean) => void) | undefined;
  /** Default: node's, in a way that keeps no process alive. */
  readonly timer?: Timer | undefined;
}

/** A run that failed is tried again after this, if the interval is longer. */
const retryMs = 60_000;

/**
 * Starts jobs.
 *
 * @example
 * const jobs = startJobs([{ name: "trash", intervalMs: 2500, run: (signal) => emptyTrash(engine, { signal }) }], { log });
 * await jobs.stop();
 */
export function startJobs(jobs: readonly Job[], options: JobsOptions): Jobs {
  const stopping = new AbortController();
  const runners = new Map(jobs.map((job) => [job.name, startJob(job, stopping.signal, options)]));
  return {
    wake: (name) => runners.get(name)?.wake(),
    async stop(): Promise<void> {
      stopping.abort();
      await Promise.all([...runners.values()].map((runner) => runner.stop()));
    },
  };
}

function startJob(
  job: Job,
  signal: AbortSignal,
  { log, onRun, timer = unrefTimer }: JobsOptions,
): { wake(): void; stop(): Promise<void> } {
  let running: Promise<void> | undefined;
  let isWanted = false;
  let callOff: (() => void) | undefined;

  const run = async (): Promise<void> => {
    const startedMs = performance.now();
    let failed = false;
    try {
      await job.run(signal);
    } catch (error) {
      failed = true;
      if (!signal.aborted) log("error", `The job "${job.name}" failed; it is tried again`, error);
    }
    onRun?.(job.name, (performance.now() - startedMs) / 1000, failed);
    running = undefined;
    const delayMs = failed ? Math.min(job.intervalMs, retryMs) : job.intervalMs;
    schedule(isWanted ? 0 : delayMs);
  };
  const start = (): void => {
    if (signal.aborted || running !== undefined) return;
    isWanted = false;
    running = run();
  };
  const schedule = (delayMs: number): void => {
    if (!signal.aborted) callOff = timer(start, delayMs);
  };

  schedule(job.firstMs ?? 0);
  return {
    wake(): void {
      if (running !== undefined) {
        isWanted = true;
        return;
      }
      callOff?.();
      schedule(0);
    },
    async stop(): Promise<void> {
      callOff?.();
      await running;
      await job.close?.();
    },
  };
}

const unrefTimer: Timer = (task, delayMs) => {
  const timeout = setTimeout(task, delayMs).unref();
  return () => clearTimeout(timeout);
};
