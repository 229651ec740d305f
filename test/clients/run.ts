/**
 * Runs other people's S3 clients against our server, or against any other S3.
 *
 *     node dist/test/clients/run.js [--install] [suite ...]
 *
 * Without STOWAGE_TEST_ENDPOINT it starts `stowage serve`. `--install` brings clients that are not there. One that
 * cannot run is skipped, with its reason. One line a suite says how many tests passed; the exit code is 1 when any
 * failed.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { howToInstall, install } from "./install.ts";
import { type Suite, suites } from "./suites.ts";
import { startStowage, targetFromEnvironment, type Target } from "./target.ts";

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** The suites stay in the source tree; npm and .ci/run start this in the repository's folder. */
const folder = join(process.cwd(), "test", "clients");
const suiteTimeoutMs = 600_000;

const { values, positionals } = parseArgs({
  options: { install: { type: "boolean", default: false } },
  allowPositionals: true,
});
process.exitCode = await main(chosenSuites(positionals), values.install);

function chosenSuites(names: readonly string[]): readonly Suite[] {
  const unknown = names.filter((name) => suites.every((suite) => suite.name !== name));
  if (unknown.length === 0)
    return names.length === 0 ? suites : suites.filter(({ name }) => names.includes(name));
  const known = suites.map(({ name }) => name).join(", ");
  throw new TypeError(`No suite is named "${unknown.join('", "')}"; there are ${known}`);
}

async function main(chosen: readonly Suite[], installs: boolean): Promise<number> {
  const refused = installs ? installMissing(chosen) : new Map<Suite, string>();
  const target = targetFromEnvironment() ?? (await startStowage());
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void target.stop().then(() => process.exit(1)));
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  try {
    console.log(`clients against ${target.description}`);
    for (const suite of chosen) {
      const count = await runSuite(suite, target, refused.get(suite));
      total.passed += count.passed;
      total.failed += count.failed;
      total.skipped += count.skipped;
    }
  } finally {
    await target.stop();
  }
  console.log(`clients: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 ? 0 : 1;
}

/** Installs what is not there. Returns why that failed, for each that could not be installed. */
function installMissing(chosen: readonly Suite[]): Map<Suite, string> {
  const refused = new Map<Suite, string>();
  for (const suite of chosen) {
    const reason = suite.isInstalled() ? null : install(suite);
    if (reason !== null) refused.set(suite, reason);
  }
  return refused;
}

async function runSuite(suite: Suite, target: Target, refused: string | undefined): Promise<Count> {
  const obstacle = refused ?? obstacleTo(suite);
  if (obstacle !== null) {
    console.log(`skipped 1: ${suite.name}: ${obstacle.replaceAll("\n", " ").slice(0, 1000)}`);
    console.log(`${suite.name}: 0 passed, 0 failed, 1 skipped`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const [program = "", ...args] = suite.command;
  const child = spawn(program, [...args, join(folder, suite.path)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...target.environment, ...suite.environment, PYTHONDONTWRITEBYTECODE: "1" },
    timeout: suiteTimeoutMs,
  });
  let last = "";
  createInterface(child.stdout).on("line", (line) => {
    console.log(line);
    last = line;
  });
  const [code] = (await once(child, "close")) as [number | null];
  const counts = /: (\d+) passed, (\d+) failed, (\d+) skipped$/.exec(last)?.slice(1).map(Number);
  if (counts !== undefined) {
    const [passed = 0, failed = 0, skipped = 0] = counts;
    return { passed, failed, skipped };
  }
  console.log(`${suite.name}: 0 passed, 1 failed, 0 skipped: it ended with ${code} before it had counted`);
  return { passed: 0, failed: 1, skipped: 0 };
}

function obstacleTo(suite: Suite): string | null {
  if (!suite.isInstalled()) return `the client is not installed (${howToInstall(suite)})`;
  return suite.obstacle?.() ?? null;
}
