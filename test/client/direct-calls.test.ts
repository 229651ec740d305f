/** Methods that nothing else of the client calls, and what boto's objects call for themselves: each by its own name. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import type { Bucket } from "../../src/client/bucket.ts";
import type { S3Client } from "../../src/client/s3-client.ts";
import { describeClient } from "./endpoints.ts";

describeClient("direct calls", (context) => {
  let bucket: Bucket;
  let client: S3Client;
  before(async () => {
    bucket = await context().bucket();
    ({ client } = context().conn);
  });

  const permissionsOf = async (keyName?: string): Promise<string[]> =>
    (await bucket.getAcl(keyName)).acl.grants.map(({ permission }) => permission).sort();

  test("setCannedAcl() of a bucket, of a key by the bucket, and of a key", async () => {
    const key = bucket.newKey("canned");
    await key.put("x");
    await bucket.setCannedAcl("public-read");
    assert.deepEqual(await permissionsOf(), ["FULL_CONTROL", "READ"]);
    await bucket.setCannedAcl("private");
    assert.deepEqual(await permissionsOf(), ["FULL_CONTROL"]);
    await bucket.setCannedAcl("public-read-write", "canned");
    assert.deepEqual(await permissionsOf("canned"), ["FULL_CONTROL", "READ", "WRITE"]);
    await key.setCannedAcl("authenticated-read");
    assert.deepEqual(await permissionsOf("canned"), ["FULL_CONTROL", "READ"]);
  });

  test("getAclXml() and putAclXml() carry the document of a bucket and of a key", async () => {
    await bucket.newKey("open").put("x", { policy: "public-read" });
    await bucket.newKey("closed").put("x");
    const xml = await client.getAclXml({ bucket: bucket.name, key: "open" });
    assert.match(xml, /AllUsers<\/URI>/);
    await client.putAclXml({ bucket: bucket.name, key: "closed" }, xml);
    assert.deepEqual(await permissionsOf("closed"), ["FULL_CONTROL", "READ"]);
    await client.putAclXml({ bucket: bucket.name }, xml);
    assert.match(await client.getAclXml({ bucket: bucket.name }), /AllUsers<\/URI>/);
    await client.putAclXml({ bucket: bucket.name, acl: "private" }, undefined);
    assert.doesNotMatch(await client.getAclXml({ bucket: bucket.name }), /AllUsers/);
  });

  test("updateMetadata() sets metadata and content headers for the next put()", async () => {
    const key = bucket.newKey("updated");
    key.updateMetadata({ Colour: "blue", "Content-Type": "text/x-mine", "cache-control": "no-cache" });
    await key.put("x");
    const found = await bucket.getKey("updated");
    assert.deepEqual(
      [{ ...found?.metadata }, found?.contentType, found?.cacheControl],
      [{ colour: "blue" }, "text/x-mine", "no-cache"],
    );
  });

  test("setSubresource() puts a document for the bucket and for a key", async () => {
    const cors =
      "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>";
    const digests: (string | undefined)[] = [];
    const { transport } = client.core;
    const watching = context().connect({
      transport: {
        ...transport,
        send: (request) => {
          digests.push(request.headers["content-md5"]);
          return transport.send(request);
        },
      },
    });
    await (await watching.getBucket(bucket.name, { validate: false })).setSubresource("cors", cors);
    // AWS takes many of these documents only with a digest.
    assert.deepEqual(digests, [createHash("md5").update(cors).digest("base64")]);
    assert.deepEqual((await bucket.getCors())[0]?.allowedMethods, ["GET"]);
    const key = bucket.newKey("subresource");
    await key.put("x");
    const tagging = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
    await bucket.setSubresource("tagging", tagging, key.name);
    assert.deepEqual(await key.getTags(), { a: "1" });
  });

  test("uploadPartFromFile() sends a part from an open file", async () => {
    const directory = await mkdtemp(join(tmpdir(), "stowage-client-"));
    try {
      await writeFile(join(directory, "part"), "of a file");
      const upload = await bucket.initiateMultipartUpload("from-file");
      const file = await open(join(directory, "part"));
      await upload.uploadPartFromFile(file, 1);
      await file.close();
      assert.equal(await (await upload.completeUpload()).text(), "of a file");
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test("uploadPartCopy() makes a part of a range", async () => {
    await bucket.newKey("source").put("0123456789");
    const object = { bucket: bucket.name, key: "of a range" };
    const { uploadId } = await client.createMultipartUpload(object);
    const copySource = { bucket: bucket.name, key: "source" };
    const part = { ...object, uploadId, partNumber: 1, copySource, copySourceRange: "bytes=2-4" };
    const { etag } = await client.uploadPartCopy(part);
    await client.completeMultipartUpload({ ...object, uploadId, parts: [{ partNumber: 1, etag }] });
    assert.equal(await bucket.newKey("of a range").text(), "234");
  });

  test("buildPostPolicy() writes the document that a form's policy is made of", () => {
    const conditions = [{ bucket: "b" }, ["starts-with", "$key", "in/"]] as const;
    assert.equal(
      context().conn.buildPostPolicy(new Date("2026-01-31T12:00:00Z"), conditions),
      '{"expiration":"2026-01-31T12:00:00.000Z","conditions":[{"bucket":"b"},["starts-with","$key","in/"]]}',
    );
  });

  test("renameObject() gives an object another key, and replaces none where it is told not to", async (t) => {
    if (context().kind === "rgw") return t.skip("RGW has no RenameObject");
    await bucket.newKey("old name").put("x", { metadata: { a: "1" } });
    await bucket.newKey("taken").put("y");
    const rename = { bucket: bucket.name, sourceKey: "old name" };
    await assert.rejects(client.renameObject({ ...rename, key: "taken", ifNoneMatch: "*" }), {
      code: "PreconditionFailed",
    });
    await client.renameObject({ ...rename, key: "new name/ü" });
    const renamed = await bucket.getKey("new name/ü");
    assert.deepEqual([await renamed?.text(), renamed?.getMetadata("a")], ["x", "1"]);
    assert.equal(await bucket.getKey("old name"), null);
    return undefined;
  });

  test("restoreObject() and restore() ask for what is archived, and are refused for what is not", async (t) => {
    if (context().kind === "rgw") return t.skip("RGW has no archive");
    const archived = bucket.newKey("archived");
    await archived.put("x", { storageClass: "GLACIER" });
    await client.restoreObject({ bucket: bucket.name, key: "archived", days: 1 });
    await archived.restore(1);
    assert.equal(await archived.text(), "x");
    const atHand = bucket.newKey("at hand");
    await atHand.put("x");
    await assert.rejects(atHand.restore(1), { code: "InvalidObjectState", status: 403 });
    return undefined;
  });

  test("a website is put, read and deleted", async (t) => {
    if (context().kind === "rgw") return t.skip("RGW has no websites unless it is set up for them");
    const website = { indexSuffix: "index.html", errorKey: "404.html" };
    await client.putBucketWebsite({ bucket: bucket.name, website });
    assert.deepEqual(await client.getBucketWebsite({ bucket: bucket.name }), website);
    await client.deleteBucketWebsite({ bucket: bucket.name });
    await assert.rejects(client.getBucketWebsite({ bucket: bucket.name }), {
      code: "NoSuchWebsiteConfiguration",
      status: 404,
    });
    return undefined;
  });

  test("who pays for requests is put and read", async () => {
    assert.equal(await client.getBucketRequestPayment({ bucket: bucket.name }), "BucketOwner");
    await client.putBucketRequestPayment({ bucket: bucket.name, payer: "Requester" });
    assert.equal(await client.getBucketRequestPayment({ bucket: bucket.name }), "Requester");
    await client.putBucketRequestPayment({ bucket: bucket.name, payer: "BucketOwner" });
  });

  test("logging is put, read and ended", async (t) => {
    if (context().kind === "rgw") return t.skip("RGW, up to Pacific, has no access logs of buckets");
    const logs = await context().bucket();
    await logs.setAsLoggingTarget();
    const logging = { targetBucket: logs.name, targetPrefix: "of one/" };
    await client.putBucketLogging({ bucket: bucket.name, logging });
    const { targetBucket, targetPrefix } = (await client.getBucketLogging({ bucket: bucket.name })) ?? {};
    assert.deepEqual({ targetBucket, targetPrefix }, logging);
    await client.putBucketLogging({ bucket: bucket.name, logging: null });
    assert.equal(await client.getBucketLogging({ bucket: bucket.name }), null);
    return undefined;
  });

  test("notifications are read where nobody is told", async (t) => {
    if (context().kind === "rgw") return t.skip("RGW lists the bucket unless it is set up for notifications");
    assert.deepEqual(await client.getBucketNotificationConfiguration({ bucket: bucket.name }), []);
    return undefined;
  });

  test("CORS rules, tags, lifecycle rules and policy of a bucket are deleted", async () => {
    const { name } = bucket;
    await client.putBucketCors({
      bucket: name,
      rules: [{ allowedOrigins: ["*"], allowedMethods: ["GET"] }],
    });
    await client.deleteBucketCors({ bucket: name });
    await assert.rejects(client.getBucketCors({ bucket: name }), { status: 404 });

    await client.putBucketTagging({ bucket: name, tags: { a: "1" } });
    assert.deepEqual(await client.getBucketTagging({ bucket: name }), { a: "1" });
    await client.deleteBucketTagging({ bucket: name });
    await assert.rejects(client.getBucketTagging({ bucket: name }), { status: 404 });

    const rule = { id: "r", status: "Enabled", filter: { prefix: "a/" }, expiration: { days: 9 } } as const;
    await client.putBucketLifecycleConfiguration({ bucket: name, rules: [rule] });
    await client.deleteBucketLifecycle({ bucket: name });
    await assert.rejects(client.getBucketLifecycleConfiguration({ bucket: name }), { status: 404 });

    const Statement = [
      { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${name}/p/*` },
    ];
    await client.putBucketPolicy({ bucket: name, policy: { Version: "2012-10-17", Statement } });
    await client.deleteBucketPolicy({ bucket: name });
    await assert.rejects(client.getBucketPolicy({ bucket: name }), { code: "NoSuchBucketPolicy" });
  });

  test("tags of an object are deleted", async () => {
    const object = { bucket: bucket.name, key: "untagged" };
    await client.putObject({ ...object, body: "x", tagging: { a: "1" } });
    await client.deleteObjectTagging(object);
    assert.deepEqual(await client.getObjectTagging(object), {});
  });
});
