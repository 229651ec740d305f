/** What `stowage completion` prints, in the shells that it is for, at a terminal. */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { startTestServer, type TestServer } from "../src/testing.ts";
import { program } from "./support/serve.ts";

let server: TestServer;
let scratch = "";
let env: NodeJS.ProcessEnv;
before(async () => {
  scratch = mkdtempSync(join(tmpdir(), "stowage-completion-"));
  server = await startTestServer({ bucket: "photos" });
  const { client, bucket, credentials } = server;
  for (const key of ["2026/a b.jpg", "2026/x:y=z.txt"]) await client.putObject({ bucket, key, body: "x" });
  const command = join(scratch, "stowage");
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(command, 0o755);
  env = {
    ...process.env,
    PATH: `${scratch}:${process.env["PATH"]}`,
    HOME: scratch,
    ZDOTDIR: scratch,
    TERM: "xterm",
    PS1: "$ ",
    INPUTRC: "/dev/null",
    AWS_ENDPOINT_URL_S3: server.endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
});
after(async () => {
  await server.close();
  rmSync(scratch, { recursive: true, force: true });
});

const shells = {
  bash: ["bash --norc --noprofile -i", "source <(stowage completion bash)"],
  zsh: ["zsh -f -i", "autoload -U compinit; compinit -u -D; source <(stowage completion zsh)"],
  fish: ["fish --no-config -i", "stowage completion fish | source"],
} as const;

/** Util-linux's `script` gives a program a terminal; that of other systems is called otherwise. */
const hasScript = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

for (const [shell, [command, init]] of Object.entries(shells)) {
  const isThere = hasScript && spawnSync(shell, ["--version"]).status === 0;
  const skip = isThere ? false : `no ${hasScript ? shell : "script of util-linux"} here`;
  test(`${shell} completes commands, options, buckets and keys`, { skip }, async () => {
    const child = spawn("script", ["-qfc", command, "/dev/null"], { env, cwd: scratch });
    let output = "";
    child.stdout.on("data", (chunk) => (output += String(chunk)));
    const plain = (): string => stripVTControlCharacters(output).replaceAll(/[\r\n]/g, "");
    const appears = async (wanted: string, withinMs: number): Promise<boolean> => {
      for (const end = Date.now() + withinMs; Date.now() < end;) {
        if (plain().includes(wanted)) return true;
        await setTimeout(100);
      }
      return false;
    };
    /** A shell that is still drawing may lose a Tab: then the line is typed again, as a person would. */
    const completes = async (typed: string, wanted: string): Promise<void> => {
      for (let attempt = 0; attempt < 6; attempt++) {
        output = "";
        child.stdin.write(`${typed}\t`);
        const isThere = await appears(wanted, 8_000);
        child.stdin.write("\u0003");
        await setTimeout(300);
        if (isThere) return;
      }
      assert.fail(`${wanted} is not in ${JSON.stringify(plain())}`);
    };
    try {
      child.stdin.write(`${init}; echo re''ady\n`);
      assert.ok(await appears("ready", 30_000), plain());
      for (const [typed, wanted] of [
        ["stowage serv", "stowage serve "],
        ["stowage serve --durability=r", "--durability=relaxed"],
        ["stowage ls s3://phot", "s3://photos/"],
        ["stowage ls s3://photos/2026/a", "s3://photos/2026/a\\ b.jpg"],
        ["stowage ls 's3://photos/2026/a b", "'s3://photos/2026/a b.jpg'"],
        ["stowage ls 's3://photos/2026/x", "'s3://photos/2026/x:y=z.txt'"],
      ] as const) {
        // fish draws only what has changed: what is typed behind it has it draw all of it.
        await completes(typed, wanted.slice(shell === "fish" ? typed.length - 8 : 0));
      }
    } finally {
      child.stdin.end("\u0003\nexit\n");
      child.kill();
    }
  });
}
