/** Commands on objects that a customer's key encrypts: `--sse-c-key` and `--copy-source-sse-c-key`. */

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { useCommands } from "./support/command.ts";

const key = Buffer.alloc(32, "k");
const otherKey = Buffer.alloc(32, "o");

const commands = useCommands({
  bucket: "main",
  env: { SECRET_KEY: key.toString("base64"), SHORT: "c2hvcnQ=" },
  prepare: async ({ folder }) => {
    await writeFile(join(folder, "raw"), key);
    await writeFile(join(folder, "base64"), `${otherKey.toString("base64")}\n`);
  },
});
const { run } = commands;

async function ok(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...words);
  assert.equal(code, 0, stderr);
  return stdout;
}

async function textOf(name: string, customerKey: Uint8Array): Promise<string> {
  return (await commands.server.client.getObject({ bucket: "main", key: name, customerKey })).body.text();
}

const raw = (): string[] => ["--sse-c-key", join(commands.folder, "raw")];
const base64 = (): string[] => ["--sse-c-key", join(commands.folder, "base64")];
const variable = ["--sse-c-key", "env:SECRET_KEY"];

test("cp, cat, stat and mv take a customer's key, and are refused without it", async () => {
  const file = join(commands.folder, "letter.txt");
  await writeFile(file, "secret");
  await ok("cp", file, "s3://main/letter.txt", ...raw());
  assert.equal(await textOf("letter.txt", key), "secret");
  for (const command of ["cat", "stat"])
    assert.notEqual((await run(command, "s3://main/letter.txt")).code, 0);
  assert.equal(await ok("cat", "s3://main/letter.txt", ...variable), "secret");
  assert.match(await ok("stat", "s3://main/letter.txt", ...variable), /encryption +customer/);
  assert.notEqual((await run("cat", "s3://main/letter.txt", ...base64())).code, 0);

  await ok("meta", "set", "s3://main/letter.txt", "to=anna", ...variable);
  assert.match(await ok("meta", "s3://main/letter.txt", ...variable), /x-amz-meta-to +anna/);
  assert.equal(await textOf("letter.txt", key), "secret");

  const from = ["--copy-source-sse-c-key", "env:SECRET_KEY"];
  await ok(
    "cp",
    "s3://main/letter.txt",
    "s3://main/copy",
    ...from,
    ...base64(),
    "--cache-control",
    "no-cache",
  );
  assert.equal(await textOf("copy", otherKey), "secret");
  await ok(
    "mv",
    "s3://main/copy",
    "s3://main/moved",
    "--copy-source-sse-c-key",
    join(commands.folder, "base64"),
    ...variable,
  );
  assert.equal(await textOf("moved", key), "secret");
  const { cacheControl, contentType } = await commands.server.client.headObject({
    bucket: "main",
    key: "moved",
    customerKey: key,
  });
  assert.deepEqual([cacheControl, contentType], ["no-cache", "text/plain"]);
  await ok("mv", "s3://main/moved", join(commands.folder, "back.txt"), ...variable);
  assert.equal(await readFile(join(commands.folder, "back.txt"), "utf8"), "secret");
  await assert.rejects(commands.server.client.getObjectAcl({ bucket: "main", key: "moved" }), {
    code: "NoSuchKey",
  });
});

test("sync takes customers' keys in every direction", async () => {
  const source = join(commands.folder, "site");
  await mkdir(source);
  await writeFile(join(source, "a"), "a");
  await ok("sync", source, "s3://main/up/", ...variable);
  assert.equal(await textOf("up/a", key), "a");
  await ok(
    "sync",
    "s3://main/up/",
    "s3://main/again/",
    "--copy-source-sse-c-key",
    "env:SECRET_KEY",
    ...base64(),
  );
  assert.equal(await textOf("again/a", otherKey), "a");
  await ok("sync", "s3://main/again/", join(commands.folder, "down"), ...base64());
  assert.equal(await readFile(join(commands.folder, "down/a"), "utf8"), "a");
});

test("presign says which headers carry the key, and shows it nowhere", async () => {
  await commands.server.client.putObject({ bucket: "main", key: "signed", body: "signed", customerKey: key });
  const { code, stdout, stderr } = await run("presign", "s3://main/signed", "--json", ...variable);
  assert.equal(code, 0, stderr);
  const { url, headers } = JSON.parse(stdout) as { url: string; headers: Record<string, string> };
  const encoded = key.toString("base64");
  const plain = await run("presign", "s3://main/signed", ...variable);
  for (const text of [stdout, plain.stdout, plain.stderr]) assert.equal(text.includes(encoded), false);
  assert.match(plain.stderr, /customer-algorithm: AES256\n.*customer-key: the key in base64/s);
  const sent = { ...headers, "x-amz-server-side-encryption-customer-key": encoded };
  assert.equal(await (await fetch(url, { headers: sent })).text(), "signed");
  assert.notEqual((await fetch(url, { headers })).status, 200);
});

test("what is no key is told, and never shown", async () => {
  for (const [place, code, message] of [
    [key.toString("base64"), 2, /got the key itself, which others on this machine may have seen/],
    ["env:NOT_SET", 1, /NOT_SET is not set/],
    ["env:SHORT", 1, /what is in SHORT is no key/],
    [join(tmpdir(), "no-such-key"), 1, /cannot read/],
  ] as const) {
    const ran = await run("cat", "s3://main/letter.txt", "--sse-c-key", place);
    assert.equal(ran.code, code);
    assert.match(ran.stderr, message);
    assert.equal(/kkkk|a2tra2|c2hvcnQ/.test(ran.stderr), false, ran.stderr);
  }
});
