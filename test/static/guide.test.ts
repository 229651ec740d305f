/** The programs of docs/guides/static-files.md, run as they stand. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { freePort } from "../support/free-port.ts";

const guide = readFileSync("docs/guides/static-files.md", "utf8");
const programs = Array.from(
  guide.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g),
  ([, file = "", code = ""]) => ({ file, code }),
);

const run = `
  import { createJiti } from "jiti";
  await createJiti(process.cwd() + "/").import("./" + process.env.PROGRAM);`;

test("docs/guides/static-files.md: every program runs", async () => {
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

    const args = ["--input-type=module", "--eval", run];
    const envOf = (program: string): NodeJS.ProcessEnv => ({
      ...process.env,
      PROGRAM: program,
      NODE_ENV: "development",
      NODE_TEST_CONTEXT: undefined,
    });
    const output = (program: string): string => {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        cwd: directory,
        encoding: "utf8",
        env: envOf(program),
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
      programs.map(({ file }) => file).filter((file) => file !== "express.ts"),
      Object.keys(outputs),
    );
    for (const [program, expected] of Object.entries(outputs))
      assert.equal(output(program), expected, program);

    const port = await freePort();
    const env = { ...envOf("express.ts"), PORT: String(port) };
    const site = spawn(process.execPath, args, { cwd: directory, env, stdio: "inherit" });
    const page = await answerOf(`http://127.0.0.1:${port}/`, site);
    const [, link = ""] = /href="([^"]+)"/.exec(page) ?? [];
    assert.equal(await answerOf(`http://127.0.0.1:${port}${link}`, site), "hello");
    site.kill();
    await once(site, "exit");
  } finally {
    rmSync(directory, { recursive: true });
  }
});

async function answerOf(url: string, program: ChildProcess): Promise<string> {
  for (let tries = 0; tries < 400 && program.exitCode === null; tries++) {
    try {
      return await (await fetch(url)).text();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`The program does not listen at ${url}.`);
}
