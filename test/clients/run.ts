/**
 * Runs other people's S3 clients against our server, or against any other S3.
 *
 *     node dist/test/clients/run.js [--install] [suite ...]
 *
 * Without STOWAGE_TEST_ENDPOINT it starts `stowage serve`. A client that is not installed is skipped, unless
 * `--install` brings it: then it is a failure. One line a suite says how many tests passed; the exit code is 1 when
 * any failed.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { howToInstall, install, type Suite, suites } from "./suites.ts";
import { startStowage, targetFromEnvironment, type Target } from "./target.ts";

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** The Python files stay in the source tree; npm and .ci/run start this in the repository's folder. */
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
  if (installs) install(chosen);
  const target = targetFromEnvironment() ?? (await startStowage());
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void target.stop().then(() => process.exit(1)));
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  try {
    console.log(`clients against ${target.description}`);
    for (const suite of chosen) {
      const count = await runSuite(suite, target, installs);
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

async function runSuite(suite: Suite, target: Target, mustRun: boolean): Promise<Count> {
  if (!suite.isInstalled()) {
    const count = mustRun ? "0 passed, 1 failed, 0 skipped" : "0 passed, 0 failed, 1 skipped";
    console.log(`${suite.name}: ${count}: the client is not installed (${howToInstall(suite)})`);
    return { passed: 0, failed: mustRun ? 1 : 0, skipped: mustRun ? 0 : 1 };
  }
  const child = spawn(suite.python, [join(folder, suite.folder)], {
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
