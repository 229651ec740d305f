/** What `stowage cp` and `mv` keep of an object, and that `mv` takes away nothing that it has not put elsewhere. */

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { environmentOf, runCommand, useCommands } from "./support/command.ts";
import { startProxy } from "./support/proxy.ts";

const commands = useCommands({ bucket: "main" });
const { run } = commands;

async function ok(...words: string[]): Promise<void> {
  const { code, stderr } = await run(...words);
  assert.equal(code, 0, stderr);
}

const properties = {
  contentType: "text/css",
  cacheControl: "max-age=60",
  contentLanguage: "de",
  metadata: { who: "anna", what: "style" },
};

async function putStyled(bucket: string, key: string): Promise<void> {
  await commands.server.client.putObject({ bucket, key, body: "a {}", ...properties, tagging: { a: "1" } });
}

async function propertiesOf(bucket: string, key: string): Promise<object> {
  const info = await commands.server.client.headObject({ bucket, key });
  const { contentType, cacheControl, contentLanguage, metadata, storageClass } = info;
  return { contentType, cacheControl, contentLanguage, metadata: { ...metadata }, storageClass };
}

async function textOf(bucket: string, key: string): Promise<string> {
  return (await commands.server.client.getObject({ bucket, key })).body.text();
}

test("cp and mv within S3 change what is named, and keep the rest", async () => {
  const same = { ...properties, storageClass: "STANDARD" };
  const { metadata } = properties;
  for (const [words, wanted] of [
    [[], same],
    [["--storage-class", "STANDARD_IA"], { ...same, storageClass: "STANDARD_IA" }],
    [["--cache-control", "no-cache"], { ...same, cacheControl: "no-cache" }],
    [["--content-type", "text/plain"], { ...same, contentType: "text/plain" }],
    [["--metadata", "Who=ben"], { ...same, metadata: { ...metadata, who: "ben" } }],
    [
      ["--metadata", "new=1", "--storage-class", "GLACIER_IR"],
      { ...same, metadata: { ...metadata, new: "1" }, storageClass: "GLACIER_IR" },
    ],
  ] as const) {
    for (const command of ["cp", "mv"]) {
      await putStyled("main", "in/a.css");
      await ok(command, "-r", "s3://main/in", "s3://main/out", ...words);
      assert.deepEqual(await propertiesOf("main", "out/a.css"), wanted, `${command} ${words.join(" ")}`);
      const tags = await commands.server.client.getObjectTagging({ bucket: "main", key: "out/a.css" });
      assert.deepEqual(tags, { a: "1" });
    }
  }
});

test("mv within a bucket renames: time and grants stay", async () => {
  await commands.server.client.putObject({ bucket: "main", key: "old", body: "x", acl: "public-read" });
  const { lastModifiedMs } = await commands.server.client.headObject({ bucket: "main", key: "old" });
  const proxy = await startProxy(commands.server.endpoint, { keepsServer: true });
  const env = environmentOf({ ...commands.server, endpoint: proxy.url });
  const { code, stderr } = await runCommand(env, ["mv", "s3://main/old", "s3://main/new"]);
  await proxy.close();
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    proxy.requests.filter((line) => !line.startsWith("HEAD ")),
    ["PUT /main/new?renameObject"],
  );
  assert.equal((await fetch(`${commands.server.endpoint}/main/new`)).status, 200);
  assert.equal(
    (await commands.server.client.headObject({ bucket: "main", key: "new" })).lastModifiedMs,
    lastModifiedMs,
  );
  await commands.server.client.putObject({ bucket: "main", key: "there", body: "there" });
  assert.match(
    (await run("mv", "s3://main/new", "s3://main/there", "--no-clobber")).stderr,
    /s3:\/\/main\/there is there already/,
  );
  assert.equal(await textOf("main", "there"), "there");
});

test("mv copies where a bucket keeps versions", async () => {
  await commands.server.client.createBucket({ bucket: "versions" });
  await commands.server.client.putBucketVersioning({ bucket: "versions", status: "Enabled" });
  await putStyled("versions", "a");
  await ok("mv", "s3://versions/a", "s3://versions/b");
  assert.deepEqual(await propertiesOf("versions", "b"), { ...properties, storageClass: "STANDARD" });
  await assert.rejects(commands.server.client.headObject({ bucket: "versions", key: "a" }), {
    code: "NoSuchKey",
  });
  const { versionId } = await commands.server.client.headObject({ bucket: "versions", key: "b" });
  await ok("mv", `s3://versions/b?versionId=${versionId}`, "s3://main/one-version");
  assert.equal(await textOf("main", "one-version"), "a {}");
});

test("mv to a server that is none of ours never asks it to rename", async () => {
  await commands.server.client.putObject({ bucket: "main", key: "foreign", body: "x" });
  const proxy = await startProxy(commands.server.endpoint);
  const env = environmentOf({ ...commands.server, endpoint: proxy.url });
  assert.equal((await runCommand(env, ["mv", "s3://main/foreign", "s3://main/foreigner"])).code, 0);
  await proxy.close();
  assert.equal(
    proxy.requests.some((line) => line.includes("renameObject")),
    false,
  );
  assert.equal(await textOf("main", "foreigner"), "x");
});

test("a folder goes into one of its own, which is no source of it", async () => {
  const client = commands.server.client;
  for (const [command, wanted] of [
    ["cp", ["a", "z/a", "z/old"]],
    ["mv", ["z/a", "z/old"]],
  ] as const) {
    const bucket = `within-${command}`;
    await client.createBucket({ bucket });
    for (const key of ["in/a", "in/z/old"]) await client.putObject({ bucket, key, body: key });
    // More than a page, so that the listing comes to what was written.
    await Promise.all(
      Array.from({ length: 1100 }, (_, at) => client.putObject({ bucket, key: `in/k${at}`, body: "" })),
    );
    await ok(command, "-r", `s3://${bucket}/in`, `s3://${bucket}/in/z`);
    const keys = (await client.list({ bucket, prefix: "in/" }).toArray()).map(({ key }) => key.slice(3));
    assert.deepEqual(
      keys.filter((key) => !/k\d+$/.test(key)),
      wanted,
    );
    assert.equal(keys.filter((key) => /^z\/k\d+$/.test(key)).length, 1100);
    assert.equal(keys.filter((key) => key.startsWith("z/z/")).length, 0);
  }
});

for (const [title, to] of [
  ["within S3", "s3://main/target"],
  ["to a file", "file"],
] as const) {
  test(`what is written while it is moved ${title} stays at the source`, async () => {
    await commands.server.client.putObject({ bucket: "main", key: "source", body: "first" });
    const proxy = await startProxy(commands.server.endpoint, {
      before: async ({ method }) => {
        if (method === "DELETE")
          await commands.server.client.putObject({ bucket: "main", key: "source", body: "second" });
      },
    });
    const target = to === "file" ? join(commands.folder, to) : to;
    const env = environmentOf({ ...commands.server, endpoint: proxy.url });
    const { code, stderr } = await runCommand(env, ["mv", "s3://main/source", target]);
    await proxy.close();
    assert.equal(code, 1);
    assert.match(stderr, /s3:\/\/main\/source was replaced while it was moved/);
    assert.equal(await textOf("main", "source"), "second");
    assert.equal(to === "file" ? await readFile(target, "utf8") : await textOf("main", "target"), "first");
  });
}

test("a file that is changed while it is moved stays", async () => {
  const file = join(commands.folder, "changing");
  await writeFile(file, "first");
  const proxy = await startProxy(commands.server.endpoint, {
    before: async ({ method }) => {
      if (method === "PUT") await writeFile(file, "the second");
    },
  });
  const env = environmentOf({ ...commands.server, endpoint: proxy.url });
  const { code, stderr } = await runCommand(env, ["mv", file, "s3://main/changing"]);
  await proxy.close();
  assert.equal(code, 1);
  assert.match(stderr, /was changed while it was moved/);
  assert.equal(await readFile(file, "utf8"), "the second");
});

test("a server without deletions on condition gets one that a HEAD goes before", async () => {
  await commands.server.client.putObject({ bucket: "main", key: "plain", body: "x" });
  const proxy = await startProxy(commands.server.endpoint, {
    refuses: ({ method, headers }) => method === "DELETE" && headers["if-match"] !== undefined,
  });
  const env = environmentOf({ ...commands.server, endpoint: proxy.url });
  const { code, stderr } = await runCommand(env, ["mv", "s3://main/plain", "s3://main/plainer"]);
  await proxy.close();
  assert.equal(code, 0, stderr);
  assert.deepEqual(proxy.requests.slice(-3), [
    "DELETE /main/plain",
    "HEAD /main/plain",
    "DELETE /main/plain",
  ]);
  await assert.rejects(commands.server.client.headObject({ bucket: "main", key: "plain" }), {
    code: "NoSuchKey",
  });
});
