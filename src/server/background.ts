/** What the server does by itself beside answering requests. One process of a data directory does it. */

import { applyLifecycle } from "../engine/apply-lifecycle.ts";
import { damageAdvice, wordsOfFinding } from "../engine/index/index.ts";
import { type Job, type Jobs, startJobs } from "../engine/jobs.ts";
import { countUsage, readUsage } from "../engine/quotas.ts";
import { walkBuckets } from "../engine/walk-buckets.ts";
import { calendarDayMs } from "../s3/lifecycle.ts";
import type { Site } from "./context.ts";
import { EventDelivery } from "./deliver-events.ts";
import { deliverLogs } from "./deliver-logs.ts";
import type { Metrics } from "./metrics.ts";
import { WebhookSender } from "./webhooks.ts";

export interface BackgroundOptions {
  /** Length of a day of lifecycle rules, in seconds, for tests and trials. Default 86,400. */
  readonly lifecycleDaySeconds?: number | undefined;
  /** Seconds between deliveries of server access logs. Default 300. */
  readonly accessLogSeconds?: number | undefined;
  /** Seconds between verifications of the pages of the index. Default 86,400. */
  readonly indexSeconds?: number | undefined;
  /** How many events may wait for their webhooks; beyond it the oldest are dropped. Default 100,000. */
  readonly mostWaitingEvents?: number | undefined;
}

const mostLifecycleIntervalMs = 3 * 60 * 60 * 1000;
const leastLifecycleIntervalMs = 500;
const quotaIntervalMs = 60_000;
/** As often as Prometheus asks by default. */
const diskIntervalMs = 15_000;
/** A server that is started anew each day verifies, too, and one that starts has other things to do. */
const mostFirstIndexMs = 15 * 60 * 1000;
/** With turns of two milliseconds: a fifth of the time. */
const indexPauseMs = 8;
/** Looking costs a look at a count. */
const eventsIntervalMs = 200;

/** Starts the jobs of a server. */
export function startBackground(site: Site, metrics: Metrics, options: BackgroundOptions): Jobs {
  const { engine } = site;
  const jobs = [
    lifecycleJob(site, metrics, options),
    eventsJob(site, metrics, options),
    logsJob(site, metrics, options),
    quotaJob(site, metrics),
    diskJob(site, metrics),
    indexJob(site, metrics, options),
  ];
  return startJobs(jobs, {
    log: engine.log,
    onRun: (name, seconds, failed) => metrics.observeJob(name, seconds, failed),
  });
}

function lifecycleJob(
  { engine }: Site,
  metrics: Metrics,
  { lifecycleDaySeconds = calendarDayMs / 1000 }: BackgroundOptions,
): Job {
  const dayMs = lifecycleDaySeconds * 1000;
  return {
    name: "lifecycle",
    intervalMs: Math.min(mostLifecycleIntervalMs, Math.max(leastLifecycleIntervalMs, dayMs / 10)),
    async run(signal): Promise<void> {
      const done = await applyLifecycle(engine, { dayMs, signal });
      metrics.countLifecycle("expired", done.expired);
      metrics.countLifecycle("transitioned", done.transitioned);
      metrics.countLifecycle("upload_aborted", done.uploadsAborted);
      if (done.expired + done.transitioned + done.uploadsAborted > 0) {
        engine.log(
          "info",
          `Lifecycle rules expired ${done.expired} versions, moved ${done.transitioned} to other storage classes and aborted ${done.uploadsAborted} uploads`,
        );
      }
    },
  };
}

function eventsJob(
  { engine, webhooks }: Site,
  metrics: Metrics,
  { mostWaitingEvents = 100_000 }: BackgroundOptions,
): Job {
  const sender = new WebhookSender();
  const delivery = new EventDelivery(engine, webhooks, {
    send: (webhook, message, signal) => sender.send(webhook, message, { nowMs: engine.clock(), signal }),
    mostWaiting: mostWaitingEvents,
    onDelivered: () => metrics.countEvents("delivered", 1),
    onFailed: () => metrics.countEvents("failed", 1),
    onDropped: (messages) => metrics.countEvents("dropped", messages),
  });
  return {
    name: "events",
    intervalMs: eventsIntervalMs,
    async run(signal): Promise<void> {
      await delivery.round(signal);
      metrics.setEventsWaiting(await engine.index.count("outbox"));
    },
    close: () => sender.close(),
  };
}

function logsJob({ engine }: Site, metrics: Metrics, { accessLogSeconds = 300 }: BackgroundOptions): Job {
  return {
    name: "access-logs",
    intervalMs: accessLogSeconds * 1000,
    firstMs: accessLogSeconds * 1000,
    run: async (signal) => metrics.countLogObjects(await deliverLogs(engine, signal)),
  };
}

/** Counts what a crash kept from being counted, and tells how full buckets with a quota are. */
function quotaJob({ engine }: Site, metrics: Metrics): Job {
  return {
    name: "quotas",
    intervalMs: quotaIntervalMs,
    async run(signal): Promise<void> {
      const full = [];
      for await (const bucket of walkBuckets(engine)) {
        if (bucket.quota === undefined) continue;
        await countUsage(engine, bucket.name, signal);
        const usage = await readUsage(engine, bucket);
        if (usage !== null) full.push({ bucket: bucket.name, quota: bucket.quota, usage });
      }
      metrics.setQuotas(full);
    },
  };
}

/** Tells how full the disk is. */
function diskJob({ engine }: Site, metrics: Metrics): Job {
  return {
    name: "disk",
    intervalMs: diskIntervalMs,
    async run(): Promise<void> {
      const disk = await engine.disk();
      if (disk !== null) metrics.setDisk(disk);
    },
  };
}

/** Finds pages of the index that are damaged, which hide objects from who only reads. */
function indexJob({ engine }: Site, metrics: Metrics, { indexSeconds = 86_400 }: BackgroundOptions): Job {
  const intervalMs = indexSeconds * 1000;
  return {
    name: "index",
    intervalMs,
    firstMs: Math.min(intervalMs, mostFirstIndexMs),
    async run(signal): Promise<void> {
      const findings = await engine.index.verify({ signal, pauseMs: indexPauseMs });
      metrics.setIndexFindings(findings.length);
      const [first] = findings;
      if (first === undefined) return;
      const more = findings.length === 1 ? "" : `, and ${findings.length - 1} more`;
      engine.log("error", `The index is damaged (${wordsOfFinding(first)}${more}); ${damageAdvice}`);
    },
  };
}
