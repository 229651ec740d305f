/** Results as a page for people, and as figures. */

import { filesLeftOut, kinds, type Reason } from "./reasons.ts";
import type { Result } from "./suite.ts";

/** A result with the reason that a table gives for its failure. */
export interface Judged extends Result {
  /** `left out`: it failed or was skipped, and there is a reason. */
  readonly verdict: "passed" | "failed" | "left out";
  readonly why: string;
  readonly reason: Reason | null;
}

export interface Figures {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly leftOut: number;
  /** Tests that could pass on AWS: all but those that a reason of Ceph, AWS or the suite left out. */
  readonly portable: number;
}

/** Where, when and with what it was run. */
export interface Provenance {
  /** ISO 8601, a day. */
  readonly day: string;
  readonly version: string;
  readonly commit: { readonly id: string; readonly day: string };
  readonly versions: string;
}

/** Joins each result with its reason. What the suite skips by itself is left out in its own words. */
export function judge(results: readonly Result[], reasonFor: (name: string) => Reason | null): Judged[] {
  return results
    .map((result): Judged => {
      const reason = reasonFor(result.name);
      if (result.outcome === "passed") return { ...result, verdict: "passed", why: "", reason };
      if (reason !== null) return { ...result, verdict: "left out", why: reason.why, reason };
      if (result.outcome === "failed")
        return { ...result, verdict: "failed", why: firstLine(result), reason };
      return {
        ...result,
        verdict: "left out",
        why: `skipped by the suite: ${firstLine(result).replace(/^Skipped: /, "")}`,
        reason,
      };
    })
    .sort((a, b) => order(a) - order(b) || (a.name < b.name ? -1 : 1));
}

export function figures(judged: readonly Judged[]): Figures {
  const count = (test: (one: Judged) => boolean): number => judged.filter(test).length;
  return {
    total: judged.length,
    passed: count(({ verdict }) => verdict === "passed"),
    failed: count(({ verdict }) => verdict === "failed"),
    leftOut: count(({ verdict }) => verdict === "left out"),
    portable: count(({ verdict, reason }) => verdict !== "left out" || reason?.kind === "ours"),
  };
}

/** `docs/reference/conformance.md`. */
export function renderPage(
  judged: readonly Judged[],
  { day, version, commit, versions }: Provenance,
): string {
  const files = [...new Set(judged.map(({ file }) => file))].toSorted().toReversed();
  return [
    "# Conformance",
    `What [ceph/s3-tests](https://github.com/ceph/s3-tests), the public suite of S3 by Ceph's authors, says of Stowage ${version}: ` +
      `its commit ${commit.id.slice(0, 12)} of ${commit.day}, run on ${day} with ${versions}.`,
    "`npm run conformance` writes this page; [how to run it](../../CONTRIBUTING.md#conformance). A test passed, failed, or is left out: then it failed or the suite skipped it, and the " +
      "line says why. *Portable* are the tests that a server could pass that behaves as AWS does.",
    table(
      ["file", "functions", "passed", "tests", "passed", "failed", "left out", "portable", "portable passed"],
      files.map((file) => {
        const ofFile = judged.filter((one) => one.file === file);
        const { total, passed, failed, leftOut, portable } = figures(ofFile);
        const functions = new Set(ofFile.map(functionOf));
        const broken = new Set(ofFile.filter(({ verdict }) => verdict !== "passed").map(functionOf));
        const whole = functions.size - broken.size;
        const share = percent(passed, portable);
        return [file, functions.size, whole, total, passed, failed, leftOut, portable, share].map(String);
      }),
    ),
    "Left out, by kind:",
    table(
      ["kind", "tests"],
      [
        ...Object.entries(kinds).map(([kind, what]) => [
          what,
          String(judged.filter((one) => one.verdict === "left out" && one.reason?.kind === kind).length),
        ]),
        [
          "skipped by the suite",
          String(judged.filter((one) => one.verdict === "left out" && one.reason === null).length),
        ],
      ],
    ),
    "Files that are not run:",
    filesLeftOut.map(([file, why]) => `- ${file}: ${why}`).join("\n"),
    ...files.flatMap((file) => [
      `## ${file}`,
      table(
        ["test", "", "why"],
        judged
          .filter((one) => one.file === file)
          .map(({ name, verdict, why }) => [`\`${name}\``, verdict, cell(why)]),
      ),
    ]),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

/** A function with parameters is as many tests as it has sets of them, and passes when all of them do. */
function functionOf({ name }: Judged): string {
  return name.replace(/\[.*$/, "");
}

function order({ file, verdict }: Judged): number {
  return (file === "test_s3.py" ? 0 : 10) + { failed: 0, "left out": 1, passed: 2 }[verdict];
}

function firstLine({ message, line }: Result): string {
  const [first = ""] = message.split("\n");
  return line === 0 ? first : `line ${line}: ${first}`;
}

function percent(part: number, whole: number): string {
  // Rounded down, so that 100 % means all of them.
  return whole === 0 ? "" : `${Math.floor((1000 * part) / whole) / 10} %`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function cell(text: string): string {
  return text.slice(0, 300).replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
