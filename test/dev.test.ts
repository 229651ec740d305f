/** `stowage dev` as a person runs it: a command with a server beside it. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { S3Client } from "../src/client/s3-client.ts";
import { freePort } from "./support/free-port.ts";
import { program } from "./support/serve.ts";

let scratch = "";
before(() => {
  scratch = mkdtempSync(join(tmpdir(), "stowage-dev-"));
});
after(() => rmSync(scratch, { recursive: true, force: true }));

function start(words: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [program, "dev", "--port", "0", ...words], {
    cwd: scratch,
    env: { PATH: process.env["PATH"], ...env },
  });
}

async function run(
  words: readonly string[],
  env?: Record<string, string>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = start(words, env);
  const ended = once(child, "close") as Promise<[number | null]>;
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), ended]);
  return { code, stdout, stderr };
}

/** A program that stores its argument, and prints what is there. */
const store = `
  import { connectS3 } from ${JSON.stringify(new URL("../src/client.js", import.meta.url).href)};
  const conn = connectS3();
  const bucket = await conn.getBucket(process.env.AWS_STORAGE_BUCKET_NAME);
  await bucket.newKey(process.argv.at(-1)).put("x");
  for await (const key of bucket) console.log(bucket.name, key.name);
  await conn.close();
`;

test("dev runs a command beside a server, whose data is there the next time", async () => {
  const node = ["--bucket", "letters", process.execPath, "--input-type=module", "-e", store];
  assert.deepEqual(await run([...node, "a b"]), { code: 0, stdout: "letters a b\n", stderr: "" });
  const again = await run([...node, "--", "--c"], { AWS_PROFILE: "none", AWS_SESSION_TOKEN: "old" });
  assert.deepEqual(again, { code: 0, stdout: "letters --c\nletters a b\n", stderr: "" });
  assert.ok(existsSync(join(scratch, ".stowage", "index")));
});

test("dev --memory leaves nothing behind, and takes the bucket of the environment", async () => {
  const words = ["--memory", "--data", "unused", "--", process.execPath, "--input-type=module", "-e", store];
  for (const key of ["a", "b"]) {
    const { code, stdout } = await run([...words, key], { AWS_STORAGE_BUCKET_NAME: "photos" });
    assert.deepEqual([code, stdout], [0, `photos ${key}\n`]);
  }
  assert.equal(existsSync(join(scratch, "unused")), false);
});

test("dev ends with the exit code of its command, and of a signal that ended it", async () => {
  const node = (code: string): Promise<{ code: number | null }> =>
    run(["--memory", process.execPath, "-e", code]);
  const ends = await Promise.all([node("process.exit(7)"), node("process.kill(process.pid, 'SIGKILL')")]);
  assert.deepEqual(
    ends.map(({ code }) => code),
    [7, 137],
  );
});

test("dev passes SIGTERM on, and waits for its command", async () => {
  const code = "process.on('SIGTERM', () => process.exit(3)); console.log('up'); setInterval(() => {}, 1000)";
  const child = start(["--memory", process.execPath, "-e", code]);
  await once(child.stdout!, "data");
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "close"), [3, null]);
});

test("dev without a command prints its environment, and serves until it is stopped", async () => {
  const secret = "it's secret";
  const keys = { STOWAGE_ACCESS_KEY: "DEVKEY", STOWAGE_SECRET_KEY: secret };
  const [lines, json] = [start(["--data", "one"], keys), start(["--data", "two", "--json"], keys)];
  const [[printed], [object]] = (await Promise.all([
    once(lines.stdout!, "data"),
    once(json.stdout!, "data"),
  ])) as [[Buffer], [Buffer]];
  assert.match(
    String(printed),
    /^export AWS_ENDPOINT_URL_S3=http:\/\/127\.0\.0\.1:\d+\nexport AWS_ACCESS_KEY_ID=DEVKEY\nexport AWS_SECRET_ACCESS_KEY='it'\\''s secret'\nexport AWS_REGION=us-east-1\nexport AWS_STORAGE_BUCKET_NAME=dev\n$/,
  );
  const env = JSON.parse(String(object)) as Record<string, string>;
  const client = new S3Client({ env });
  assert.equal(env["AWS_SECRET_ACCESS_KEY"], secret);
  assert.deepEqual(await client.headBucket({ bucket: "dev" }), { region: "us-east-1" });
  await client.close();
  for (const child of [lines, json]) child.kill("SIGINT");
  assert.deepEqual(await Promise.all([once(lines, "close"), once(json, "close")]), [
    [0, null],
    [0, null],
  ]);
});

test("dev says what is wrong with a command, a bucket, a port and keys", async () => {
  const port = String(await freePort());
  const node = ["--", process.execPath, "-e", ""];
  const [command, bucket, keys] = await Promise.all([
    run(["--memory", "no-such-program"]),
    run(["--memory", "--bucket", "No_Bucket", ...node]),
    run(["--data", "half", ...node], { STOWAGE_ACCESS_KEY: "A" }),
  ]);
  assert.equal(
    command.stderr,
    "stowage: cannot run no-such-program: there is no such program; check its name and PATH\n",
  );
  assert.match(
    bucket.stderr,
    /^stowage: cannot make the bucket "No_Bucket": .*; choose another with --bucket\n$/,
  );
  assert.match(keys.stderr, /^stowage: STOWAGE_SECRET_KEY is not set; set both/);
  const first = start(["--memory", "--port", port]);
  await once(first.stdout!, "data");
  const second = await run(["--memory", "--port", port, ...node]);
  assert.match(second.stderr, /the port is in use; choose another with --port/);
  first.kill();
  await once(first, "close");
  for (const { code } of [command, bucket, keys, second]) assert.equal(code, 1);
});
