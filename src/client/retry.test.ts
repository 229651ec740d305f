import assert from "node:assert/strict";
import { test } from "node:test";
import { RetryBudget, askedDelayMs, failureOf, retryDelayMs, retryPolicy } from "./retry.ts";

test("retryDelayMs() is full jitter under a bound that doubles up to 20 s", () => {
  const policy = retryPolicy();
  assert.deepEqual(
    [1, 2, 3, 12].map((attempt) => retryDelayMs(policy, attempt, "transient", 1)),
    [50, 100, 200, 20_000],
  );
  assert.equal(retryDelayMs(policy, 3, "transient", 0), 0);
  assert.equal(retryDelayMs(policy, 1, "throttled", 0.5), 500);
});

test("retryDelayMs() waits at least as long as the server asks, but never longer than 20 s", () => {
  assert.equal(retryDelayMs(retryPolicy(), 1, "transient", 1, 1500), 1500);
  assert.equal(retryDelayMs(retryPolicy(), 1, "transient", 1, 3_600_000), 20_000);
});

test("askedDelayMs() reads milliseconds of AWS and seconds of HTTP", () => {
  assert.equal(askedDelayMs({ "x-amz-retry-after": "250", "retry-after": "9" }), 250);
  assert.equal(askedDelayMs({ "retry-after": "2" }), 2000);
  assert.equal(askedDelayMs({ "retry-after": "Fri, 24 May 2013 00:00:00 GMT" }), 0);
});

test("failureOf() tells throttling, passing faults and the rest apart", () => {
  assert.equal(failureOf(503, "SlowDown"), "throttled");
  assert.equal(failureOf(400, "RequestTimeout"), "transient");
  assert.equal(failureOf(409, "ConditionalRequestConflict"), "transient");
  assert.equal(failureOf(500, "InternalError"), "transient");
  assert.equal(failureOf(403, "AccessDenied"), null);
  assert.equal(failureOf(412, "PreconditionFailed"), null);
  assert.equal(failureOf(501, "NotImplemented"), null);
});

test("RetryBudget runs out when everything fails, and fills again with successes", () => {
  const budget = new RetryBudget();
  let retries = 0;
  while (budget.take("transient")) retries++;
  assert.equal(retries, 100);
  for (let i = 0; i < 5; i++) budget.give(null);
  assert.ok(budget.take("transient"));
  assert.ok(!budget.take("transient"));
  budget.give("timeout");
  assert.ok(budget.take("timeout"));
});

test("retryPolicy() refuses less than one attempt", () => {
  assert.throws(() => retryPolicy({ maxAttempts: 0 }), /maxAttempts is 0/);
});
