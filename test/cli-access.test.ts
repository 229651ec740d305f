/** `stowage stat`, `mb`, `rb`, `acl` and `grant` on a server. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { useCommands } from "./support/command.ts";

const everybody = { permission: "READ", grantee: { type: "group", group: "AllUsers" } };
const odd = "größe/a b?c%d&e'f.txt";

const commands = useCommands({
  bucket: "photos",
  prepare: async ({ server }) => {
    const { client, bucket } = server;
    await client.putObject({
      bucket,
      key: odd,
      body: "odd",
      contentType: "text/plain",
      metadata: { who: "ä b" },
    });
    for (const key of ["2026/a.jpg", "2026/b.jpg", "c.jpg"])
      await client.putObject({ bucket, key, body: key });
  },
});
const { run } = commands;

async function json(...words: string[]): Promise<unknown[]> {
  const { code, stdout, stderr } = await run(...words, "--json");
  assert.equal(code, 0, stderr);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

async function grantsOf(key: string): Promise<unknown[]> {
  const { owner, grants } = await commands.server.client.getObjectAcl({ bucket: "photos", key });
  return grants.filter(({ grantee }) => grantee.type !== "user" || grantee.id !== owner.id);
}

test("stat shows an object, whatever it is called, and a version of it", async () => {
  const shown = await run("stat", `s3://photos/${odd}`);
  assert.match(shown.stdout, /^url +s3:\/\/photos\/größe\/a b\?c%d&e'f\.txt\nsize +3 bytes\n/);
  assert.match(shown.stdout, /\ncontent type +text\/plain\n.*\nmetadata who +ä b\n$/s);
  await commands.server.client.createBucket({ bucket: "kept", objectLockEnabledForBucket: true });
  const locked = { bucket: "kept", key: "k", body: "x", storageClass: "STANDARD_IA", tagging: { a: "1" } };
  const { versionId = "" } = await commands.server.client.putObject({
    ...locked,
    checksumAlgorithm: "CRC32",
    encryption: { algorithm: "AES256" },
    objectLockLegalHoldStatus: "ON",
  });
  await commands.server.client.putObject({ bucket: "kept", key: "k", body: "newer" });
  const [facts] = (await json("stat", `s3://kept/k?versionId=${versionId}`)) as Record<string, unknown>[];
  const { modified, etag, ...rest } = facts ?? {};
  assert.ok(Date.parse(String(modified)) > Date.now() - 60_000);
  assert.equal(etag, "9dd4e461268c8034f5c8564e155c67a6");
  assert.deepEqual(rest, {
    url: `s3://kept/k?versionId=${versionId}`,
    size: 1,
    contentType: "application/octet-stream",
    checksum: "CRC32 jNwWgw==",
    storageClass: "STANDARD_IA",
    encryption: "AES256",
    versionId,
    tags: { a: "1" },
    legalHold: "ON",
    metadata: {},
  });
  await commands.server.client.putObjectLegalHold({ bucket: "kept", key: "k", versionId, legalHold: "OFF" });
});

test("stat shows a bucket, and what is not there is an error with the way out", async () => {
  const [facts] = (await json("stat", "s3://photos")) as Record<string, unknown>[];
  assert.deepEqual(facts, {
    url: "s3://photos",
    region: "us-east-1",
    owner: "test",
    versioning: "Off",
    acl: "private",
    policy: "none",
    tags: {},
  });
  for (const [bucket, acl, said] of [
    ["for-all", "public-read", "grants to everybody"],
    ["for-some", "authenticated-read", "grants to some"],
  ] as const) {
    await commands.server.client.createBucket({ bucket, acl });
    assert.equal(((await json("stat", `s3://${bucket}`))[0] as Record<string, unknown>)["acl"], said);
  }
  await commands.server.client.createBucket({ bucket: "with-policy" });
  const deny = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::with-policy/x",
  };
  await commands.server.client.putBucketPolicy({
    bucket: "with-policy",
    policy: JSON.stringify({ Version: "2012-10-17", Statement: [deny] }),
  });
  assert.match((await run("stat", "s3://with-policy")).stdout, /\npolicy +not public\n/);
  assert.match((await run("stat", "s3://photos")).stdout, /^url +s3:\/\/photos\nregion +us-east-1\n/);
  const [key, bucket, none] = await Promise.all([
    run("stat", "s3://photos/none"),
    run("stat", "s3://none-such"),
    run("stat", "photos"),
  ]);
  assert.deepEqual([key.code, bucket.code, none.code], [1, 1, 2]);
  assert.match(key.stderr, /s3:\/\/photos\/none: .*NoSuchKey, 404\); look what is there with stowage ls/);
  assert.match(bucket.stderr, /NoSuchBucket, 404\); make it with stowage mb s3:\/\/none-such/);
  assert.match(none.stderr, /"photos" is no address of S3; give it as s3:\/\/photos\n/);
});

test("mb makes buckets with versions, a lock and an ACL", async () => {
  assert.equal(
    (await run("mb", "s3://one-bucket", "s3://two-bucket")).stdout,
    "made s3://one-bucket\nmade s3://two-bucket\n",
  );
  assert.deepEqual(await json("mb", "s3://versions", "--versions", "--acl", "public-read"), [
    { bucket: "versions", made: true },
  ]);
  const { client } = commands.server;
  assert.deepEqual(await run("mb", "s3://one-bucket", "--versions", "--acl", "public-read"), {
    code: 1,
    stdout: "",
    stderr:
      "stowage: s3://one-bucket exists already, and is as it was; choose another name; stowage versions on and stowage acl set change a bucket that is there\n",
  });
  assert.equal((await client.getBucketVersioning({ bucket: "one-bucket" })).status, undefined);
  assert.equal((await client.getBucketAcl({ bucket: "one-bucket" })).grants.length, 1);
  assert.deepEqual((await client.getBucketVersioning({ bucket: "versions" })).status, "Enabled");
  assert.ok((await client.getBucketAcl({ bucket: "versions" })).grants.length > 1);
  assert.equal((await run("mb", "s3://locked", "--lock")).code, 0);
  assert.equal((await client.getObjectLockConfiguration({ bucket: "locked" })).defaultRetention, undefined);
  const [name, key, acl] = await Promise.all([
    run("mb", "s3://No_Bucket"),
    run("mb", "s3://a-bucket/key"),
    run("mb", "s3://a-bucket", "--acl", "publik"),
  ]);
  assert.match(name.stderr, /InvalidBucketName, 400/);
  assert.match(key.stderr, /"s3:\/\/a-bucket\/key" is no bucket but has a key/);
  assert.match(acl.stderr, /Allowed choices are private, public-read,/);
  assert.deepEqual([name.code, key.code, acl.code], [1, 2, 2]);
});

test("rb removes what is empty, with --force what is not, and versions only when they are named", async () => {
  const { client } = commands.server;
  const put = async (bucket: string, versions: boolean): Promise<void> => {
    await client.createBucket({ bucket });
    if (versions) await client.putBucketVersioning({ bucket, status: "Enabled" });
    for (const key of ["a b", odd]) await client.putObject({ bucket, key, body: "x" });
    await client.createMultipartUpload({ bucket, key: "unfinished" });
    if (versions) await client.deleteObject({ bucket, key: odd });
  };
  await put("full", false);
  assert.match(
    (await run("rb", "s3://full")).stderr,
    /BucketNotEmpty.*; empty it first: stowage rb --force s3:\/\/full\n$/,
  );
  assert.match(
    (await run("rb", "--dry-run", "s3://full")).stderr,
    /s3:\/\/full is not empty; empty it first/,
  );
  assert.equal(
    (await run("rb", "--force", "--dry-run", "s3://full")).stdout,
    `would delete s3://full/a b\nwould delete s3://full/${odd}\nwould remove s3://full\n`,
  );
  assert.equal((await client.listObjectsV2({ bucket: "full" })).objects.length, 2);
  assert.equal((await run("rb", "--force", "s3://full")).stdout, "removed s3://full\n");

  await put("versioned", true);
  const refused = await run("rb", "--force", "s3://versioned");
  assert.match(refused.stderr, /keeps versions, which --force leaves where they are; remove all of them/);
  assert.equal((await client.listObjectVersions({ bucket: "versioned" })).versions.length, 3);
  assert.deepEqual(await json("rb", "--force", "--all-versions", "s3://versioned"), [
    { bucket: "versioned", removed: true },
  ]);
  assert.match((await run("rb", "s3://versioned")).stderr, /NoSuchBucket/);
});

test("rb says which object a lock keeps", async () => {
  const { client } = commands.server;
  const key = { bucket: "kept", key: "held" };
  const { versionId } = await client.putObject({ ...key, body: "x", objectLockLegalHoldStatus: "ON" });
  const { code, stderr } = await run("rb", "--force", "--all-versions", "s3://kept");
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^stowage: 1 of the objects in s3:\/\/kept could not be deleted; the first is "held": .*AccessDenied/,
  );
  await client.putObjectLegalHold({ ...key, versionId, legalHold: "OFF" });
});

test("acl shows the grants of a bucket, an object and a version", async () => {
  assert.match(
    (await run("acl", `s3://photos/${odd}`)).stdout,
    /^owner: test \([0-9a-f]{64}\)\nPERMISSION +WHO +NAME OR ID\nFULL_CONTROL +user +test \([0-9a-f]{64}\)\n$/,
  );
  const [bucket] = (await json("acl", "s3://photos")) as { url: string; grants: unknown[] }[];
  assert.equal(bucket?.url, "s3://photos");
  assert.equal(bucket.grants.length, 1);
  assert.match((await run("acl", "s3://photos/none")).stderr, /NoSuchKey/);
});

test("acl set gives one object, those of a folder and of a pattern, and the bucket a canned list", async () => {
  assert.equal(
    (await run("acl", "set", `s3://photos/${odd}`, "public-read")).stdout,
    `s3://photos/${odd}: is public-read now\n`,
  );
  assert.deepEqual(await grantsOf(odd), [everybody]);
  await run("acl", "set", "s3://photos/2026/", "public-read", "-r");
  assert.deepEqual([await grantsOf("2026/a.jpg"), await grantsOf("c.jpg")], [[everybody], []]);
  await run("acl", "set", "s3://photos/2026/a*", "private");
  assert.deepEqual([await grantsOf("2026/a.jpg"), await grantsOf("2026/b.jpg")], [[], [everybody]]);
  assert.deepEqual(await json("acl", "set", "s3://photos", "public-read"), [
    { url: "s3://photos", acl: "public-read" },
  ]);
  assert.equal((await commands.server.client.getBucketAcl({ bucket: "photos" })).grants.length, 2);
  await run("acl", "set", "s3://photos", "private");
});

test("acl set says what was meant, and that nothing matches", async () => {
  const [word, many, folder, none] = await Promise.all([
    run("acl", "ste", "s3://photos", "private"),
    run("acl", "s3://photos", "private"),
    run("acl", "set", "s3://photos/2026/", "private"),
    run("acl", "set", "s3://photos/x*", "private"),
  ]);
  assert.match(word.stderr, /^stowage: unknown command 'ste'\n\(Did you mean set, or s3:\/\/ste\?\)/);
  assert.match(many.stderr, /^stowage: too many arguments for 'acl'/);
  assert.match(folder.stderr, /is a folder, not an object; add --recursive/);
  assert.match(none.stderr, /^stowage: nothing matches s3:\/\/photos\/x\*; look/);
  assert.deepEqual([word.code, many.code, folder.code, none.code], [2, 2, 2, 1]);
});

test("grant add and rm change rights of one, and leave the others", async () => {
  const key = "c.jpg";
  const id = (await commands.server.client.listBuckets()).owner.id;
  await run("grant", "add", "s3://photos/c.jpg", "--read", "--group", "AllUsers");
  await run("grant", "add", "s3://photos/c.jpg", "--read", "--read-acp", "--group", "AuthenticatedUsers");
  // What is granted already is not granted twice.
  await run("grant", "add", "s3://photos/c.jpg", "--read", "--group", "AllUsers");
  const users = { type: "group", group: "AuthenticatedUsers" };
  assert.deepEqual(await grantsOf(key), [
    everybody,
    { permission: "READ", grantee: users },
    { permission: "READ_ACP", grantee: users },
  ]);
  await run("grant", "rm", "s3://photos/c.jpg", "--read", "--group", "AuthenticatedUsers");
  await run("grant", "rm", "s3://photos/c.jpg", "--group", "AllUsers");
  assert.deepEqual(await grantsOf(key), [{ permission: "READ_ACP", grantee: users }]);
  const { grants } = await commands.server.client.getObjectAcl({ bucket: "photos", key });
  assert.ok(
    grants.some(({ grantee }) => grantee.type === "user" && grantee.id === id),
    "the owner's stays",
  );
  assert.deepEqual(await json("grant", "add", "-r", "s3://photos/2026/", "--full-control", "--id", id), [
    { url: "s3://photos/2026/a.jpg", granted: { id, permissions: ["FULL_CONTROL"] } },
    { url: "s3://photos/2026/b.jpg", granted: { id, permissions: ["FULL_CONTROL"] } },
  ]);
});

test("grant says who and what is missing", async () => {
  const [nobody, nothing, two, email, unknown] = await Promise.all([
    run("grant", "add", "s3://photos/c.jpg", "--read"),
    run("grant", "add", "s3://photos/c.jpg", "--group", "AllUsers"),
    run("grant", "add", "s3://photos/c.jpg", "--read", "--group", "AllUsers", "--id", "x"),
    run("grant", "rm", "s3://photos/c.jpg", "--email", "a@example.com"),
    run("grant", "add", "s3://photos/c.jpg", "--read", "--email", "a@example.com"),
  ]);
  assert.match(nobody.stderr, /nobody was named; give one of --id, --email and --group/);
  assert.match(nothing.stderr, /no right was named; give --read/);
  assert.match(two.stderr, /several were named/);
  assert.match(email.stderr, /lists keep no e-mail addresses.*give --id/);
  assert.match(unknown.stderr, /UnresolvableGrantByEmailAddress/);
  assert.deepEqual(
    [nobody, nothing, two, email, unknown].map(({ code }) => code),
    [2, 2, 2, 2, 1],
  );
});

test("commands without rights say which right is missing", async () => {
  const bucket = "denied";
  await commands.server.client.createBucket({ bucket });
  const deny = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:GetBucketAcl",
    Resource: `arn:aws:s3:::${bucket}`,
  };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [deny] });
  await commands.server.client.putBucketPolicy({ bucket, policy });
  const denied = await run("acl", `s3://${bucket}`);
  assert.equal(denied.code, 1);
  assert.match(denied.stderr, /AccessDenied, 403\); these keys lack the right/);
});
