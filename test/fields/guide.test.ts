/** The programs of docs/guides/file-fields.md, run as they stand. What they say they print, they print. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";

const programs = Array.from(
  readFileSync("docs/guides/file-fields.md", "utf8").matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g),
  ([, file = "", code = ""]) => ({ file, code }),
);

let directory = "";
before(() => {
  mkdirSync("dist", { recursive: true });
  // Inside the package, so that "stowage/fields" is the package itself.
  directory = mkdtempSync(resolve("dist/guide-"));
  for (const { file, code } of programs) writeFileSync(join(directory, file), code);
});
after(() => rmSync(directory, { recursive: true, force: true }));

for (const { file, code } of programs) {
  const expected = Array.from(code.matchAll(/console\.log\(.*\);? ?\/\/ (.+)$/gm), ([, line = ""]) => line);
  if (expected.length === 0) continue;
  test(`docs/guides/file-fields.md: ${file} prints what it says`, () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `import { createJiti } from "jiti"; await createJiti(process.cwd() + "/").import("./${file}");`,
      ],
      {
        cwd: directory,
        encoding: "utf8",
        timeout: 60_000,
        env: { ...process.env, NODE_TEST_CONTEXT: undefined },
      },
    );
    assert.equal(status, 0, stderr);
    assert.deepEqual(stdout.trimEnd().split("\n"), expected);
  });
}

test("docs/guides/file-fields.md: `stowage orphans` runs on its configuration", () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [resolve("dist/src/cli/main.js"), "orphans"],
    {
      cwd: directory,
      encoding: "utf8",
    },
  );
  assert.deepEqual([status, stdout], [0, ""], stderr);
  assert.equal(stderr, "0 orphans found among 4 files.\n");
});
