/**
 * `docs/reference/cli.md` is what the program's help says. After a change of a command:
 * `STOWAGE_WRITE_DOCS=1 npm test`.
 */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { commands } from "../src/cli/commands/index.ts";
import { runProgram } from "../src/cli/program.ts";

const page = resolve("docs/reference/cli.md");

test("docs/reference/cli.md holds the help of every command", async () => {
  const reference = await render();
  if (process.env["STOWAGE_WRITE_DOCS"] !== undefined) {
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, reference);
  }
  assert.equal(readFileSync(page, "utf8"), reference);
});

async function render(): Promise<string> {
  const sections = await Promise.all(
    commands.map(async ({ path }) => `## stowage ${path}\n\n${await help(path.split(" "))}`),
  );
  return [
    "# The command line",
    "This page is the program's own help; `stowage COMMAND --help` prints the same. Results go to standard output, everything else to standard error.\nThe exit code is 0, 1 for a failure, or 2 for a command line that is wrong.",
    "## stowage",
    await help([]),
    ...sections,
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

async function help(words: readonly string[]): Promise<string> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  await runProgram([...words, "--help"], {
    env: {},
    stdout,
    stderr,
    terminal: false,
    stopSignal: async () => "SIGTERM",
  });
  const text = String(stdout.read()).replaceAll(/ +$/gm, "").trimEnd();
  return `\`\`\`text\n${text}\n\`\`\``;
}
