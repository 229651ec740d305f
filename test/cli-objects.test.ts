/** `stowage ls`, `cp`, `mv`, `rm`, `cat`, `du`, `find` and `tree` on a server. */

import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { environmentOf, runCommand, useCommands } from "./support/command.ts";

/** Keys that shells, paths and URLs stumble over; every part of them can be a file's name. */
const oddKeys = ["größe ü.txt", "a b?c%2Fd&e'f.txt", "😀/\uffee/z", "-dash", "$(x)`y`", "#hash"];

const commands = useCommands({ bucket: "main" });
const { run } = commands;

async function ok(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(...words);
  assert.equal(code, 0, stderr);
  return stdout.split("\n").filter((line) => line !== "");
}

async function fails(...words: string[]): Promise<string> {
  const { code, stderr } = await run(...words);
  assert.notEqual(code, 0, `${words.join(" ")} was to fail`);
  return stderr;
}

async function bucketWith(name: string, keys: readonly string[]): Promise<void> {
  await commands.server.client.createBucket({ bucket: name });
  for (const key of keys) await commands.server.client.putObject({ bucket: name, key, body: key });
}

async function keysOf(bucket: string): Promise<string[]> {
  return (await commands.server.client.list({ bucket }).toArray()).map(({ key }) => key);
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .toSorted();
}

test("a directory goes up, comes down and is copied within S3, whatever its files are called", async () => {
  const source = join(commands.folder, "up");
  for (const key of oddKeys) {
    await mkdir(join(source, key, ".."), { recursive: true });
    await writeFile(join(source, key), key);
  }
  await commands.server.client.createBucket({ bucket: "odd" });
  assert.equal((await ok("cp", "-r", source, "s3://odd/in")).length, oddKeys.length);
  assert.deepEqual(new Set(await keysOf("odd")), new Set(oddKeys.map((key) => `in/${key}`)));
  await ok("cp", "-r", "s3://odd/in", "s3://odd/copy");
  const target = join(commands.folder, "down");
  await ok("cp", "-r", "s3://odd/copy", target);
  assert.deepEqual(await filesBelow(target), await filesBelow(source));
  for (const key of oddKeys) assert.equal(await readFile(join(target, key), "utf8"), key);
});

test("a name decides where one thing goes: as it is, or into what ends in a slash", async () => {
  await commands.server.client.createBucket({ bucket: "names" });
  const file = join(commands.folder, "photo.jpg");
  await writeFile(file, "jpg");
  await ok("cp", file, "s3://names");
  await ok("cp", file, "s3://names/dir/");
  await ok(
    "cp",
    file,
    "s3://names/other.jpg",
    "--metadata",
    "who=me",
    "--cache-control",
    "no-cache",
    "--acl",
    "public-read",
  );
  assert.deepEqual(await keysOf("names"), ["dir/photo.jpg", "other.jpg", "photo.jpg"]);
  const { contentType, metadata, cacheControl } = await commands.server.client.headObject({
    bucket: "names",
    key: "other.jpg",
  });
  assert.deepEqual(
    { contentType, metadata, cacheControl },
    { contentType: "image/jpeg", metadata: { who: "me" }, cacheControl: "no-cache" },
  );
  assert.equal((await fetch(`${commands.server.endpoint}/names/other.jpg`)).status, 200);
  const directory = join(commands.folder, "one");
  await mkdir(directory);
  await ok("cp", "s3://names/other.jpg", directory);
  await ok("cp", "s3://names/other.jpg", join(directory, "renamed"));
  assert.deepEqual(await filesBelow(directory), ["other.jpg", "renamed"]);
  // The time of the object is the file's.
  const { lastModifiedMs } = await commands.server.client.headObject({ bucket: "names", key: "other.jpg" });
  assert.equal((await stat(join(directory, "renamed"))).mtimeMs, lastModifiedMs);
});

test("wildcards and filters choose", async () => {
  await bucketWith("choose", ["a/1.jpg", "a/1.png", "a/b/2.jpg", "c.jpg", "d/x.tmp.jpg", "star*.jpg"]);
  const target = join(commands.folder, "chosen");
  await ok("cp", "s3://choose/a/**/*.jpg", `${target}/`);
  assert.deepEqual(await filesBelow(target), ["1.jpg", "b/2.jpg"]);
  assert.deepEqual(
    (await ok("find", "s3://choose", "--include", "*.jpg", "--exclude", "*.tmp.jpg")).map((line) =>
      line.slice("s3://choose/".length),
    ),
    ["a/1.jpg", "a/b/2.jpg", "c.jpg", "star*.jpg"],
  );
  await ok("rm", "--raw", "s3://choose/star*.jpg");
  await ok("rm", "s3://choose/a/*");
  assert.deepEqual(await keysOf("choose"), ["a/b/2.jpg", "c.jpg", "d/x.tmp.jpg"]);
  assert.match(await fails("rm", "s3://choose/nothing*"), /nothing matches/);
});

test("mv takes the source away, once the target is there", async () => {
  await bucketWith("move", ["a", "b/1", "b/2"]);
  await ok("mv", "s3://move/a", "s3://move/z");
  await ok("mv", "-r", "s3://move/b", "s3://move/c");
  assert.deepEqual(await keysOf("move"), ["c/1", "c/2", "z"]);
  const file = join(commands.folder, "goes.txt");
  await writeFile(file, "goes");
  await ok("mv", file, "s3://move/");
  await assert.rejects(stat(file));
  assert.match(await fails("mv", "s3://move/z", "s3://nowhere/z"), /NoSuchBucket/);
  assert.match(await fails("mv", "s3://move/z", "s3://move/z"), /onto itself/);
  assert.deepEqual(await keysOf("move"), ["c/1", "c/2", "goes.txt", "z"]);
});

test("nothing leaves the directory that was named, and what cannot be a file is told", async () => {
  await bucketWith("hostile", ["../out.txt", "a/../../out.txt", "/etc/out.txt", "a//b", "ok.txt", "dir/"]);
  const target = join(commands.folder, "deep", "target");
  const { code, stdout, stderr } = await run("cp", "-r", "s3://hostile", target);
  assert.equal(code, 1);
  assert.deepEqual(stdout.match(/^download: .*$/gm)?.length, 1);
  assert.deepEqual(await filesBelow(join(commands.folder, "deep")), ["target/ok.txt"]);
  assert.match(stderr, /"\.\.\/out\.txt" would leave the directory/);
  assert.match(stderr, /"a\/\/b" has an empty part/);
  assert.match(stderr, /5 of 6 failed/);
});

test("one that fails does not stop the others, and is named", async () => {
  await bucketWith("some", ["a", "a/b", "c"]);
  const target = join(commands.folder, "some");
  const { code, stderr } = await run("cp", "-r", "s3://some", target);
  // No file system has a file beside a directory of its name.
  assert.equal(code, 1);
  assert.match(stderr, /download of s3:\/\/some\/a(?:\/b)?: .*1 of 3 failed/s);
  assert.ok((await filesBelow(target)).includes("c"));
});

test("--dry-run says what would be done, and does nothing", async () => {
  await bucketWith("dry", ["a", "b"]);
  assert.deepEqual(await ok("rm", "-r", "s3://dry", "-n"), [
    "(dry run) delete: s3://dry/a",
    "(dry run) delete: s3://dry/b",
  ]);
  await ok("mv", "-r", "s3://dry", join(commands.folder, "dry"), "--dry-run");
  await assert.rejects(stat(join(commands.folder, "dry")));
  assert.deepEqual(await keysOf("dry"), ["a", "b"]);
  assert.deepEqual(
    (await ok("rm", "s3://dry/a", "--json")).map((line) => JSON.parse(line) as object),
    [{ deleted: "s3://dry/a" }],
  );
});

test("--no-clobber leaves what is there, on both sides", async () => {
  await bucketWith("there", ["a"]);
  const file = join(commands.folder, "a");
  await writeFile(file, "mine");
  assert.match(await fails("cp", file, "s3://there/a", "--no-clobber"), /s3:\/\/there\/a is there already/);
  assert.match(await fails("cp", "s3://there/a", file, "--no-clobber"), /is there already/);
  assert.equal(await readFile(file, "utf8"), "mine");
  assert.equal(
    await (await commands.server.client.getObject({ bucket: "there", key: "a" })).body.text(),
    "a",
  );
});

test("what needs --recursive, two sides or a name says so, and does nothing", async () => {
  await bucketWith("wrong", ["a/b"]);
  for (const [words, message] of [
    [["rm", "s3://wrong"], /is a bucket, not an object; add --recursive/],
    [["rm", "s3://wrong/a/"], /is a folder, not an object; add --recursive/],
    [["rm", "s3://wrong/nothing"], /NoSuchKey.*stowage ls/],
    [["cp", commands.folder, "s3://wrong"], /is a directory; add --recursive/],
    [["cp", "x", "y"], /both places are of this machine/],
    [["cp", "s3://wrong/a/b"], /there is no target/],
    [["cp", join(commands.folder, "nothing"), "s3://wrong"], /there is no file/],
    [["cp", "s3://wrong/a/*", join(commands.folder, "photo.jpg")], /is one file|not a directory/],
    [["cp", "a", "-"], /stowage pipe/],
    [["ls", "wrong"], /is no address of S3; give it as s3:\/\//],
    [["cat", "s3://nobody/x"], /NoSuchBucket.*stowage mb s3:\/\/nobody/],
    [["cp", "a", "s3://wrong/b?versionId=1"], /a version is no target/],
    [["find", "s3://wrong", "--newer", "soon"], /"soon" is no time/],
    [["cp", "a", "s3://wrong", "--bandwidth-limit", "fast"], /"fast" is no number of bytes/],
    [["cp", "a", "s3://wrong", "--jobs", "0"], /"0" is no number of transfers/],
  ] as const) {
    assert.match(await fails(...words), message, words.join(" "));
  }
  assert.deepEqual(await keysOf("wrong"), ["a/b"]);
});

test("more than a thousand are deleted, and listed", async () => {
  await commands.server.client.createBucket({ bucket: "many" });
  await Promise.all(
    Array.from({ length: 1100 }, (_, at) =>
      commands.server.client.putObject({ bucket: "many", key: `k${at}`, body: "" }),
    ),
  );
  assert.equal((await ok("ls", "-r", "s3://many")).length, 1100);
  assert.equal((await ok("rm", "-r", "s3://many")).length, 1100);
  assert.deepEqual(await keysOf("many"), []);
});

test("rm deletes nothing where it would be more than --max-delete", async () => {
  await bucketWith("limited", ["a/1", "a/2", "b/1", "c"]);
  const words = ["rm", "-r", "s3://limited/a", "s3://limited/b", "--max-delete"];
  for (const more of [[], ["--dry-run"]]) {
    assert.match(
      await fails(...words, "2", ...more),
      /3 objects would be deleted, which is more than 2: nothing was deleted; raise --max-delete/,
    );
  }
  assert.match(await fails("rm", "s3://limited/c", "--max-delete", "0"), /1 object would be deleted/);
  assert.equal((await keysOf("limited")).length, 4);
  await ok(...words, "3");
  assert.deepEqual(await keysOf("limited"), ["c"]);
});

test("ls, du, tree and find show what there is", async () => {
  await bucketWith("look", ["a/1", "a/b/22", "a.b/333", "c4444", "line\nfeed"]);
  const stamp = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
  assert.match((await ok("ls")).join("\n"), new RegExp(`^${stamp}  s3://look$`, "m"));
  const listed = await ok("ls", "s3://look", "--bytes");
  assert.deepEqual(
    listed.map((line) => line.replace(new RegExp(stamp), "TIME").replaceAll(/ +/g, " ")),
    [" DIR a.b/", " DIR a/", "TIME 5 c4444", String.raw`TIME 9 line\u000afeed`],
  );
  assert.deepEqual(
    (await ok("du", "s3://look", "--depth", "1", "--bytes")).map((line) => line.trim().split(/ +/)),
    [
      ["7", "1", "s3://look/a.b/"],
      ["9", "2", "s3://look/a/"],
      ["30", "5", "s3://look/"],
    ],
  );
  assert.deepEqual(await ok("tree", "s3://look"), [
    "s3://look/",
    "  a.b/",
    "    333",
    "  a/",
    "    1",
    "    b/",
    "      22",
    "  c4444",
    String.raw`  line\u000afeed`,
    "5 objects, 30 B",
  ]);
  assert.deepEqual(await ok("find", "s3://look", "--larger", "5", "--smaller", "8", "--newer", "1h"), [
    "s3://look/a.b/333",
    "s3://look/a/b/22",
  ]);
  assert.deepEqual(await ok("find", "s3://look", "--older", "1h"), []);
  assert.equal((await run("cat", "s3://look/a/**")).stdout, "a/1a/b/22");
});

test("symbolic links to files are followed, those to directories are not", async () => {
  const source = join(commands.folder, "links");
  await mkdir(join(source, "real"), { recursive: true });
  await writeFile(join(source, "real/a"), "a");
  await symlink(join(source, "real/a"), join(source, "to-file"));
  await symlink(source, join(source, "loop"));
  await commands.server.client.createBucket({ bucket: "links" });
  await ok("cp", "-r", source, "s3://links");
  assert.deepEqual(await keysOf("links"), ["real/a", "to-file"]);
});

test("a limit of bandwidth holds, both ways", async () => {
  await commands.server.client.createBucket({ bucket: "slow" });
  const file = join(commands.folder, "half-a-megabyte");
  await writeFile(file, Buffer.alloc(512 * 1024, "slow"));
  for (const places of [
    [file, "s3://slow"],
    ["s3://slow/half-a-megabyte", join(commands.folder, "slow-copy")],
  ]) {
    const startedMs = performance.now();
    await ok("cp", ...places, "--bandwidth-limit", "1M");
    assert.ok(performance.now() - startedMs > 400, "half a megabyte at one a second");
  }
  assert.equal((await readFile(join(commands.folder, "slow-copy"))).equals(await readFile(file)), true);
});

test("whoever stops it is told how far it came, and finds nothing half", async () => {
  await commands.server.client.createBucket({ bucket: "stopped" });
  const file = join(commands.folder, "large");
  await writeFile(file, Buffer.alloc(4 * 1024 ** 2, "large"));
  const words = ["cp", file, "s3://stopped", "--bandwidth-limit", "1M"];
  const { code, stderr } = await runCommand(environmentOf(commands.server), words, async () => {
    await setTimeout(300);
    return "SIGINT";
  });
  assert.equal(code, 1);
  assert.equal(
    stderr,
    "stowage: stopped after 0 files; the same command does what is left, and sync sends only that\n",
  );
  assert.deepEqual(await keysOf("stopped"), []);
});
