/**
 * Runs the tests: every `*.test.ts` of `src` and `test`, or those whose path contains one of the words given.
 *
 *   npm test              all
 *   npm test -- engine    those of the engine
 *
 * Node 20 does not know patterns for `--test`, and a file whose source is gone may still lie in `dist`.
 */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const words = process.argv.slice(2);
const files = ["src", "test"]
  .flatMap((room) => readdirSync(room, { recursive: true, encoding: "utf8" }).map((file) => join(room, file)))
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .map((file) => join("dist", file.replace(/\.ts$/, ".js")))
  .filter((file) => existsSync(file));

if (files.length === 0) {
  process.stderr.write(
    `No test has ${words.map((word) => JSON.stringify(word)).join(" or ")} in its path.\n`,
  );
  process.exit(1);
}
const { status } = spawnSync(process.execPath, ["--test", "--test-timeout=120000", ...files], {
  stdio: "inherit",
});
process.exit(status ?? 1);
