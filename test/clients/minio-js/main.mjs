/** MinIO's client for JavaScript: `node test/clients/minio-js/main.mjs`. */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as harness from "../harness.mjs";

const minio = harness.load("minio");
const { hostname, port } = new URL(harness.endpoint);
const client = new minio.Client({
  endPoint: hostname,
  port: Number(port),
  useSSL: false,
  region: harness.region,
  accessKey: harness.accessKey,
  secretKey: harness.secretKey,
  partSize: 5 * harness.MiB,
});

/** Declares a test with a bucket of its own, which is emptied and deleted afterwards. */
function testWithBucket(name, run) {
  test(name, async (t) => {
    const bucket = harness.bucketName("minio");
    await client.makeBucket(bucket, harness.region);
    t.after(async () => {
      const versions = await collect(client.listObjects(bucket, "", true, { IncludeVersion: true }));
      const removed = await client.removeObjects(
        bucket,
        versions.map(({ name: key, versionId }) => ({ name: key, versionId })),
      );
      assert.deepEqual(
        removed.filter((entry) => entry?.Error !== undefined),
        [],
      );
      await client.removeBucket(bucket);
    });
    await run(bucket, t);
  });
}

async function collect(stream) {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
}

async function read(bucket, key, options) {
  return Buffer.concat(await collect(await client.getObject(bucket, key, options)));
}

async function temporaryFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), "stowage-minio-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

const hasCode = (code) => (error) => {
  assert.equal(error.code, code, error.stack);
  return true;
};

testWithBucket("a bucket is made, found and listed", async (bucket) => {
  assert.equal(await client.bucketExists(bucket), true);
  assert.equal(await client.bucketExists(`${bucket}-missing`), false);
  const buckets = await client.listBuckets();
  assert.ok(buckets.some(({ name, creationDate }) => name === bucket && creationDate instanceof Date));
  await assert.rejects(client.removeBucket(`${bucket}-missing`), hasCode("NoSuchBucket"));
  await client.putObject(bucket, "key", "text");
  await assert.rejects(client.removeBucket(bucket), hasCode("BucketNotEmpty"));
});

testWithBucket("an object keeps its bytes and metadata", async (bucket) => {
  const metadata = { "Content-Type": "text/x-ten", "Cache-Control": "max-age=60", "X-Amz-Meta-By": "minio" };
  const { etag } = await client.putObject(bucket, "folder/ü + x", "0123456789", 10, metadata);
  assert.equal(etag, "781e5e245d69b566979b86e28d23f2c7");
  const { size, metaData } = await client.statObject(bucket, "folder/ü + x");
  assert.deepEqual(
    [size, metaData["content-type"], metaData["cache-control"], metaData.by],
    [10, "text/x-ten", "max-age=60", "minio"],
  );
  assert.equal((await read(bucket, "folder/ü + x")).toString(), "0123456789");
  const part = await collect(await client.getPartialObject(bucket, "folder/ü + x", 2, 3));
  assert.equal(Buffer.concat(part).toString(), "234");
  await assert.rejects(client.getObject(bucket, "missing"), hasCode("NoSuchKey"));
  await assert.rejects(client.statObject(bucket, "missing"), hasCode("NotFound"));
});

testWithBucket("files go up and down", async (bucket, t) => {
  const folder = await temporaryFolder(t);
  const content = harness.patternedBytes(100_000);
  await writeFile(join(folder, "up.html"), content);
  await client.fPutObject(bucket, "page", join(folder, "up.html"));
  assert.equal((await client.statObject(bucket, "page")).metaData["content-type"], "text/html");
  await client.fGetObject(bucket, "page", join(folder, "down"));
  assert.deepEqual(await readFile(join(folder, "down")), content);
});

testWithBucket(
  "a file goes up in parts, and an upload that was begun is found and removed",
  async (bucket, t) => {
    const folder = await temporaryFolder(t);
    const content = harness.patternedBytes(11 * harness.MiB + 5);
    await writeFile(join(folder, "large"), content);
    const { etag } = await client.fPutObject(bucket, "large", join(folder, "large"));
    assert.match(etag, /-\d$/);
    assert.deepEqual(await read(bucket, "large"), content);

    const uploadId = await client.initiateNewMultipartUpload(bucket, "broken", {});
    const incomplete = await collect(client.listIncompleteUploads(bucket, "", true));
    assert.deepEqual(
      incomplete.map(({ key, uploadId: id }) => [key, id]),
      [["broken", uploadId]],
    );
    await client.removeIncompleteUpload(bucket, "broken");
    assert.deepEqual(await collect(client.listIncompleteUploads(bucket, "", true)), []);
  },
);

testWithBucket("listings show folders and any key", async (bucket) => {
  for (const key of harness.oddKeys) await client.putObject(bucket, key, key);
  const found = await collect(client.listObjectsV2(bucket, "", true));
  const names = harness.oddKeys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual(
    found.map(({ name }) => name),
    names,
  );
  const folders = await collect(client.listObjects(bucket, "folder/", false));
  assert.deepEqual(
    folders.map(({ prefix }) => prefix),
    ["folder//"],
  );
  const after = await collect(client.listObjectsV2(bucket, "", true, "tilde"));
  assert.deepEqual(
    after.map(({ name }) => name),
    names.slice(names.indexOf("tilde~!*'()")),
  );
  for (const key of harness.oddKeys) assert.equal((await read(bucket, key)).toString(), key);
});

testWithBucket("objects are copied, composed and removed", async (bucket) => {
  await client.putObject(bucket, "one", harness.patternedBytes(5 * harness.MiB));
  await client.putObject(bucket, "two", "end");
  await client.copyObject(bucket, "copy", `/${bucket}/two`);
  assert.equal((await read(bucket, "copy")).toString(), "end");
  const conditions = new minio.CopyConditions();
  conditions.setMatchETag("00000000000000000000000000000000");
  await assert.rejects(
    client.copyObject(bucket, "copy", `/${bucket}/two`, conditions),
    hasCode("PreconditionFailed"),
  );
  const sources = ["one", "two"].map((Object) => new minio.CopySourceOptions({ Bucket: bucket, Object }));
  await client.composeObject(new minio.CopyDestinationOptions({ Bucket: bucket, Object: "whole" }), sources);
  assert.deepEqual((await read(bucket, "whole")).subarray(-4).toString(), "\nend");
  await client.removeObject(bucket, "copy");
  await client.removeObjects(bucket, ["one", "two"]);
  const left = await collect(client.listObjectsV2(bucket, "", true));
  assert.deepEqual(
    left.map(({ name }) => name),
    ["whole"],
  );
});

testWithBucket("URLs and forms are presigned", async (bucket) => {
  const put = await client.presignedPutObject(bucket, "a key/ü+", 60);
  assert.equal((await fetch(put, { method: "PUT", body: "text" })).status, 200);
  const get = await client.presignedGetObject(bucket, "a key/ü+", 60, {
    "response-content-type": "text/x-other",
  });
  const answer = await fetch(get);
  assert.deepEqual([await answer.text(), answer.headers.get("content-type")], ["text", "text/x-other"]);
  assert.equal((await fetch(get.replace("x-other", "html"))).status, 403);

  const policy = client.newPostPolicy();
  policy.setBucket(bucket);
  policy.setKey("posted");
  policy.setExpires(new Date(Date.now() + 60_000));
  policy.setContentLengthRange(1, 10);
  const { postURL, formData } = await client.presignedPostPolicy(policy);
  const post = (text) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(formData)) form.append(name, value);
    form.append("file", new Blob([text]), "file.txt");
    return fetch(postURL, { method: "POST", body: form });
  };
  assert.equal((await post("nine char")).status, 204);
  assert.equal((await post("eleven char")).status, 400);
  assert.equal((await read(bucket, "posted")).toString(), "nine char");
});

testWithBucket("a policy opens a prefix", async (bucket) => {
  await assert.rejects(client.getBucketPolicy(bucket), hasCode("NoSuchBucketPolicy"));
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: ["*"] },
        Action: ["s3:GetObject"],
        Resource: [`arn:aws:s3:::${bucket}/open/*`],
      },
    ],
  };
  await client.setBucketPolicy(bucket, JSON.stringify(policy));
  assert.deepEqual(JSON.parse(await client.getBucketPolicy(bucket)), policy);
  await client.putObject(bucket, "open/key", "text");
  await client.putObject(bucket, "key", "text");
  const status = async (key) => (await fetch(`${harness.endpoint}/${bucket}/${key}`)).status;
  assert.deepEqual([await status("open/key"), await status("key")], [200, 403]);
  await client.setBucketPolicy(bucket, "");
  assert.equal(await status("open/key"), 403);
});

testWithBucket("tags, lifecycle rules and encryption are kept", async (bucket) => {
  await client.setBucketTagging(bucket, { team: "web" });
  assert.deepEqual(await client.getBucketTagging(bucket), [{ Key: "team", Value: "web" }]);
  await client.removeBucketTagging(bucket);
  await client.putObject(bucket, "key", "text");
  await client.setObjectTagging(bucket, "key", { a: "one" });
  assert.deepEqual(await client.getObjectTagging(bucket, "key"), [{ Key: "a", Value: "one" }]);
  const Rule = [{ ID: "old", Status: "Enabled", Filter: { Prefix: "old/" }, Expiration: { Days: "30" } }];
  await client.setBucketLifecycle(bucket, { Rule });
  const found = await client.getBucketLifecycle(bucket);
  assert.deepEqual(
    [found.Rule].flat().map(({ ID }) => ID),
    ["old"],
  );
  await client.removeBucketLifecycle(bucket);
  await client.setBucketEncryption(bucket, {
    Rule: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
  });
  assert.match(JSON.stringify(await client.getBucketEncryption(bucket)), /"SSEAlgorithm":"AES256"/);
});

testWithBucket("versions are kept, read and removed by their ids", async (bucket) => {
  await client.setBucketVersioning(bucket, { Status: "Enabled" });
  assert.deepEqual(await client.getBucketVersioning(bucket), { Status: "Enabled" });
  const { versionId } = await client.putObject(bucket, "key", "one");
  await client.putObject(bucket, "key", "two");
  await client.removeObject(bucket, "key");
  await assert.rejects(client.getObject(bucket, "key"), hasCode("NoSuchKey"));
  assert.equal((await read(bucket, "key", { versionId })).toString(), "one");
  const versions = await collect(client.listObjects(bucket, "", true, { IncludeVersion: true }));
  const markers = versions.filter(({ isDeleteMarker }) => isDeleteMarker);
  assert.deepEqual([versions.length, markers.length], [3, 1]);
  await client.removeObject(bucket, "key", { versionId: markers[0].versionId });
  assert.equal((await read(bucket, "key")).toString(), "two");
});

test("a version under a lock stays until governance is bypassed", async (t) => {
  const bucket = harness.bucketName("minio-lock");
  await client.makeBucket(bucket, harness.region, { ObjectLocking: true });
  t.after(() => client.removeBucket(bucket));
  const { versionId } = await client.putObject(bucket, "key", "kept");
  const retainUntilDate = new Date(Date.now() + 3600_000).toISOString();
  await client.putObjectRetention(bucket, "key", { mode: "GOVERNANCE", retainUntilDate, versionId });
  const { mode } = await client.getObjectRetention(bucket, "key", { versionId });
  assert.equal(mode, "GOVERNANCE");
  await assert.rejects(client.removeObject(bucket, "key", { versionId }), hasCode("AccessDenied"));
  await client.setObjectLegalHold(bucket, "key", { status: "ON", versionId });
  assert.deepEqual(await client.getObjectLegalHold(bucket, "key", { versionId }), { Status: "ON" });
  await client.setObjectLegalHold(bucket, "key", { status: "OFF", versionId });
  await client.removeObject(bucket, "key", { versionId, governanceBypass: true });
});
