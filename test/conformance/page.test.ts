import assert from "node:assert/strict";
import { test } from "node:test";
import { figures, judge, renderPage } from "./page.ts";
import type { Reason } from "./reasons.ts";
import type { Result } from "./suite.ts";

const base = { file: "test_s3.py", message: "", line: 0, seconds: 1 };
const results: readonly Result[] = [
  { ...base, name: "test_good[a]", outcome: "passed" },
  { ...base, name: "test_good[b]", outcome: "passed" },
  { ...base, name: "test_bad", outcome: "failed", message: "assert 1 == 2\n more", line: 7 },
  { ...base, name: "test_ceph", outcome: "failed", message: "501" },
  { ...base, name: "test_ceph_that_passes", outcome: "passed" },
  { ...base, name: "test_ours", outcome: "failed", message: "501" },
  { ...base, name: "test_skips", outcome: "skipped", message: "Skipped: no second class" },
];
const ceph: Reason = { kind: "ceph", pattern: /^test_ceph/, why: "Ceph alone has it." };
const ours: Reason = { kind: "ours", pattern: /^test_ours/, why: "Not there yet." };
const judged = judge(results, (name) => [ceph, ours].find(({ pattern }) => pattern.test(name)) ?? null);

test("judge() leaves out what failed with a reason, and never what passed", () => {
  assert.deepEqual(Object.fromEntries(judged.map(({ name, verdict, why }) => [name, `${verdict}: ${why}`])), {
    "test_good[a]": "passed: ",
    "test_good[b]": "passed: ",
    test_bad: "failed: line 7: assert 1 == 2",
    test_ceph: "left out: Ceph alone has it.",
    test_ceph_that_passes: "passed: ",
    test_ours: "left out: Not there yet.",
    test_skips: "left out: skipped by the suite: no second class",
  });
});

test("figures() counts as portable what passed, what failed, and what is ours to do", () => {
  assert.deepEqual(figures(judged), { total: 7, passed: 3, failed: 1, leftOut: 3, portable: 5 });
});

test("renderPage() names the suite's commit and has a line for each test, failures first", () => {
  const page = renderPage(judged, {
    day: "2026-01-02",
    version: "9.9.9",
    commit: { id: "0123456789abcdef", day: "2026-01-01" },
    versions: "Python 3",
  });
  assert.ok(
    page.includes("Stowage 9.9.9: its commit 0123456789ab of 2026-01-01, run on 2026-01-02 with Python 3."),
  );
  assert.ok(page.includes("| test_s3.py | 6 | 2 | 7 | 3 | 1 | 3 | 5 | 60 % |"));
  const lines = page.split("\n").filter((line) => line.startsWith("| `test_"));
  assert.deepEqual(lines, [
    "| `test_bad` | failed | line 7: assert 1 == 2 |",
    "| `test_ceph` | left out | Ceph alone has it. |",
    "| `test_ours` | left out | Not there yet. |",
    "| `test_skips` | left out | skipped by the suite: no second class |",
    "| `test_ceph_that_passes` | passed |  |",
    "| `test_good[a]` | passed |  |",
    "| `test_good[b]` | passed |  |",
  ]);
});
