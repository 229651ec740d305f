/** `stowage sync` and `stowage diff`, and `sync()` of stowage/sync, on a server. */

import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { sync, type SyncPlace } from "../src/sync.ts";
import { environmentOf, runCommand, useCommands } from "./support/command.ts";
import { startProxy } from "./support/proxy.ts";

const files = { "a/b": "1", "a.b": "22", "größe 😀/x y": "333", top: "4444" };
const past = new Date(Date.now() - 3_600_000);

const commands = useCommands();
const { run } = commands;
let count = 0;

/** A directory with {@link files} of an hour ago, and an empty bucket. */
async function fresh(): Promise<{ directory: string; bucket: string; url: string }> {
  const bucket = `sync-${count++}`;
  await commands.server.client.createBucket({ bucket });
  const directory = join(commands.folder, bucket);
  for (const [name, content] of Object.entries(files)) await put(directory, name, content, past);
  return { directory, bucket, url: `s3://${bucket}/site/` };
}

async function put(directory: string, name: string, content: string, time?: Date): Promise<void> {
  const path = join(directory, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  if (time !== undefined) await utimes(path, time, time);
}

async function lines(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(...words);
  assert.equal(code, 0, stderr);
  return stdout.split("\n").filter((line) => line !== "");
}

async function contentsOf(bucket: string): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for await (const { key } of commands.server.client.list({ bucket })) {
    contents[key] = await (await commands.server.client.getObject({ bucket, key })).body.text();
  }
  return contents;
}

async function filesIn(directory: string): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) contents[path.slice(directory.length + 1)] = await readFile(path, "utf8");
  }
  return contents;
}

test("up, within S3 and down: all is sent once, and nothing a second time", async () => {
  const { directory, bucket, url } = await fresh();
  const copy = `s3://${bucket}-copy`;
  await commands.server.client.createBucket({ bucket: `${bucket}-copy` });
  const down = join(commands.folder, "down");
  for (const [from, to, verb] of [
    [directory, url, "upload"],
    [url, copy, "copy"],
    [copy, down, "download"],
  ] as const) {
    const sent = await lines("sync", from, to);
    assert.equal(sent.length, 4);
    assert.ok(
      sent.every((line) => line.startsWith(`${verb}: `)),
      sent.join("\n"),
    );
    assert.deepEqual(await lines("sync", from, to), []);
    assert.deepEqual(await lines("sync", from, to, "--checksum"), []);
    assert.deepEqual(await lines("diff", from, to), []);
  }
  assert.deepEqual(await filesIn(down), files);
  // And back, without a change on the way.
  assert.deepEqual(await lines("sync", down, copy), []);
});

test("what changed is sent: by size, by time, by its bytes", async () => {
  const { directory, bucket, url } = await fresh();
  await lines("sync", directory, url);
  await put(directory, "top", "55555", past);
  assert.equal((await lines("sync", directory, url)).length, 1);
  // The same size and older than its upload: only the bytes tell.
  await put(directory, "top", "66666", past);
  assert.deepEqual(await lines("sync", directory, url), []);
  assert.equal((await lines("sync", directory, url, "--checksum")).length, 1);
  await put(directory, "top", "77777", new Date(Date.now() + 5000));
  assert.deepEqual(await lines("sync", directory, url, "--size-only"), []);
  assert.equal((await lines("sync", directory, url)).length, 1);
  assert.equal((await contentsOf(bucket))["site/top"], "77777");
});

test("--checksum knows files that went in parts", async () => {
  const { directory, url } = await fresh();
  await writeFile(join(directory, "large"), Buffer.alloc(20 * 1024 ** 2, "large"));
  await lines("sync", directory, url);
  assert.deepEqual(await lines("sync", directory, url, "--checksum"), []);
  await writeFile(join(directory, "large"), Buffer.alloc(20 * 1024 ** 2, "other"));
  assert.equal((await lines("sync", directory, url, "--checksum", "-n")).length, 1);
});

test("nothing is deleted without --delete, nor what filters leave out, nor above the limit", async () => {
  const { directory, bucket, url } = await fresh();
  await commands.server.client.putObject({ bucket, key: "beside", body: "not below the folder" });
  for (const name of ["old/1", "old/2", "keep.log"]) {
    await commands.server.client.putObject({ bucket, key: `site/${name}`, body: name });
  }
  await lines("sync", directory, url);
  assert.equal(Object.keys(await contentsOf(bucket)).length, 8);
  const { code, stderr } = await run("sync", directory, url, "--delete", "--max-delete", "2");
  assert.equal(code, 1);
  assert.match(
    stderr,
    /3 files would be deleted, which is more than 2: nothing was deleted; raise --max-delete/,
  );
  const words = ["sync", directory, url, "--delete", "--exclude", "*.log"];
  assert.deepEqual(await lines(...words, "--dry-run"), [
    `(dry run) delete: ${url}old/1`,
    `(dry run) delete: ${url}old/2`,
  ]);
  assert.equal((await lines(...words)).length, 2);
  assert.deepEqual(Object.keys(await contentsOf(bucket)), [
    "beside",
    "site/a.b",
    "site/a/b",
    "site/größe 😀/x y",
    "site/keep.log",
    "site/top",
  ]);
});

test("what only the bucket has goes a thousand at a time, and what the server keeps is told by its name", async () => {
  const { directory, bucket, url } = await fresh();
  const names = Array.from({ length: 1002 }, (_, at) => `old/${at}`);
  await Promise.all(
    names.map((name) => commands.server.client.putObject({ bucket, key: `site/${name}`, body: "" })),
  );
  await commands.server.client.putBucketPolicy({
    bucket,
    policy: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:DeleteObject",
          Resource: `arn:aws:s3:::${bucket}/site/old/7`,
        },
      ],
    },
  });
  const proxy = await startProxy(commands.server.endpoint);
  const env = environmentOf({ ...commands.server, endpoint: proxy.url });
  const { code, stdout, stderr } = await runCommand(env, ["sync", directory, url, "--delete"]);
  await proxy.close();
  assert.equal(code, 1);
  assert.equal(stdout.match(/^delete: .*$/gm)?.length, 1001);
  assert.match(stderr, /delete of s3:\/\/[^:]*\/site\/old\/7: .*AccessDenied.*1 of 1006 failed/s);
  assert.equal(proxy.requests.filter((line) => /^(?:POST|DELETE) /.test(line)).length, 2);
  assert.equal(Object.keys(await contentsOf(bucket)).length, 5);
});

test("files that only the directory has go too, and its other directories stay", async () => {
  const { directory, bucket, url } = await fresh();
  await commands.server.client.putObject({ bucket, key: "site/top", body: "4444" });
  assert.equal((await lines("sync", url, directory, "--delete")).length, 4);
  assert.deepEqual(await filesIn(directory), { top: "4444" });
});

test("an empty or a missing source empties nothing", async () => {
  const { directory, bucket, url } = await fresh();
  await lines("sync", directory, url);
  const empty = join(commands.folder, "empty");
  await mkdir(empty);
  assert.match(
    (await run("sync", empty, url, "--delete")).stderr,
    /source is empty, and 4 files of the target would be deleted; check the source, or give --force\n/,
  );
  assert.match(
    (await run("sync", join(commands.folder, "nowhere"), url, "--delete")).stderr,
    /there is no directory/,
  );
  assert.match((await run("sync", "s3://no-such-bucket", directory, "--delete")).stderr, /NoSuchBucket/);
  assert.equal(Object.keys(await contentsOf(bucket)).length, 4);
  assert.deepEqual(await filesIn(directory), files);
  assert.equal((await lines("sync", empty, url, "--delete", "--force")).length, 4);
});

test("a source in which nothing is found is told, and one that is in step is not", async () => {
  const { directory, url } = await fresh();
  const nothing = `stowage: nothing was found at ${url}\n`;
  assert.deepEqual(await run("sync", url, directory), { code: 0, stdout: "", stderr: nothing });
  await lines("sync", directory, url);
  assert.equal((await run("sync", directory, url)).stderr, "");
  assert.equal(
    (await run("sync", directory, url, "--include", "*.none")).stderr,
    `stowage: nothing was found at ${directory}\n`,
  );
  assert.equal((await run("sync", directory, url, "--include", "*.none", "--quiet")).stderr, "");
});

test("keys that lead out of the directory, or that no file can have, are told and left", async () => {
  const { bucket } = await fresh();
  for (const key of ["../out", "/etc/out", "a//b", "ok", "dir", "dir/x"]) {
    await commands.server.client.putObject({ bucket, key, body: key });
  }
  const target = join(commands.folder, "hostile", "target");
  const { code, stderr } = await run("sync", `s3://${bucket}`, target);
  assert.equal(code, 1);
  assert.match(stderr, /"\.\.\/out" would leave the directory/);
  assert.match(stderr, /4 of 6 failed/);
  const names = Object.keys(await filesIn(join(commands.folder, "hostile")));
  assert.ok(names.includes("target/ok"));
  assert.ok(
    names.every((name) => /^target\/(?:ok|dir(?:\/x)?)$/.test(name)),
    names.join(),
  );
});

test("diff tells what is missing, different and extra, and its exit code is 1", async () => {
  const { directory, bucket, url } = await fresh();
  await lines("sync", directory, url);
  await put(directory, "new", "n", past);
  await put(directory, "top", "changed", past);
  await commands.server.client.putObject({ bucket, key: "site/extra", body: "" });
  const { code, stdout } = await run("diff", directory, url);
  assert.equal(code, 1);
  assert.deepEqual(
    stdout.split("\n").map((line) => line.split("  ")[0]),
    ["- new", "- top", "+ extra", ""],
  );
  assert.equal((await run("diff", directory, "s3://no-such-bucket")).code, 1);
  assert.deepEqual(await run("diff", join(commands.folder, "nowhere"), url), {
    code: 1,
    stdout: "",
    stderr: `stowage: there is no directory "${join(commands.folder, "nowhere")}"; check the path\n`,
  });
});

test("places that do not go together are refused", async () => {
  const { directory, bucket, url } = await fresh();
  for (const [words, message] of [
    [[directory, commands.folder], /Both places are of this machine/],
    [[url, `s3://${bucket}`], /One place is in the other/],
    [[join(directory, "top"), url], /is a file, not a directory/],
    [["-", url], /- is no directory/],
    [[directory, url, "--checksum", "--size-only"], /exclude each other/],
    [[directory, url, "--max-delete", "few"], /"few" is no number of files/],
  ] as const) {
    const { code, stderr } = await run("sync", ...words);
    assert.notEqual(code, 0);
    assert.match(stderr, message);
  }
});

test("sync() as a library tells what it did, and a dry run what it would", async () => {
  const { directory, bucket } = await fresh();
  const target = { bucket, prefix: "lib/" };
  const told: string[] = [];
  const planned = await sync(commands.server.client, { directory }, target, {
    dryRun: true,
    onAction: ({ type, name }) => told.push(`${type} ${name}`),
  });
  assert.deepEqual([planned.sent, planned.sentBytes], [4, 10]);
  assert.equal(told[0], "upload a.b");
  assert.deepEqual(await contentsOf(bucket), {});
  const { sent, deleted, failures } = await sync(commands.server.client, { directory }, target);
  assert.deepEqual([sent, deleted, failures], [4, 0, []]);
  await rm(join(directory, "top"));
  assert.equal((await sync(commands.server.client, { directory }, target, { delete: true })).deleted, 1);
  assert.equal((await stat(join(directory, "a.b"))).size, 2);
});

test("nothing is deleted where something could not be sent", async () => {
  const { directory, bucket } = await fresh();
  for (const key of ["../out", "new"]) await commands.server.client.putObject({ bucket, key, body: key });
  const { code, stderr } = await run("sync", `s3://${bucket}`, directory, "--delete");
  assert.equal(code, 1);
  assert.match(stderr, /1 of 2 failed/);
  assert.deepEqual(await filesIn(directory), { ...files, new: "new" });
});

test("links in the target lead nowhere", async () => {
  const { bucket } = await fresh();
  const outside = join(commands.folder, "outside");
  await put(outside, "file", "mine");
  const target = join(commands.folder, "linked");
  await mkdir(target);
  await symlink(outside, join(target, "dir"));
  await symlink(join(outside, "file"), join(target, "file"));
  for (const key of ["dir/x", "file", "ok"])
    await commands.server.client.putObject({ bucket, key, body: `of ${key}` });
  for (const words of [
    ["sync", `s3://${bucket}`, target],
    ["cp", "-r", `s3://${bucket}`, target],
  ]) {
    const { code, stderr } = await run(...words);
    assert.equal(code, 1);
    assert.match(stderr, /"[^"]*\/dir" is a link/);
    assert.match(stderr, /"[^"]*\/file" is a link/);
    assert.deepEqual(await filesIn(outside), { file: "mine" });
  }
  assert.equal(await readFile(join(target, "ok"), "utf8"), "of ok");
});

test("what is passed over is not missing: linked directories, downloads under way", async () => {
  const { directory, bucket, url } = await fresh();
  const elsewhere = join(commands.folder, "elsewhere");
  await put(elsewhere, "x", "x");
  await symlink(elsewhere, join(directory, "linked"));
  for (const name of ["linked/x", ".film.mp4.stowage-part", ".film.mp4.part", "gone"]) {
    await commands.server.client.putObject({ bucket, key: `site/${name}`, body: name });
  }
  await lines("sync", directory, url, "--delete");
  assert.deepEqual(Object.keys(await contentsOf(bucket)), [
    "site/.film.mp4.stowage-part",
    "site/a.b",
    "site/a/b",
    "site/größe 😀/x y",
    "site/linked/x",
    "site/top",
  ]);
});

test("sync() takes no option and no place that there is not", async () => {
  const { directory, bucket } = await fresh();
  const { client } = commands.server;
  const refused = (message: RegExp, source: object, target: object, options: object = {}): Promise<void> =>
    assert.rejects(sync(client, source as SyncPlace, target as SyncPlace, options), {
      name: "TypeError",
      message,
    });
  const misspelt = { bucket, prefx: "site/" };
  await refused(/^A place has no option "prefx"\. Did you mean prefix\?$/, { directory }, misspelt);
  await refused(
    /^sync\(\) has no option "dryrun"\. Did you mean dryRun\?$/,
    { directory },
    { bucket },
    { dryrun: true },
  );
  assert.deepEqual(await contentsOf(bucket), {});
});

test("sync() refuses places of which one holds the other", async () => {
  const { directory, bucket } = await fresh();
  await assert.rejects(sync(commands.server.client, { bucket }, { bucket, prefix: "a/" }), TypeError);
  await assert.rejects(
    sync(commands.server.client, { directory }, { directory: commands.folder }),
    TypeError,
  );
});

test("--acl is of what is sent, up and within S3; there is none of files", async () => {
  const { directory, bucket, url } = await fresh();
  const isPublic = async (key: string): Promise<boolean> => {
    const { grants } = await commands.server.client.getObjectAcl({ bucket, key });
    return grants.some(({ grantee }) => grantee.type === "group" && grantee.group === "AllUsers");
  };
  await lines("sync", directory, url, "--exclude", "top");
  await lines("sync", directory, url, "--acl", "public-read");
  assert.deepEqual([await isPublic("site/top"), await isPublic("site/a.b")], [true, false]);
  await lines("sync", url, `s3://${bucket}/copy`, "--acl", "public-read");
  assert.equal(await isPublic("copy/a.b"), true);
  const refused = await run("sync", url, directory, "--acl", "public-read");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--acl is of objects, and the target is a directory; leave it out/);
  const client = commands.server.client;
  await assert.rejects(sync(client, { bucket }, { directory }, { acl: "public-read" }), TypeError);
});
