import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { describeClient } from "./endpoints.ts";

const customerKey = Buffer.alloc(32, "my own key");
const MiB = 1024 * 1024;

describeClient("encryption", (context) => {
  test("a bucket's default is set, read and deleted, and what is put into it says how it is encrypted", async (t) => {
    // Ceph needs a key service for it.
    if (context().kind === "rgw") return t.skip("RGW has no key of its own");
    const { conn, bucket } = context();
    const { name } = await bucket();
    await assert.rejects(conn.client.getBucketEncryption({ bucket: name }), {
      code: "ServerSideEncryptionConfigurationNotFoundError",
    });
    const encryption = { algorithm: "AES256" } as const;
    await conn.client.putBucketEncryption({ bucket: name, encryption });
    assert.deepEqual(await conn.client.getBucketEncryption({ bucket: name }), encryption);
    await conn.client.putObject({ bucket: name, key: "k", body: "x" });
    assert.equal((await conn.client.headObject({ bucket: name, key: "k" })).encryption, "AES256");
    await conn.client.deleteBucketEncryption({ bucket: name });
    await conn.client.putObject({ bucket: name, key: "k", body: "x" });
    assert.equal((await conn.client.headObject({ bucket: name, key: "k" })).encryption, undefined);
    return undefined;
  });

  test("boto's encryptKey has the server encrypt what is put and what is copied", async (t) => {
    if (context().kind === "rgw") return t.skip("RGW has no key of its own");
    const bucket = await context().bucket();
    const key = bucket.newKey("k");
    await key.put("hello", { encryptKey: true });
    assert.equal(await key.text(), "hello");
    const client = bucket.connection.client;
    assert.equal((await client.headObject({ bucket: bucket.name, key: "k" })).encryption, "AES256");
    const plain = await key.copy(bucket, "plain");
    assert.equal((await client.headObject({ bucket: bucket.name, key: "plain" })).encryption, undefined);
    await plain.copy(bucket, "again", { encryptKey: true });
    assert.equal((await client.headObject({ bucket: bucket.name, key: "again" })).encryption, "AES256");
    return undefined;
  });

  test("a customer's key goes with put, get, head and exists, and nothing goes without it", async () => {
    const bucket = await context().bucket();
    const key = bucket.newKey("k");
    await key.put("hello", { customerKey, metadata: { colour: "blue" } });
    assert.equal(await key.text({ customerKey }), "hello");
    assert.equal(await key.text({ customerKey: customerKey.toString("base64"), range: "bytes=1-2" }), "el");
    await assert.rejects(key.text(), { status: 400 });
    await assert.rejects(key.refresh(), { status: 400 });
    assert.equal((await key.refresh({ customerKey })).getMetadata("colour"), "blue");
    assert.equal(await key.exists({ customerKey }), true);
    await assert.rejects(key.put("x", { customerKey: Buffer.alloc(16) }), RangeError);
  });

  test("a copy is read with the source's customer key and written with its own", async (t) => {
    if (context().kind === "rgw") return t.skip("RGW copies no encrypted objects");
    const bucket = await context().bucket();
    const key = bucket.newKey("k");
    await key.put("hello", { customerKey });
    const other = Buffer.alloc(32, "another");
    const copy = await key.copy(bucket, "copy", {
      sourceCustomerKey: customerKey,
      customerKey: other,
      contentType: "text/plain",
    });
    assert.equal(await copy.text({ customerKey: other }), "hello");
    const plain = await key.copy(bucket, "plain", { sourceCustomerKey: customerKey });
    assert.equal(await plain.text(), "hello");
    return undefined;
  });

  test("a customer's key goes with every part up, and with every range down", async () => {
    const bucket = await context().bucket();
    const key = bucket.newKey("large");
    const body = Buffer.alloc(17 * MiB, "parts ");
    await key.put(body, { customerKey, partSizeBytes: 5 * MiB });
    const directory = await mkdtemp(join(tmpdir(), "stowage-client-"));
    try {
      const path = join(directory, "file");
      await key.getContentsToFilename(path, { customerKey });
      assert.equal((await readFile(path)).equals(body), true);
    } finally {
      await rm(directory, { recursive: true });
    }
    const upload = await bucket.initiateMultipartUpload("own", { customerKey });
    await upload.uploadPart(1, "only", { customerKey });
    await upload.completeUpload();
    assert.equal(await bucket.newKey("own").text({ customerKey }), "only");
  });

  test("an upload by hand keeps the customer's key that it was begun with, also to complete", async (t) => {
    if (context().kind === "rgw") return t.skip("RGW copies no encrypted objects");
    const bucket = await context().bucket();
    const other = Buffer.alloc(32, "another");
    await bucket.newKey("source").put(Buffer.alloc(5 * MiB, "source "), { customerKey: other });
    // AWS wants the key with the completion where parts have checksums.
    const upload = await bucket.initiateMultipartUpload("own", { customerKey, checksumAlgorithm: "CRC32" });
    await upload.copyPartFromKey(bucket.name, "source", 1, { sourceCustomerKey: other });
    await upload.uploadPart(2, "the end");
    const key = await upload.completeUpload();
    assert.equal((await key.text({ customerKey })).slice(-11), "urcethe end");
    return undefined;
  });
});
