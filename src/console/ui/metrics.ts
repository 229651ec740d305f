/** What the server counts, read from Prometheus's text under `/_stowage/metrics`. */

import type { S3Client } from "stowage/client";

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What was asked of one operation since the server started. */
export interface OperationCount {
  readonly operation: string;
  readonly requests: number;
  /** Answered with 4xx: what was asked was not there, not allowed or not well formed. */
  readonly refused: number;
  /** Answered with 5xx. */
  readonly failed: number;
  /** Time until the end of an answer, on average. */
  readonly meanSeconds: number;
}

export async function readMetrics(client: S3Client, signal: AbortSignal): Promise<readonly Sample[]> {
  const { body } = await client.request({ bucket: "_stowage", key: "metrics" }, { signal });
  return (await body.text()).split("\n").flatMap((line) => {
    const [, name, labels = "", value] = /^([a-zA-Z_]\w*)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
    return [{ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }];
  });
}

/** The value of a metric without labels. */
export function valueOf(samples: readonly Sample[], name: string): number | undefined {
  return samples.find((sample) => sample.name === name)?.value;
}

/** The most asked first. */
export function countOperations(samples: readonly Sample[]): OperationCount[] {
  const requests = samples.filter(({ name }) => name === "stowage_requests_total");
  const sum = (some: readonly Sample[]): number => some.reduce((total, { value }) => total + value, 0);
  return [...new Set(requests.map(({ labels }) => labels["operation"] ?? ""))]
    .map((operation) => {
      const own = requests.filter(({ labels }) => labels["operation"] === operation);
      const count = sum(own);
      const seconds = samples.filter(
        ({ name, labels }) =>
          name === "stowage_request_duration_seconds_sum" && labels["operation"] === operation,
      );
      return {
        operation,
        requests: count,
        refused: sum(own.filter(({ labels }) => labels["status"]?.startsWith("4"))),
        failed: sum(own.filter(({ labels }) => labels["status"]?.startsWith("5"))),
        meanSeconds: sum(seconds) / count,
      };
    })
    .toSorted((a, b) => b.requests - a.requests);
}
