/** How often and how long: counted in plain numbers for each request, made into metrics when somebody reads them. */

import type { Metric, Registry } from "prom-client";

/** Upper limits of the histogram's buckets, in seconds. */
const limitsSeconds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

/** Of one operation. */
interface Counts {
  /** How often by status, at the status. */
  readonly byStatus: number[];
  /** How often by duration: at the first limit that it does not exceed, the last for those beyond all. */
  readonly byLimit: number[];
  seconds: number;
}

/**
 * Registers `stowage_requests_total` and `stowage_request_duration_seconds`. prom-client's own counter and histogram
 * look up and check their labels each time, which costs a small GET more than finding its object.
 *
 * @returns Counts a request that was answered.
 */
export function countRequests(
  registry: Registry,
): (operation: string, status: number, seconds: number) => void {
  const operations = new Map<string, Counts>();
  const total: Collected = {
    name: "stowage_requests_total",
    help: "Requests answered, by operation and HTTP status.",
    type: "counter",
    aggregator: "sum",
    values: () => [...operations].flatMap(totalsOf),
  };
  const durations: Collected = {
    name: "stowage_request_duration_seconds",
    help: "Time from the request's head to the end of its answer, by operation.",
    type: "histogram",
    aggregator: "sum",
    values: () => [...operations].flatMap(durationsOf),
  };
  for (const metric of [total, durations]) {
    // A registry asks a metric for its name and for its values, and nothing else.
    const registered = { ...metric, get: () => ({ ...metric, values: metric.values() }), reset(): void {} };
    registry.registerMetric(registered as unknown as Metric);
  }
  return (operation, status, seconds) => {
    let counts = operations.get(operation);
    if (counts === undefined) {
      counts = {
        byStatus: [],
        byLimit: Array.from({ length: limitsSeconds.length + 1 }, () => 0),
        seconds: 0,
      };
      operations.set(operation, counts);
    }
    counts.byStatus[status] = (counts.byStatus[status] ?? 0) + 1;
    let at = 0;
    while (at < limitsSeconds.length && seconds > (limitsSeconds[at] as number)) at++;
    counts.byLimit[at] = (counts.byLimit[at] ?? 0) + 1;
    counts.seconds += seconds;
  };
}

interface Collected {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "histogram";
  readonly aggregator: "sum";
  readonly values: () => Sample[];
}

/** One line of the exposition format. */
interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

function totalsOf([operation, { byStatus }]: [string, Counts]): Sample[] {
  return Object.entries(byStatus).map(([status, value]) => ({ labels: { operation, status }, value }));
}

/** The buckets of a histogram include those below them. */
function durationsOf([operation, { byLimit, seconds }]: [string, Counts]): Sample[] {
  const name = "stowage_request_duration_seconds";
  let count = 0;
  const buckets = byLimit.map((value, at): Sample => {
    count += value;
    return {
      metricName: `${name}_bucket`,
      labels: { le: limitsSeconds[at] ?? "+Inf", operation },
      value: count,
    };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: { operation }, value: seconds },
    { metricName: `${name}_count`, labels: { operation }, value: count },
  ];
}
