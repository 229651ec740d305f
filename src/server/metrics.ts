/** What Prometheus reads under `/_stowage/metrics`. */

import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  Gauge,
  type MetricObject,
  Registry,
} from "prom-client";

import type { Quota, Usage } from "../engine/usage.ts";
import { countRequests } from "./request-counts.ts";

/** Counts of one server. Two servers in a process share nothing. */
export interface Metrics {
  /** A request was answered. `operation` is a name of the operations table, `Administration`, `Preflight` of the console, or `Unknown`. */
  observe(operation: string, status: number, seconds: number): void;
  /** A run of a job of the server's own came to its end. */
  observeJob(job: string, seconds: number, failed: boolean): void;
  /** Lifecycle rules did something that often. */
  countLifecycle(action: string, times: number): void;
  /** A message to a webhook was taken, was not, or was given up with others. */
  countEvents(outcome: "delivered" | "failed" | "dropped", times: number): void;
  /** So many messages wait for their webhooks. */
  setEventsWaiting(messages: number): void;
  /** How full the buckets with a quota are: all of them. */
  setQuotas(buckets: readonly FullBucket[]): void;
  /** So many objects of server access logs were written. */
  countLogObjects(objects: number): void;
  /** What was counted, for another process to add up. */
  collect(): Promise<MetricObject[]>;
  /** The text of the exposition format, and its content type. */
  render(): Promise<RenderedMetrics>;
}

export interface RenderedMetrics {
  readonly text: string;
  readonly contentType: string;
}

/** The counts of several processes as one. Each is what {@link Metrics.collect} gave there. */
export async function renderTogether(collected: readonly MetricObject[][]): Promise<RenderedMetrics> {
  const registry = AggregatorRegistry.aggregate([...collected]);
  return { text: await registry.metrics(), contentType: Registry.PROMETHEUS_CONTENT_TYPE };
}

/** A bucket with a quota. */
interface FullBucket {
  readonly bucket: string;
  readonly quota: Quota;
  readonly usage: Usage;
}

/**
 * Metrics with labels that cannot grow without bound: operations and statuses, never names of buckets or keys, except for
 * buckets that an operator gave a quota.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = countRequests(registry);
  const jobRuns = new Counter({
    name: "stowage_job_runs_total",
    help: "Runs of the server's own jobs, by job and result.",
    labelNames: ["job", "result"],
    registers: [registry],
  });
  const jobSeconds = new Gauge({
    name: "stowage_job_last_run_duration_seconds",
    help: "How long the last run of a job took.",
    labelNames: ["job"],
    registers: [registry],
  });
  const lifecycleActions = new Counter({
    name: "stowage_lifecycle_actions_total",
    help: "What lifecycle rules did, by action.",
    labelNames: ["action"],
    registers: [registry],
  });
  const events = new Counter({
    name: "stowage_events_total",
    help: "Messages to webhooks: delivered, failed attempts, and dropped because too many were waiting.",
    labelNames: ["outcome"],
    registers: [registry],
  });
  const eventsWaiting = new Gauge({
    name: "stowage_events_waiting",
    help: "Messages that wait for their webhooks.",
    registers: [registry],
  });
  const quotaGauges = createQuotaGauges(registry);
  const logObjects = new Counter({
    name: "stowage_access_log_objects_total",
    help: "Objects of server access logs that were delivered.",
    registers: [registry],
  });
  return {
    observe: requests,
    observeJob: (job, seconds, failed) => {
      jobRuns.inc({ job, result: failed ? "failure" : "success" });
      jobSeconds.set({ job }, seconds);
    },
    countLifecycle: (action, times) => lifecycleActions.inc({ action }, times),
    countEvents: (outcome, times) => events.inc({ outcome }, times),
    setEventsWaiting: (messages) => eventsWaiting.set(messages),
    setQuotas: quotaGauges,
    countLogObjects: (objects) => logObjects.inc(objects),
    collect: () => registry.getMetricsAsJSON(),
    render: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
}

function createQuotaGauges(registry: Registry): (buckets: readonly FullBucket[]) => void {
  const gauge = (name: string, help: string): Gauge =>
    new Gauge({ name, help, labelNames: ["bucket"], registers: [registry] });
  const bytes = gauge("stowage_bucket_bytes", "Bytes in a bucket that has a quota.");
  const objects = gauge("stowage_bucket_objects", "Objects and versions in a bucket that has a quota.");
  const maxBytes = gauge("stowage_bucket_max_bytes", "Bytes that a bucket may hold.");
  const maxObjects = gauge("stowage_bucket_max_objects", "Objects that a bucket may hold.");
  return (buckets) => {
    for (const one of [bytes, objects, maxBytes, maxObjects]) one.reset();
    for (const { bucket, quota, usage } of buckets) {
      bytes.set({ bucket }, usage.bytes);
      objects.set({ bucket }, usage.objects);
      if (quota.maxBytes !== undefined) maxBytes.set({ bucket }, quota.maxBytes);
      if (quota.maxObjects !== undefined) maxObjects.set({ bucket }, quota.maxObjects);
    }
  };
}
