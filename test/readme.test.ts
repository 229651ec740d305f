/** The programs in README.md, run as they stand against a server of the moment. */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";

const main = resolve("dist/src/cli/main.js");
const blocks = Array.from(
  readFileSync("README.md", "utf8").matchAll(/```js\n([\s\S]*?)```/g),
  ([, code = ""]) => code,
);

let scratch = "";
before(() => {
  // Inside the package, so that "stowage/client" is the package itself.
  scratch = mkdtempSync(resolve("dist/readme-"));
});
after(() => rmSync(scratch, { recursive: true, force: true }));

test("README's ten lines put, list and read an object", async () => {
  const [code = ""] = blocks;
  assert.equal(
    code
      .trim()
      .split("\n")
      .filter((line) => line !== "").length,
    10,
  );
  const dataDir = mkdtempSync(join(tmpdir(), "stowage-readme-"));
  const server = spawn(process.execPath, [main, "serve", "--port", "0", "--data", dataDir], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const [line] = (await once(server.stdout, "data")) as [Buffer];
    const url = /^stowage: listening on (\S+)$/m.exec(line.toString())?.[1] ?? "";
    const output = run(
      code.replace("http://127.0.0.1:9000", url),
      `--env-file=${join(dataDir, "admin.env")}`,
    );
    const [listed, text, empty, link = ""] = output.split("\n");
    assert.deepEqual([listed, text, empty], ["greetings/hello.txt 13", "Hello, world", ""]);
    const answer = await fetch(link);
    assert.equal(await answer.text(), "Hello, world\n");
    const anonymous = await fetch(link.slice(0, link.indexOf("?")));
    assert.equal(anonymous.status, 200);
  } finally {
    server.kill();
    await once(server, "exit");
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test("README's server inside a test starts and ends", () => {
  assert.match(run(blocks.at(-1) ?? ""), /^http:\/\/127\.0\.0\.1:\d+ \w{20}\n$/);
});

function run(code: string, ...flags: readonly string[]): string {
  const path = join(scratch, "program.mjs");
  writeFileSync(path, code);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, path], {
    encoding: "utf8",
    timeout: 30_000,
    // Keys that are set go before those of a file.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"))),
  });
  assert.equal(status, 0, stderr);
  return stdout;
}
