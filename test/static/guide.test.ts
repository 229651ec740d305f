/** The programs of docs/guides/static-files.md, run as they stand. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

const guide = readFileSync("docs/guides/static-files.md", "utf8");
const programs = Array.from(
  guide.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g),
  ([, file = "", code = ""]) => ({ file, code }),
);

const run = `
  import { createJiti } from "jiti";
  await createJiti(process.cwd() + "/").import("./" + process.env.PROGRAM);`;

test("docs/guides/static-files.md: every program runs", () => {
  // Inside the package, so that "stowage/static" is the package itself.
  mkdirSync("dist", { recursive: true });
  const directory = mkdtempSync(resolve("dist/guide-static-"));
  try {
    for (const name of ["static/css", "vendor/icons", "dist/.vite"]) {
      mkdirSync(join(directory, name), { recursive: true });
    }
    writeFileSync(join(directory, "static/css/site.css"), "hello");
    writeFileSync(join(directory, "dist/.vite/manifest.json"), "{}");
    for (const { file, code } of programs) writeFileSync(join(directory, file), code);

    const output = (program: string): string => {
      const env = { ...process.env, PROGRAM: program, NODE_ENV: "development", NODE_TEST_CONTEXT: undefined };
      const args = ["--input-type=module", "--eval", run];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        cwd: directory,
        encoding: "utf8",
        env,
      });
      assert.equal(status, 0, stderr);
      return stdout;
    };
    const outputs: Readonly<Record<string, string>> = {
      "stowage.config.ts": "",
      "page.ts": '<link rel="stylesheet" href="/static/css/site.css">\n',
      "settings.config.ts": "",
      "server.ts": "200 text/css\nnull\n",
      "vite.config-example.ts": "",
      "deploy.ts": "1 static file copied, 1 post-processed.\ncss/site.5d41402abc4b.css\n",
    };
    assert.deepEqual(
      programs.map(({ file }) => file),
      Object.keys(outputs),
    );
    for (const [program, expected] of Object.entries(outputs))
      assert.equal(output(program), expected, program);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
