/** What Prometheus reads under `/_stowage/metrics`. */

import type { MetricObject, Registry } from "prom-client";

import type { DiskState } from "../engine/types.ts";
import type { Quota, Usage } from "../engine/usage.ts";
import { Count, type Family, type Labels, register } from "./counts.ts";
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
  /** How full the disk is. */
  setDisk(disk: DiskState): void;
  /** The pages of the index were verified, and so much of them is damaged. */
  setIndexFindings(findings: number): void;
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
  const { AggregatorRegistry, Registry } = await import("prom-client");
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
 * buckets that an operator gave a quota. What node tells of itself (memory, event loop, garbage collection) is watched
 * from the first reading on.
 */
export function createMetrics(): Metrics {
  const requests = countRequests();
  const jobRuns = counter("stowage_job_runs_total", "Runs of the server's own jobs, by job and result.");
  const jobSeconds = gauge("stowage_job_last_run_duration_seconds", "How long the last run of a job took.");
  const lifecycleActions = counter("stowage_lifecycle_actions_total", "What lifecycle rules did, by action.");
  const events = counter(
    "stowage_events_total",
    "Messages to webhooks: delivered, failed attempts, and dropped because too many were waiting.",
  );
  const eventsWaiting = gauge("stowage_events_waiting", "Messages that wait for their webhooks.");
  const quotas = countQuotas();
  const disk = countDisk();
  const indexFindings = gauge(
    "stowage_index_findings",
    "Damage that the last verification of the index has found. Absent before the first, which comes within minutes.",
  );
  const logObjects = counter(
    "stowage_access_log_objects_total",
    "Objects of server access logs that were delivered.",
  );
  for (const count of [eventsWaiting, logObjects]) count.set(0);
  const families = [
    ...requests.families,
    jobRuns,
    jobSeconds,
    lifecycleActions,
    events,
    eventsWaiting,
    ...quotas.families,
    ...disk.families,
    indexFindings,
    logObjects,
  ];
  let registry: Promise<Registry> | undefined;
  const read = (): Promise<Registry> => (registry ??= createRegistry(families));
  return {
    observe: requests.observe,
    observeJob: (job, seconds, failed) => {
      jobRuns.add(1, { job, result: failed ? "failure" : "success" });
      jobSeconds.set(seconds, { job });
    },
    countLifecycle: (action, times) => lifecycleActions.add(times, { action }),
    countEvents: (outcome, times) => events.add(times, { outcome }),
    setEventsWaiting: (messages) => eventsWaiting.set(messages),
    setQuotas: quotas.set,
    setDisk: disk.set,
    setIndexFindings: (findings) => indexFindings.set(findings),
    countLogObjects: (objects) => logObjects.add(objects),
    collect: async () => (await read()).getMetricsAsJSON(),
    render: async () => {
      const all = await read();
      return { text: await all.metrics(), contentType: all.contentType };
    },
  };
}

/** Loads prom-client, which a server that nobody watches does without. */
async function createRegistry(families: readonly Family[]): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import("prom-client");
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const family of families) register(registry, family);
  return registry;
}

function counter(name: string, help: string): Count {
  return new Count("counter", name, help);
}

function gauge(name: string, help: string): Count {
  return new Count("gauge", name, help);
}

function countQuotas(): {
  readonly set: (buckets: readonly FullBucket[]) => void;
  readonly families: readonly Family[];
} {
  const bytes = gauge("stowage_bucket_bytes", "Bytes in a bucket that has a quota.");
  const objects = gauge("stowage_bucket_objects", "Objects and versions in a bucket that has a quota.");
  const maxBytes = gauge("stowage_bucket_max_bytes", "Bytes that a bucket may hold.");
  const maxObjects = gauge("stowage_bucket_max_objects", "Objects that a bucket may hold.");
  const families = [bytes, objects, maxBytes, maxObjects];
  const set = (buckets: readonly FullBucket[]): void => {
    for (const family of families) family.clear();
    for (const { bucket, quota, usage } of buckets) {
      const labels: Labels = { bucket };
      bytes.set(usage.bytes, labels);
      objects.set(usage.objects, labels);
      if (quota.maxBytes !== undefined) maxBytes.set(quota.maxBytes, labels);
      if (quota.maxObjects !== undefined) maxObjects.set(quota.maxObjects, labels);
    }
  };
  return { set, families };
}

/** None before they are set: a store in memory has no disk, and of several processes the owner alone tells. */
function countDisk(): { readonly set: (disk: DiskState) => void; readonly families: readonly Family[] } {
  const total = gauge("stowage_disk_size_bytes", "Size of the file system that the data directory is on.");
  const free = gauge("stowage_disk_free_bytes", "Bytes of that file system that are free for the server.");
  const index = gauge("stowage_index_size_bytes", "Size of the index, which small bodies are in.");
  const set = (disk: DiskState): void => {
    total.set(disk.totalBytes);
    free.set(disk.freeBytes);
    index.set(disk.indexBytes);
  };
  return { set, families: [total, free, index] };
}
