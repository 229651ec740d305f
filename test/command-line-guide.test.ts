/** The command lines of docs/guides/command-line.md, run one block after the other as they stand. */

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { startTestServer } from "../src/testing.ts";
import { environmentOf } from "./support/command.ts";

const skip = spawnSync("bash", ["--version"]).error === undefined ? false : "there is no bash";

test("the commands of the guide do what it says", { skip }, async () => {
  const guide = await readFile("docs/guides/command-line.md", "utf8");
  const blocks = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  assert.ok(blocks.length >= 2);
  const folder = await mkdtemp(join(tmpdir(), "stowage-guide-"));
  const server = await startTestServer();
  try {
    await writeFile(join(folder, "photo.jpg"), Buffer.alloc(5000, "photo"));
    await mkdir(join(folder, "site"));
    await writeFile(join(folder, "site/index.html"), "<!doctype html>");
    await writeFile(join(folder, "site/draft.tmp"), "");
    const program = `stowage() { "${process.execPath}" "${resolve("dist/src/cli/main.js")}" "$@"; }`;
    for (const block of blocks) {
      await promisify(execFile)("bash", ["-euo", "pipefail", "-c", `${program}\n${block}`], {
        cwd: folder,
        env: { PATH: process.env["PATH"], HOME: folder, ...environmentOf(server) },
      }).catch((error: Error & { stderr?: string }) =>
        assert.fail(`${block}\n${error.stderr ?? error.message}`),
      );
    }
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
});
