/**
 * Runs ceph/s3-tests against `stowage serve` and writes `docs/reference/conformance.md`.
 *
 *     npm run conformance -- --suite PATH [--only WORDS] [--keep] [--workers N]
 *
 * `--suite` is a checkout of the suite. `--only` is an expression of pytest's `-k` and leaves the page as it is.
 * `--keep` keeps the data directory, the server's log and the results, and says where; `--results` writes the page again
 * from such a directory, after a change of `reasons.ts`. The exit code is 1 when a test
 * failed for which `reasons.ts` has no reason, or when the server answered with an internal error.
 */

import { createWriteStream, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startServing } from "../support/serve.ts";
import { figures, judge, type Provenance, renderPage } from "./page.ts";
import { reasonFor } from "./reasons.ts";
import { commitOf, headOf, pythonFor, readResults, runSuite, versions } from "./suite.ts";
import { addUsers, configuration, kmsKeys } from "./users.ts";

const files = ["test_s3.py", "test_headers.py"];
/** The tests of lifecycle rules sleep for days. Shorter ones than this pass before a loaded machine has looked. */
const lifecycleDaySeconds = 5;
/** The tests of access logs wait 5.5 s for them. */
const accessLogIntervalSeconds = 2;
const page = "docs/reference/conformance.md";

const { values } = parseArgs({
  options: {
    suite: { type: "string" },
    only: { type: "string" },
    keep: { type: "boolean", default: false },
    results: { type: "string" },
    // More than cores: many tests sleep.
    workers: { type: "string", default: "6" },
  },
});
if (values.results !== undefined) {
  process.exitCode = report(values.results, true);
} else if (values.suite === undefined) {
  console.error(
    "Name a checkout of https://github.com/ceph/s3-tests: npm run conformance -- --suite PATH [--only WORDS] [--keep]",
  );
  process.exitCode = 2;
} else {
  process.exitCode = await main(values.suite, Number(values.workers));
}

async function main(suite: string, workers: number): Promise<number> {
  const python = pythonFor(suite);
  const directory = await mkdtemp(join(tmpdir(), "stowage-conformance-"));
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const day = new Date().toISOString().slice(0, 10);
  const provenance: Provenance = {
    day,
    version: `${version} (${headOf(".").id.slice(0, 12)})`,
    commit: commitOf(suite),
    versions: versions(python),
  };
  try {
    await writeFile(join(directory, "provenance.json"), JSON.stringify(provenance));
    const faults = await measure(suite, python, directory, workers);
    for (const fault of faults) console.log(`the server's log: ${fault}`);
    return Math.max(report(directory, values.only === undefined), faults.length === 0 ? 0 : 1);
  } finally {
    if (values.keep) console.log(`kept ${directory}: data, server.log, results.jsonl`);
    else await rm(directory, { recursive: true, force: true });
  }
}

/** Says what became of the tests, and writes the page when all were run. Returns the exit code. */
function report(directory: string, writesPage: boolean): number {
  const judged = judge(readResults(directory), reasonFor);
  for (const { file, name, why, verdict } of judged)
    if (verdict === "failed") console.log(`FAILED ${file} ${name}: ${why}`);
  const { total, passed, failed, leftOut, portable } = figures(judged);
  console.log(
    `conformance: ${total} tests, ${passed} passed, ${failed} failed, ${leftOut} left out; ${portable} portable`,
  );
  if (writesPage) {
    const provenance = JSON.parse(readFileSync(join(directory, "provenance.json"), "utf8")) as Provenance;
    writeFileSync(page, renderPage(judged, provenance));
    console.log(`wrote ${page}`);
  }
  return failed === 0 ? 0 : 1;
}

/** Starts a server, runs the suite and stops the server. Returns the faults of the server's log. */
async function measure(suite: string, python: string, directory: string, workers: number): Promise<string[]> {
  const dataDir = join(directory, "data");
  await addUsers(dataDir, workers);
  const log = createWriteStream(join(directory, "server.log"));
  const faults: string[] = [];
  const serving = await startServing({
    dataDir,
    flags: [
      `--lifecycle-day=${lifecycleDaySeconds}`,
      `--access-log-interval=${accessLogIntervalSeconds}`,
      ...kmsKeys.flatMap((key) => ["--kms-key", key]),
    ],
    environment: {
      STOWAGE_ACCESS_KEY: "CONFORMANCEADMIN0001",
      STOWAGE_SECRET_KEY: "conformance-admin-secret",
    },
    onLog: (line) => {
      log.write(`${line}\n`);
      const fault = faultIn(line);
      if (fault !== null) faults.push(fault);
    },
  });
  try {
    for (let worker = 0; worker < workers; worker++) {
      const name = join(directory, `gw${worker}.conf`);
      await writeFile(name, configuration(serving.endpoint, worker, lifecycleDaySeconds));
    }
    const only = values.only;
    await runSuite(python, { suite, directory, files, workers, only });
    return faults;
  } finally {
    await serving.stop();
    log.end();
  }
}

/** What a line of the server's log says of an error inside the server, or null. A refused request is none. */
function faultIn(line: string): string | null {
  if (!line.includes('"level":"error"')) return null;
  const { status = 500, msg, operation = "", err } = JSON.parse(line) as LogLine;
  if (status !== 500) return null;
  return `${operation} ${msg}: ${err?.stack ?? ""}`;
}

interface LogLine {
  readonly status?: number;
  readonly msg: string;
  readonly operation?: string;
  readonly err?: { readonly stack: string };
}
