/** What the server does by itself beside answering requests. One process of a data directory does it. */

import { applyLifecycle } from "../engine/apply-lifecycle.ts";
import { type Jobs, startJobs } from "../engine/jobs.ts";
import { calendarDayMs } from "../s3/lifecycle.ts";
import type { Site } from "./context.ts";
import type { Metrics } from "./metrics.ts";

export interface BackgroundOptions {
  /** Length of a day of lifecycle rules, in seconds, for tests and trials. Default 86,400. */
  readonly lifecycleDaySeconds?: number | undefined;
}

const mostLifecycleIntervalMs = 3 * 60 * 60 * 1000;
const leastLifecycleIntervalMs = 500;

/** Starts the jobs of a server. */
export function startBackground(
  { engine }: Site,
  metrics: Metrics,
  { lifecycleDaySeconds = calendarDayMs / 1000 }: BackgroundOptions,
): Jobs {
  const dayMs = lifecycleDaySeconds * 1000;
  return startJobs(
    [
      {
        name: "lifecycle",
        intervalMs: Math.min(mostLifecycleIntervalMs, Math.max(leastLifecycleIntervalMs, dayMs / 10)),
        async run(signal): Promise<void> {
          const { expired, uploadsAborted } = await applyLifecycle(engine, { dayMs, signal });
          metrics.countLifecycle("expired", expired);
          metrics.countLifecycle("upload_aborted", uploadsAborted);
          if (expired + uploadsAborted > 0) {
            engine.log(
              "info",
              `Lifecycle rules removed ${expired} objects and aborted ${uploadsAborted} uploads`,
            );
          }
        },
      },
    ],
    { log: engine.log, onRun: (name, seconds, failed) => metrics.observeJob(name, seconds, failed) },
  );
}
