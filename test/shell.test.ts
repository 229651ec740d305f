/** `stowage shell`, as a person types it and as a program pipes into it. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { runShell, type ShellIo } from "../src/cli/shell.ts";
import { startTestServer, type TestServer } from "../src/testing.ts";

let server: TestServer;
let env: Record<string, string>;
let scratch: string;
before(async () => {
  scratch = mkdtempSync(join(tmpdir(), "stowage-shell-"));
  server = await startTestServer({ bucket: "photos" });
  const { bucket } = server;
  for (const key of ["2026/a.jpg", "2026/b.jpg", "cat.jpg"])
    await server.client.putObject({ bucket, key, body: key });
  env = {
    AWS_ENDPOINT_URL_S3: server.endpoint,
    AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
    STOWAGE_HISTORY: join(scratch, "history"),
  };
});
after(async () => {
  await server.close();
  rmSync(scratch, { recursive: true });
});

test("stowage shell evaluates what is piped into it, with await on every line", async () => {
  const program = [
    "(await bucket.getKey('cat.jpg')).size",
    "const key = new Key(bucket, 'new.txt'); await key.put(new Uint8Array([110, 101, 119]))",
    "(await s3.getObject({ bucket: 'photos', key: 'new.txt' })).size",
    "(await conn.getAllBuckets()).map(({ name }) => name)",
    "await bucket.deleteKey('new.txt')",
    "await conn.getBucket('not-there')",
  ].join("\n");
  const { code, stdout, stderr } = await pipe(["--bucket", "photos"], program);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^> 7\n/);
  assert.match(stdout, /size: 3\n|^> 3\n/m);
  assert.match(stdout, /\[ 'photos' \]/);
  assert.match(stdout, /Uncaught.*\n?.*NoSuchBucket/);
});

test("stowage shell says what is wrong with a bucket, and with a data directory without keys", async () => {
  const [bucket, data] = await Promise.all([
    pipe(["--bucket", "not-there"], ""),
    pipe(["--data", scratch], ""),
  ]);
  assert.equal(bucket.code, 1);
  assert.match(bucket.stderr, /^stowage: cannot open the bucket "not-there": .*; leave out --bucket/);
  assert.equal(data.code, 1);
  assert.match(data.stderr, /^stowage: there are no keys in .*admin\.env; give/);
});

for (const [what, line, completed] of [
  ["a bucket", `conn.getBucket("ph`, `conn.getBucket("photos`],
  ["a directory of keys", `bucket.newKey("20`, `bucket.newKey("2026/`],
  ["a key", `bucket.getKey('ca`, `bucket.getKey('cat.jpg`],
  ["a canned ACL", `bucket.setAcl("public-read-`, `bucket.setAcl("public-read-write`],
  ["what is at hand", `buck`, `bucket`],
  ["a property of it", `bucket.deleteK`, `bucket.deleteKey`],
  ["no name where quotes are closed", `"a" + buck`, `"a" + bucket`],
] as const) {
  test(`stowage shell completes ${what}`, async () => {
    const { stdin, output, ended } = typing();
    stdin.write(line);
    stdin.write("\t");
    // Ctrl+L has the line written anew.
    await output.until(completed, () => stdin.write("\u000c"));
    // Away with the line, and the end.
    stdin.write("\u0015");
    stdin.write("\u0004");
    await ended;
  });
}

test("stowage shell keeps the lines for the next time", async () => {
  const { stdin, output, ended } = typing();
  stdin.write("'a line to keep'.length\r");
  await output.until("14");
  stdin.write("\u0004");
  await ended;
  assert.match(readFileSync(join(scratch, "history"), "utf8"), /^'a line to keep'\.length$/m);
  const next = typing();
  next.stdin.write("\u001b[A");
  await next.output.until("'a line to keep'.length");
  next.stdin.write("\u0015");
  next.stdin.write("\u0004");
  await next.ended;
});

/** The shell at a terminal that is held by the test. */
function typing(): { stdin: PassThrough; output: Output; ended: Promise<void> } {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 120 });
  const io: ShellIo = { env, stdin, stdout, stderr: stdout, terminal: true };
  return { stdin, output: new Output(stdout), ended: runShell(io, { bucket: "photos" }) };
}

class Output {
  #text = "";

  constructor(stream: PassThrough) {
    stream.on("data", (chunk) => (this.#text += String(chunk)));
  }

  async until(wanted: string, ask: () => void = () => {}): Promise<void> {
    // Colours and movements of the cursor are no text.
    const plain = (): string => stripVTControlCharacters(this.#text);
    for (const end = Date.now() + 30_000; !plain().includes(wanted);) {
      assert.ok(Date.now() < end, `${wanted} is not in ${plain()}`);
      ask();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function pipe(
  flags: readonly string[],
  input: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [resolve("dist/src/cli/main.js"), "shell", ...flags], {
    env: { PATH: process.env["PATH"], ...env },
  });
  child.stdin.end(input);
  const ended = once(child, "close") as Promise<[number]>;
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}
