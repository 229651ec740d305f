import assert from "node:assert/strict";
import { it } from "node:test";
import { Counter, Histogram, Registry } from "prom-client";

import { register } from "./counts.ts";
import { countRequests } from "./request-counts.ts";

it("countRequests() writes what prom-client's own counter and histogram write", async () => {
  const ours = new Registry();
  const { observe, families } = countRequests();
  for (const family of families) register(ours, family);
  const theirs = new Registry();
  const total = new Counter({
    name: "stowage_requests_total",
    help: "Requests answered, by operation and HTTP status.",
    labelNames: ["operation", "status"],
    registers: [theirs],
  });
  const durations = new Histogram({
    name: "stowage_request_duration_seconds",
    help: "Time from the request's head to the end of its answer, by operation.",
    labelNames: ["operation"],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60],
    registers: [theirs],
  });
  for (const [operation, status, seconds] of [
    ["GetObject", 200, 0.0005],
    ["GetObject", 200, 0.001],
    ["GetObject", 404, 0.25],
    ["PutObject", 200, 61],
  ] as const) {
    observe(operation, status, seconds);
    total.inc({ operation, status });
    durations.observe({ operation }, seconds);
  }
  const lines = async (registry: Registry): Promise<string[]> =>
    (await registry.metrics()).split("\n").filter((line) => line !== "");
  assert.deepEqual((await lines(ours)).toSorted(), (await lines(theirs)).toSorted());
  assert.equal((await lines(ours)).filter((line) => line.startsWith("# TYPE")).length, 2);
});
