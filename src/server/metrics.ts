/** What Prometheus reads under `/_stowage/metrics`. */

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** Counts of one server. Two servers in a process share nothing. */
export interface Metrics {
  /** A request was answered. `operation` is a name of the operations table, or `Unknown`. */
  observe(operation: string, status: number, seconds: number): void;
  /** A run of a job of the server's own came to its end. */
  observeJob(job: string, seconds: number, failed: boolean): void;
  /** Lifecycle rules did something that often. */
  countLifecycle(action: string, times: number): void;
  /** A message to a webhook was taken, was not, or was given up with others. */
  countEvents(outcome: "delivered" | "failed" | "dropped", times: number): void;
  /** So many messages wait for their webhooks. */
  setEventsWaiting(messages: number): void;
  /** The text of the exposition format, and its content type. */
  render(): Promise<{ text: string; contentType: string }>;
}

/** Metrics with labels that cannot grow without bound: operations and statuses, never names of buckets or keys. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: "stowage_requests_total",
    help: "Requests answered, by operation and HTTP status.",
    labelNames: ["operation", "status"],
    registers: [registry],
  });
  const durations = new Histogram({
    name: "stowage_request_duration_seconds",
    help: "Time from the request's head to the end of its answer, by operation.",
    labelNames: ["operation"],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60],
    registers: [registry],
  });
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
  // Finding a child by its labels costs more than counting: there are few, so they are kept.
  const children = new Map<
    string,
    { requests: Counter.Internal; durations: Histogram.Internal<"operation"> }
  >();
  return {
    observe: (operation, status, seconds) => {
      const name = `${operation} ${status}`;
      let child = children.get(name);
      if (child === undefined) {
        child = {
          requests: requests.labels(operation, String(status)),
          durations: durations.labels(operation),
        };
        children.set(name, child);
      }
      child.requests.inc();
      child.durations.observe(seconds);
    },
    observeJob: (job, seconds, failed) => {
      jobRuns.inc({ job, result: failed ? "failure" : "success" });
      jobSeconds.set({ job }, seconds);
    },
    countLifecycle: (action, times) => lifecycleActions.inc({ action }, times),
    countEvents: (outcome, times) => events.inc({ outcome }, times),
    setEventsWaiting: (messages) => eventsWaiting.set(messages),
    render: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
}
