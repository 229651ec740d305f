import assert from "node:assert/strict";
import { test } from "node:test";
import { type Job, startJobs, type Timer } from "./jobs.ts";

/** A timer that the test turns. */
function manualTimer(): { timer: Timer; delays: () => number[]; fire: () => Promise<void> } {
  let waiting: { task: () => void; delayMs: number }[] = [];
  return {
    timer: (task, delayMs) => {
      const one = { task, delayMs };
      waiting.push(one);
      return () => {
        waiting = waiting.filter((other) => other !== one);
      };
    },
    delays: () => waiting.map(({ delayMs }) => delayMs),
    fire: async () => {
      const due = waiting;
      waiting = [];
      for (const { task } of due) task();
      await new Promise(setImmediate);
    },
  };
}

const silent = (): void => {};

function counting(run: (runs: number) => Promise<void> = async () => {}): Job & { runs: number } {
  return {
    name: "count",
    intervalMs: 5000,
    runs: 0,
    run(): Promise<void> {
      return run(++this.runs);
    },
  };
}

test("startJobs() runs a job at once and again after its interval", async () => {
  const { timer, delays, fire } = manualTimer();
  const job = counting();
  const jobs = startJobs([job], { log: silent, timer });
  assert.deepEqual(delays(), [0]);
  await fire();
  assert.equal(job.runs, 1);
  assert.deepEqual(delays(), [5000]);
  await fire();
  assert.equal(job.runs, 2);
  await jobs.stop();
  assert.deepEqual(delays(), []);
});

test("startJobs() logs a failure, tells it, and runs again: the other jobs go on", async () => {
  const { timer, delays, fire } = manualTimer();
  const failing = {
    ...counting(),
    name: "fail",
    intervalMs: 3_600_000,
    run: () => Promise.reject(new Error("no")),
  };
  const job = counting();
  const logged: string[] = [];
  const told: [string, boolean][] = [];
  const jobs = startJobs([failing, job], {
    log: (level, message, error) => logged.push(`${level} ${message}: ${(error as Error).message}`),
    onRun: (name, _seconds, failed) => told.push([name, failed]),
    timer,
  });
  await fire();
  assert.deepEqual(logged, ['error The job "fail" failed; it is tried again: no']);
  assert.deepEqual(told, [
    ["fail", true],
    ["count", false],
  ]);
  // An hour is too long to wait for a second attempt.
  assert.deepEqual(delays(), [60_000, 5000]);
  await jobs.stop();
});

test("wake() runs a waiting job now, and a running one once more, never two at a time", async () => {
  const { timer, delays, fire } = manualTimer();
  let finish = silent;
  const job = counting((runs) =>
    runs === 2 ? new Promise((resolve) => (finish = resolve)) : Promise.resolve(),
  );
  const jobs = startJobs([job], { log: silent, timer });
  await fire();
  jobs.wake("count");
  assert.deepEqual(delays(), [0]);
  await fire();
  assert.equal(job.runs, 2);
  jobs.wake("count");
  jobs.wake("count");
  await fire();
  assert.equal(job.runs, 2);
  finish();
  await new Promise(setImmediate);
  assert.deepEqual(delays(), [0]);
  await fire();
  assert.equal(job.runs, 3);
  assert.deepEqual(delays(), [5000]);
  await jobs.stop();
});

test("stop() aborts the run under way, waits for it, and logs nothing of it", async () => {
  const logged: string[] = [];
  let ended = false;
  const job: Job = {
    name: "long",
    intervalMs: 1000,
    run: (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          ended = true;
          reject(signal.reason as Error);
        });
      }),
  };
  const { timer, delays, fire } = manualTimer();
  const jobs = startJobs([job], { log: (_level, message) => logged.push(message), timer });
  await fire();
  await jobs.stop();
  assert.equal(ended, true);
  assert.deepEqual(logged, []);
  assert.deepEqual(delays(), []);
});
