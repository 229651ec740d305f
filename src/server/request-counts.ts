/** How often and how long: counted for each request. */

import type { Family, Sample } from "./counts.ts";

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

/** `stowage_requests_total` and `stowage_request_duration_seconds`, and what counts a request that was answered. */
export function countRequests(): {
  readonly observe: (operation: string, status: number, seconds: number) => void;
  readonly families: readonly Family[];
} {
  const operations = new Map<string, Counts>();
  const total: Family = {
    name: "stowage_requests_total",
    help: "Requests answered, by operation and HTTP status.",
    type: "counter",
    values: () => [...operations].flatMap(totalsOf),
  };
  const durations: Family = {
    name: "stowage_request_duration_seconds",
    help: "Time from the request's head to the end of its answer, by operation.",
    type: "histogram",
    values: () => [...operations].flatMap(durationsOf),
  };
  const observe = (operation: string, status: number, seconds: number): void => {
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
  return { observe, families: [total, durations] };
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
