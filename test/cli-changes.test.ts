/** `stowage tag`, `meta`, `versions` and `undo` on a server. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { useCommands } from "./support/command.ts";

const odd = "größe/a b?c%d&e'f.txt";
const commands = useCommands({
  bucket: "photos",
  prepare: async ({ server }) => {
    await server.client.createBucket({ bucket: "letters" });
    await server.client.putBucketVersioning({ bucket: "letters", status: "Enabled" });
  },
});
const { run } = commands;

async function json(...words: string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await run(...words, "--json");
  assert.equal(code, 0, stderr);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function put(key: string, body: string, bucket = "letters"): Promise<string> {
  return (await commands.server.client.putObject({ bucket, key, body })).versionId ?? "";
}

async function textOf(key: string): Promise<string | null> {
  try {
    return await (await commands.server.client.getObject({ bucket: "letters", key })).body.text();
  } catch (error) {
    assert.equal((error as { code?: string }).code, "NoSuchKey");
    return null;
  }
}

async function countOf(prefix: string): Promise<number> {
  return (await commands.server.client.listObjectVersions({ bucket: "letters", prefix })).versions.length;
}

test("tag sets, shows and removes tags of an object, and leaves the others", async () => {
  const url = `s3://photos/${odd}`;
  await put(odd, "x", "photos");
  assert.equal((await run("tag", url)).stdout, "");
  assert.equal((await run("tag", "set", url, "a=1", "b=x=y")).stdout, `${url}: a=1 b=x=y\n`);
  assert.deepEqual(await json("tag", "set", url, "a=2", "ü="), [{ url, tags: { a: "2", b: "x=y", ü: "" } }]);
  assert.equal((await run("tag", url)).stdout, "a=2\nb=x=y\nü=\n");
  await run("tag", "rm", url, "b");
  assert.deepEqual(await json("tag", url), [{ url, tags: { a: "2", ü: "" } }]);
  assert.equal((await run("tag", "rm", "--all", url)).stdout, `${url}: no tags\n`);
  assert.deepEqual(await json("tag", url), [{ url, tags: {} }]);
});

test("tag changes a bucket, a folder and a version", async () => {
  for (const key of ["t/a", "t/b"]) await put(key, "x", "photos");
  await run("tag", "set", "s3://photos", "of=bucket");
  assert.equal((await run("tag", "s3://photos")).stdout, "of=bucket\n");
  await run("tag", "rm", "s3://photos", "--all");
  assert.equal((await run("tag", "s3://photos")).stdout, "");
  assert.equal(
    (await run("tag", "set", "-r", "s3://photos/t/", "of=folder")).stdout,
    "s3://photos/t/a: of=folder\ns3://photos/t/b: of=folder\n",
  );
  const first = await put("tagged", "1");
  await put("tagged", "2");
  await run("tag", "set", `s3://letters/tagged?versionId=${first}`, "of=first");
  assert.equal((await run("tag", "s3://letters/tagged")).stdout, "");
  assert.equal((await run("tag", `s3://letters/tagged?versionId=${first}`)).stdout, "of=first\n");
});

test("tag says what is wrong", async () => {
  await put("one", "x", "photos");
  const [pair, which, both, none, folder] = await Promise.all([
    run("tag", "set", "s3://photos/one", "novalue"),
    run("tag", "rm", "s3://photos/one"),
    run("tag", "rm", "s3://photos/one", "a", "--all"),
    run("tag", "set", "s3://photos/none", "a=b"),
    run("tag", "set", "s3://photos/t/", "a=b"),
  ]);
  assert.match(pair.stderr, /"novalue" is no NAME=VALUE; give it as colour=red/);
  assert.match(which.stderr, /name them, or give --all/);
  assert.match(none.stderr, /s3:\/\/photos\/none: .*NoSuchKey/);
  assert.match(folder.stderr, /is a folder, not an object/);
  assert.deepEqual(
    [pair, which, both, none, folder].map(({ code }) => code),
    [2, 2, 2, 1, 2],
  );
});

test("meta set changes what is named, and keeps headers, grants, tags, class and bytes", async () => {
  const object = { bucket: "photos", key: odd };
  await commands.server.client.putObject({
    ...object,
    body: "bytes",
    contentType: "text/plain",
    cacheControl: "no-cache",
    contentLanguage: "de",
    expires: "Fri, 01 Jan 2027 00:00:00 GMT",
    websiteRedirectLocation: "/elsewhere",
    storageClass: "STANDARD_IA",
    metadata: { who: "ä b", draft: "yes" },
    tagging: { a: "1" },
    acl: "public-read",
    encryption: { algorithm: "AES256" },
  });
  const url = `s3://photos/${odd}`;
  assert.equal(
    (
      await run(
        "meta",
        "set",
        url,
        "Colour=rot",
        "--content-type",
        "text/html",
        "--remove",
        "draft",
        "--remove",
        "Content-Language",
      )
    ).stdout,
    `${url}: changed\n`,
  );
  const info = await commands.server.client.getObject(object);
  assert.equal(await info.body.text(), "bytes");
  assert.deepEqual({ ...info.metadata }, { who: "ä b", colour: "rot" });
  assert.deepEqual(
    [info.contentType, info.cacheControl, info.contentLanguage, info.expires],
    ["text/html", "no-cache", undefined, "Fri, 01 Jan 2027 00:00:00 GMT"],
  );
  assert.deepEqual(
    [info.websiteRedirectLocation, info.storageClass, info.encryption],
    ["/elsewhere", "STANDARD_IA", "AES256"],
  );
  assert.deepEqual({ ...(await commands.server.client.getObjectTagging(object)) }, { a: "1" });
  assert.equal((await commands.server.client.getObjectAcl(object)).grants.length, 2);
  assert.equal(
    (await run("meta", url)).stdout,
    "content-type       text/html\ncache-control      no-cache\nexpires            Fri, 01 Jan 2027 00:00:00 GMT\nx-amz-meta-who     ä b\nx-amz-meta-colour  rot\n",
  );
});

test("meta set changes many, and says what is wrong", async () => {
  for (const key of ["m/a.css", "m/b.js", "m/c.css"]) await put(key, "x", "photos");
  assert.equal((await run("meta", "set", "s3://photos/m/*.css", "--cache-control", "max-age=60")).code, 0);
  // A content header is one also where it is given like metadata.
  assert.equal((await run("meta", "set", "s3://photos/m/b.js", "Content-Language=de")).code, 0);
  assert.equal(
    (await run("meta", "s3://photos/m/b.js")).stdout,
    "content-type      application/octet-stream\ncontent-language  de\n",
  );
  const shown = await Promise.all(["a.css", "b.js"].map((name) => json("meta", `s3://photos/m/${name}`)));
  assert.deepEqual(
    shown.flat().map(({ cacheControl }) => cacheControl),
    ["max-age=60", undefined],
  );
  const wrong = await Promise.all([
    run("meta", "set", "s3://photos/m/a.css"),
    run("meta", "set", "s3://photos", "a=b"),
    run("meta", "set", "s3://photos/m/a.css?versionId=x", "a=b"),
    run("meta", "s3://photos/none"),
  ]);
  assert.deepEqual(
    wrong.map(({ code }) => code),
    [2, 2, 2, 1],
  );
  assert.match(wrong[0]?.stderr ?? "", /nothing is to be changed; give NAME=VALUE/);
  assert.match(wrong[2]?.stderr ?? "", /a version that was written stays as it is/);
});

test("versions lists what there was, and restore makes it the newest", async () => {
  const first = await put(odd, "Dear Sir");
  await commands.server.client.putObjectAcl({ bucket: "letters", key: odd, acl: "public-read" });
  const second = await put(odd, "Dear Madam");
  await commands.server.client.deleteObject({ bucket: "letters", key: odd });
  const url = `s3://letters/${odd}`;
  const listed = await json("versions", url);
  assert.deepEqual(
    listed.map(({ versionId, isLatest, deleteMarker, size }) => [versionId, isLatest, deleteMarker, size]),
    [
      [listed[0]?.["versionId"], true, true, undefined],
      [second, false, undefined, 10],
      [first, false, undefined, 8],
    ],
  );
  const lines = (await run("versions", "s3://letters/größe/")).stdout.split("\n");
  assert.match(
    lines[0] ?? "",
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {5}deleted {2}newest {2}[0-9a-f]{32} {2}größe/,
  );
  assert.match(lines[2] ?? "", new RegExp(`8 B {10}${first}  größe`));
  assert.equal(
    (await run("versions", "restore", `${url}?versionId=${first}`)).stdout,
    `${url}: as it was in ${first}\n`,
  );
  assert.equal(await textOf(odd), "Dear Sir");
  assert.equal((await commands.server.client.getObjectAcl({ bucket: "letters", key: odd })).grants.length, 2);
  assert.equal(await countOf(odd), 4);
});

test("versions are turned on and off, and what cannot be restored is said", async () => {
  const { client } = commands.server;
  for (const bucket of ["plain", "never"]) await client.createBucket({ bucket });
  assert.equal((await run("versions", "on", "s3://plain")).stdout, "s3://plain keeps versions now\n");
  assert.equal((await client.getBucketVersioning({ bucket: "plain" })).status, "Enabled");
  assert.deepEqual(await json("versions", "off", "s3://plain"), [
    { bucket: "plain", versioning: "Suspended" },
  ]);
  const wrong = await Promise.all([
    run("versions", "restore", "s3://letters/x"),
    run("versions", "restore", "s3://never/x?versionId=null"),
    run("versions", "restore", "s3://letters/x?versionId=0123456789abcdef0123456789abcdef"),
    run("versions", "s3://letters/none"),
    run("versions", "onn", "s3://letters"),
  ]);
  assert.deepEqual(
    wrong.map(({ code }) => code),
    [2, 1, 1, 1, 2],
  );
  assert.match(wrong[0]?.stderr ?? "", /no version was named; add \?versionId=ID/);
  assert.match(
    wrong[1]?.stderr ?? "",
    /has never kept versions.*; keep them from now on: stowage versions on s3:\/\/never/,
  );
  assert.match(wrong[2]?.stderr ?? "", /NoSuchVersion/);
  assert.match(wrong[4]?.stderr ?? "", /unknown command 'onn'\n\(Did you mean restore, on, off/);
});

test("undo takes back a deletion, an overwrite, a creation, and itself", async () => {
  const url = "s3://letters/u ä";
  const first = await put("u ä", "one");
  assert.equal((await run("undo", url, "--dry-run")).stdout, `${url}: would be deleted, as it was before\n`);
  assert.equal(await textOf("u ä"), "one");
  assert.equal((await run("undo", url)).stdout, `${url}: is deleted, as it was before\n`);
  assert.equal(await textOf("u ä"), null);
  assert.equal((await run("undo", url)).stdout, `${url}: is there again\n`);
  assert.equal(await textOf("u ä"), "one");
  await put("u ä", "two");
  assert.deepEqual(await json("undo", url), [
    { action: "restore", key: "u ä", versionId: first, dryRun: false },
  ]);
  assert.equal(await textOf("u ä"), "one");
  await run("undo", url);
  assert.equal(await textOf("u ä"), "two");
  // Two deletions are one.
  for (let time = 0; time < 2; time++)
    await commands.server.client.deleteObject({ bucket: "letters", key: "u ä" });
  await run("undo", url);
  assert.equal(await textOf("u ä"), "two");
  // one, two, one, two: nothing of it was removed.
  assert.equal(await countOf("u ä"), 4);
});

test("undo and restore work where no new versions are kept, and lose nothing", async () => {
  const { client } = commands.server;
  const bucket = "off";
  await client.createBucket({ bucket });
  const of = async (key: string): Promise<string> =>
    await (await client.getObject({ bucket, key })).body.text();
  const first = await (async () => {
    await client.putBucketVersioning({ bucket, status: "Enabled" });
    const { versionId } = await client.putObject({ bucket, key: "deleted", body: "one" });
    await client.putObject({ bucket, key: "kept", body: "one" });
    await client.putObject({ bucket, key: "kept", body: "two" });
    await client.putObject({ bucket, key: "written", body: "one" });
    return versionId;
  })();
  assert.equal((await run("versions", "off", "s3://off")).code, 0);

  assert.equal((await run("rm", "s3://off/deleted")).code, 0);
  assert.equal((await run("undo", "s3://off/deleted")).stdout, "s3://off/deleted: is there again\n");
  assert.equal(await of("deleted"), "one");
  // Only the version null is replaced, which a marker is here.
  await run("rm", "s3://off/deleted");
  assert.equal((await run("versions", "restore", `s3://off/deleted?versionId=${first}`)).code, 0);
  assert.equal(await of("deleted"), "one");
  assert.equal((await run("undo", "s3://off/kept")).code, 0);
  assert.equal(await of("kept"), "one");

  const lost = "its version null would be lost, since s3://off keeps no new versions";
  await client.putObject({ bucket, key: "written", body: "of no version" });
  const { versions } = await client.listObjectVersions({ bucket, prefix: "written" });
  const wrong = await run("versions", "restore", `s3://off/written?versionId=${versions[1]?.versionId}`);
  assert.deepEqual(wrong, {
    code: 1,
    stdout: "",
    stderr: `stowage: s3://off/written: ${lost}; have the bucket keep them, and repeat the command: stowage versions on s3://off\n`,
  });
  await run("rm", "s3://off/kept");
  const many = await run("undo", "-r", "s3://off", "--include", "kept", "--include", "written");
  assert.deepEqual(many, {
    code: 1,
    stdout: "s3://off/kept: is there again\n",
    stderr: `stowage: s3://off/written: ${lost}\nstowage: 1 of 2 was not taken back; have the bucket keep versions, and repeat the command: stowage versions on s3://off\n`,
  });
  assert.equal(await of("written"), "of no version");
  await run("versions", "on", "s3://off");
  assert.equal((await run("undo", "s3://off/written")).code, 0);
  assert.equal(await of("written"), "one");
  assert.equal((await run("undo", "s3://off/written")).code, 0);
  assert.equal(await of("written"), "of no version");
});

test("undo --since has a folder as it was, and touches nothing beside it", async () => {
  const { client } = commands.server;
  for (const key of ["s/changed", "s/deleted", "s/kept", "beside"]) await put(key, "before");
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const since = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await put("s/changed", "after");
  await put("s/changed", "after that");
  await put("s/new", "after");
  await put("beside", "after");
  await client.deleteObject({ bucket: "letters", key: "s/deleted" });
  const { stdout } = await run("undo", "-r", "s3://letters/s/", "--since", since);
  assert.equal(stdout.trim().split("\n").length, 3, stdout);
  assert.deepEqual(await Promise.all(["s/changed", "s/deleted", "s/kept", "s/new", "beside"].map(textOf)), [
    "before",
    "before",
    "before",
    null,
    "after",
  ]);
});

test("undo says where there is nothing to take back", async () => {
  await put("one", "x", "photos");
  const wrong = await Promise.all([
    run("undo", "s3://photos/one"),
    run("undo", "s3://letters/never"),
    run("undo", "s3://letters/s/"),
    run("undo", "s3://letters/s/kept", "--since", "yesterday"),
    run("undo", "s3://letters/s/kept", "--since", "1s"),
  ]);
  assert.deepEqual(
    wrong.map(({ code }) => code),
    [1, 1, 2, 2, 1],
  );
  assert.match(wrong[0]?.stderr ?? "", /has never kept versions, so that nothing can be taken back/);
  assert.match(wrong[1]?.stderr ?? "", /there is no change of s3:\/\/letters\/never to take back/);
  assert.match(wrong[3]?.stderr ?? "", /--since: "yesterday" is no time; give it as 10m/);
});
