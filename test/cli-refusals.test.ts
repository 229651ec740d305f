/** What a server refuses on the command line, with the way out. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { useCommands } from "./support/command.ts";

let file: string;
const commands = useCommands({
  bucket: "photos",
  prepare: async ({ server, folder }) => {
    file = join(folder, "file");
    await writeFile(file, "x");
    for (const key of ["www/index.html", "a", "b"]) {
      await server.client.putObject({ bucket: "photos", key, body: "x" });
    }
  },
});
const { run } = commands;

/** What a command that fails says. */
async function refusal(...words: string[]): Promise<string> {
  const { code, stderr } = await run(...words);
  assert.equal(code, 1, stderr);
  return stderr;
}

test("a folder that was named like an object is told, and how to take it", async () => {
  const said =
    "stowage: there is no object s3://photos/www, but there are objects under s3://photos/www/; -r takes them, and stowage ls s3://photos/www/ shows them\n";
  for (const words of [
    ["cp", "s3://photos/www", commands.folder],
    ["rm", "s3://photos/www"],
    ["mv", "s3://photos/www", "s3://photos/other"],
    ["stat", "s3://photos/www"],
    ["cat", "s3://photos/www"],
  ]) {
    assert.equal(await refusal(...words), said);
  }
  // Of a key that is nowhere, the listing that is hinted at has something in it.
  assert.match(
    await refusal("rm", "s3://photos/ww"),
    /NoSuchKey, 404\); look what is there with stowage ls s3:\/\/photos\n/,
  );
});

test("a bucket that is missing is named, where a HEAD says nothing of it", async () => {
  for (const words of [
    ["stat", "s3://nowhere/a"],
    ["cp", "s3://nowhere/a", commands.folder],
    ["mv", "s3://nowhere/a", "s3://photos/moved"],
    ["rm", "s3://nowhere/a"],
  ]) {
    assert.match(
      await refusal(...words),
      /s3:\/\/nowhere: .*\(NoSuchBucket, 404\); make it with stowage mb s3:\/\/nowhere,/,
    );
  }
});

test("a version that is missing, or none at all, is told as that", async () => {
  await commands.server.client.createBucket({ bucket: "letters" });
  await commands.server.client.putBucketVersioning({ bucket: "letters", status: "Enabled" });
  await commands.server.client.putObject({ bucket: "letters", key: "a", body: "x" });
  const [missing, none] = ["0123456789abcdef0123456789abcdef", "abc"].map(
    (id) => `s3://letters/a?versionId=${id}`,
  );
  const said =
    /^stowage: there is no such version of s3:\/\/letters\/a(?: \(\w+, 4\d\d\))?; stowage versions s3:\/\/letters\/a shows them\n$/;
  for (const words of [
    ["versions", "restore", missing],
    ["versions", "restore", none],
    ["cat", missing],
    ["acl", none],
    ["stat", missing],
    ["cp", missing, commands.folder],
  ] as string[][]) {
    assert.match(await refusal(...words), said);
  }
  assert.match(
    await refusal("stat", none ?? ""),
    /or \?versionId= is that of no version: stowage versions s3:\/\/letters\/a shows them/,
  );
});

test("what a request lacks, or has too much of, is told", async () => {
  await commands.server.client.putObject({
    bucket: "photos",
    key: "secret",
    body: "x",
    customerKey: randomBytes(32),
  });
  for (const command of ["stat", "cat"]) {
    assert.match(await refusal(command, "s3://photos/secret"), /; .*--sse-c-key/);
  }
  const words = await Promise.all([
    refusal("cp", file, "s3://photos/c", "--storage-class", "COOL"),
    refusal("grant", "add", "s3://photos/a", "--read", "--email", "nobody@example.com"),
    refusal("tag", "set", "s3://photos/a", `long=${"x".repeat(257)}`),
  ]);
  assert.match(
    words[0] ?? "",
    /InvalidStorageClass, 400\); give another with --storage-class, such as STANDARD_IA\n/,
  );
  assert.match(words[1] ?? "", /; give --id; stowage user ls shows ids and e-mail addresses\n/);
  assert.match(words[2] ?? "", /InvalidTag, 400\); a name has at most 128 characters, a value 256,/);
});

test("what is denied to nobody in particular asks for no rights of keys", async () => {
  assert.match(
    await refusal("ls", "s3://photos", "--anon"),
    /AccessDenied, 403\); nothing was signed: leave out --anon, or have the owner make it public\n/,
  );
});

test("an argument that is none of its values names them", async () => {
  const { code, stderr } = await run("acl", "set", "s3://photos", "pub");
  assert.equal(code, 2);
  assert.match(stderr, /^stowage: "pub" is no <acl>; give one of private, public-read, /);
});

test("examples quote wildcards, which shells would take for files", async () => {
  for (const command of ["cp", "ls", "watch"]) {
    const { stdout } = await run(command, "--help");
    const lines = stdout.split("\n").filter((line) => line.includes("$ stowage") && line.includes("*"));
    assert.ok(lines.length > 0);
    for (const line of lines) assert.match(line, /'[^' ]*\*[^' ]*'/);
  }
});

test("a name in the place of a canonical id is told, and where ids are", async () => {
  assert.match(
    await refusal("grant", "add", "s3://photos/a", "--read", "--id", "anna"),
    /Invalid id \(InvalidArgument, 400\); a canonical id has 64 hexadecimal digits: stowage user ls/,
  );
});
