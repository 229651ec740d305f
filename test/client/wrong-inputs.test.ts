/** What JavaScript may ask for, where no types say no: nothing is sent that would mean something else. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { connectS3 } from "../../src/client/connection.ts";
import { S3Client } from "../../src/client/s3-client.ts";
import type { S3ClientOptions } from "../../src/client/settings.ts";
import { fakeServer } from "./fake-server.ts";

/** As JavaScript would write it. */
// oxlint-disable-next-line typescript/no-explicit-any
type Untyped = any;

const bucket = "b";

/** What is asked, and what the TypeError says. */
const refused: readonly (readonly [string, (client: Untyped) => unknown, RegExp])[] = [
  [
    "copyObject without copySource",
    (client) => client.copyObject({ bucket, key: "z" }),
    /^CopyObject needs copySource\.$/,
  ],
  [
    "copyObject with source",
    (client) => client.copyObject({ bucket, key: "z", source: "b/y" }),
    /^CopyObject has no option "source"\. Did you mean copySource\?$/,
  ],
  ["copy with source", (client) => client.copy({ bucket, key: "z", source: "b/y" }), /mean copySource\?/],
  [
    "copySource as AWS's text",
    (client) => client.copyObject({ bucket, key: "z", copySource: "b/y" }),
    /^copySource /,
  ],
  [
    "copySource without a key",
    (client) => client.copyObject({ bucket, key: "z", copySource: { bucket } }),
    /^copySource needs key/,
  ],
  [
    "copySource with a misspelt version",
    (client) => client.copyObject({ bucket, key: "z", copySource: { bucket, key: "y", versionID: "1" } }),
    /^copySource has no option "versionID"\. Did you mean versionId\?$/,
  ],
  [
    "deleteObject with Key",
    (client) => client.deleteObject({ bucket, Key: "z" }),
    /^DeleteObject has no option "Key"\. Did you mean key\?$/,
  ],
  [
    "deleteObject with an undefined key",
    (client) => client.deleteObject({ bucket, key: undefined }),
    /^DeleteObject needs key, a string that is not empty\.$/,
  ],
  [
    "deleteObject with an empty key",
    (client) => client.deleteObject({ bucket, key: "" }),
    /^DeleteObject needs key/,
  ],
  [
    "deleteObject with a number",
    (client) => client.deleteObject({ bucket, key: 7 }),
    /^DeleteObject needs key/,
  ],
  [
    "deleteObject with no bucket",
    (client) => client.deleteObject({ key: "z" }),
    /^DeleteObject needs bucket/,
  ],
  ["deleteBucket with Bucket", (client) => client.deleteBucket({ Bucket: bucket }), /Did you mean bucket\?/],
  [
    "putObjectAcl with Key",
    (client) => client.putObjectAcl({ bucket, Key: "z", acl: "public-read-write" }),
    /^PutObjectAcl has no option "Key"/,
  ],
  [
    "putObjectAcl without a key",
    (client) => client.putObjectAcl({ bucket, acl: "public-read-write" }),
    /^PutObjectAcl needs key/,
  ],
  [
    "putAclXml with an undefined key",
    (client) => client.putAclXml({ bucket, key: undefined, acl: "public-read" }),
    /^PutObjectAcl needs key/,
  ],
  ["getAclXml with an undefined key", (client) => client.getAclXml({ bucket, key: undefined }), /needs key/],
  ["putObject without a key", (client) => client.putObject({ bucket, body: "x" }), /^PutObject needs key/],
  ["upload without a key", (client) => client.upload({ bucket, body: "x" }), /^PutObject needs key/],
  ["getObject without a key", (client) => client.getObject({ bucket }), /^GetObject needs key/],
  [
    "deleteObjectTagging without a key",
    (client) => client.deleteObjectTagging({ bucket }),
    /^DeleteObjectTagging needs key/,
  ],
  [
    "uploadPart without an upload, which would be a PUT of the object",
    (client) => client.uploadPart({ bucket, key: "z", partNumber: 1, body: "x" }),
    /^UploadPart needs uploadId/,
  ],
  [
    "uploadPart without a number",
    (client) => client.uploadPart({ bucket, key: "z", uploadId: "u", body: "x" }),
    /^UploadPart needs partNumber, a number/,
  ],
  [
    "abortMultipartUpload without an upload, which would delete the object",
    (client) => client.abortMultipartUpload({ bucket, key: "z" }),
    /^AbortMultipartUpload needs uploadId/,
  ],
  [
    "renameObject without a source",
    (client) => client.renameObject({ bucket, key: "z" }),
    /^RenameObject needs sourceKey/,
  ],
  [
    "restoreVersion with versionID",
    (client) => client.restoreVersion({ bucket, key: "z", versionID: "1" }),
    /^restoreVersion\(\) has no option "versionID"\. Did you mean versionId\?$/,
  ],
  [
    "restoreVersion without a version",
    (client) => client.restoreVersion({ bucket, key: "z" }),
    /^restoreVersion\(\) needs versionId/,
  ],
  [
    "putObjectRetention without retention, which would take it away",
    (client) => client.putObjectRetention({ bucket, key: "z" }),
    /^PutObjectRetention needs retention, or null\.$/,
  ],
  [
    "changeMetadata with sets",
    (client) => client.changeMetadata({ bucket, key: "z" }, { sets: {} }),
    /^changeMetadata\(\) has no option "sets"\. Did you mean set\?$/,
  ],
  [
    "listObjectsV2 with prefx",
    (client) => client.listObjectsV2({ bucket, prefx: "a/" }),
    /^ListObjectsV2 has no option "prefx"\. Did you mean prefix\?$/,
  ],
  ["list with prefx", (client) => client.list({ bucket, prefx: "a/" }).toArray(), /Did you mean prefix\?/],
  [
    "list of a text",
    (client) => client.list("a/").toArray(),
    /^ListObjectsV2 has no option "0"\. Options are an object\.$/,
  ],
  [
    "listVersions with prefx",
    (client) => client.listVersions({ bucket, prefx: "a/" }).toArray(),
    /mean prefix\?/,
  ],
  [
    "deleteObjects with Key",
    (client) => client.deleteObjects({ bucket, objects: [{ Key: "z" }] }),
    /^DeleteObjects needs key/,
  ],
  [
    "deleteObjects with VersionId, which would delete the newest",
    (client) => client.deleteObjects({ bucket, objects: [{ key: "z", VersionId: "1" }] }),
    /Did you mean versionId\?/,
  ],
  [
    "deleteMany with VersionId",
    (client) => client.deleteMany(bucket, [{ key: "z", VersionId: "1" }]),
    /Did you mean versionId\?/,
  ],
  ["deleteMany of undefined", (client) => client.deleteMany(bucket, [{}]), /^DeleteObjects needs key/],
  [
    "deleteMany of a text",
    (client) => client.deleteMany(bucket, "abc"),
    /^deleteMany\(\) takes keys in a list/,
  ],
  [
    "presign of an undefined key",
    async (client) => client.presign({ bucket, key: undefined }),
    /^presign\(\) needs key, a string that is not empty\.$/,
  ],
  [
    "presign with expiresIn",
    async (client) => client.presign({ bucket, key: "z", expiresIn: 60 }),
    /^presign\(\) has no option "expiresIn"\. Did you mean expiresSeconds\?$/,
  ],
  [
    "upload with onprogress",
    (client) => client.upload({ bucket, key: "z", body: "x" }, { onprogress: () => {} }),
    /^upload\(\) has no option "onprogress"\. Did you mean onProgress\?$/,
  ],
  [
    "putObject of nothing",
    (client) => client.putObject({ bucket, key: "z" }),
    /^A body is a string, .*; this is undefined\.$/,
  ],
  [
    "putObject of a number",
    (client) => client.putObject({ bucket, key: "z", body: 42 }),
    /; this is number\.$/,
  ],
  [
    "metadata that is a number",
    (client) => client.putObject({ bucket, key: "z", body: "x", metadata: { age: 42 } }),
    /^Cannot send metadata age: it is no string\.$/,
  ],
  ["presign without a bucket", async (client) => client.presign({ key: "z" }), /^presign\(\) needs bucket/],
];

for (const [what, ask, message] of refused) {
  test(`${what} is a TypeError, and nothing is sent`, async () => {
    await using server = await fakeServer((_, response) => response.end());
    await assert.rejects(async () => ask(server.client()), { name: "TypeError", message });
    assert.equal(server.seen.length, 0);
  });
}

test("bucket.list() and bucket.deleteKeys() take no misspelt prefix for none", async () => {
  await using server = await fakeServer((_, response) => response.end());
  const conn = connectS3("AKID", "secret", { endpoint: server.url, env: {} });
  const listed: Untyped = await conn.getBucket(bucket, { validate: false });
  await assert.rejects(listed.deleteKeys(listed.list({ prefx: "a/" })), /Did you mean prefix\?/);
  await assert.rejects(listed.deleteKeys(listed.list("a/")), /Options are an object/);
  await assert.rejects(listed.getAllKeys({ prefx: "a/" }), /Did you mean prefix\?/);
  await assert.rejects(listed.deleteKey(undefined), /needs key/);
  await assert.rejects(listed.deleteKey("z", { versionID: "1" }), /Did you mean versionId\?/);
  await assert.rejects(
    listed.newKey("z").put("x", { contenttype: "text/plain" }),
    /Did you mean contentType\?/,
  );
  await assert.rejects(listed.newKey("z").put(undefined), /this is undefined/);
  assert.throws(
    () => conn.generateUrl(60, "GET", { bucket, key: undefined } as Untyped),
    /^TypeError: presign\(\) needs key/,
  );
  assert.equal(server.seen.length, 0);
  await conn.close();
});

test("presign() takes no key that may be undefined", () => {
  const client = new S3Client({ endpoint: "http://127.0.0.1:9", anon: true, env: {} });
  const key = "z" as string | undefined;
  // @ts-expect-error Its URL would be the bucket's.
  assert.equal(client.presign({ bucket, key }), "http://127.0.0.1:9/b/z");
  assert.equal(client.presign({ bucket, prefix: "a/" }), "http://127.0.0.1:9/b?prefix=a%2F");
  assert.equal(client.presign({}), "http://127.0.0.1:9/");
});

test("an entry of a listing may be spread into an input", async () => {
  await using server = await fakeServer((_, response) => response.writeHead(204).end());
  const owner = { id: "1", displayName: "" };
  const version = { key: "z", versionId: "1", etag: "e", size: 1, lastModifiedMs: 0, isLatest: true, owner };
  await server.client().deleteObject({ bucket, ...version });
  const upload = {
    key: "z",
    uploadId: "u",
    initiator: owner,
    owner,
    storageClass: "STANDARD",
    initiatedAtMs: 0,
  };
  await server.client().abortMultipartUpload({ bucket, ...upload });
  assert.deepEqual(
    server.seen.map(({ target }) => target),
    ["/b/z?versionId=1", "/b/z?uploadId=u"],
  );
});

test("an endpoint without a scheme is refused with where it came from", () => {
  const refuses = (options: S3ClientOptions, message: RegExp): void => {
    assert.throws(() => new S3Client({ anon: true, ...options }), { name: "TypeError", message });
  };
  refuses(
    { endpoint: "127.0.0.1:29100", env: {} },
    /^The endpoint "127\.0\.0\.1:29100" is no URL such as http:\/\//,
  );
  refuses({ endpoint: "localhost:9000", env: {} }, /^The endpoint "localhost:9000" is no URL/);
  refuses({ endpoint: "ftp://localhost", env: {} }, /^The endpoint "ftp:/);
  refuses(
    { env: { AWS_ENDPOINT_URL_S3: "s3.example.com" } },
    /^The AWS_ENDPOINT_URL_S3 "s3\.example\.com" is no URL/,
  );
  refuses(
    { env: { AWS_ENDPOINT_URL: "s3.example.com" } },
    /^The AWS_ENDPOINT_URL "s3\.example\.com" is no URL/,
  );
});

test("https to a server of http is told in words", async () => {
  await using server = await fakeServer((_, response) => response.end());
  const endpoint = server.url.replace("http:", "https:");
  const client = server.client({ endpoint, retries: { maxAttempts: 1 } });
  await assert.rejects(client.headBucket({ bucket }), (error: Error) => {
    assert.match(error.message, /the server speaks no TLS \(\w+\)\. Is it http:\/\/127\.0\.0\.1:\d+\?$/);
    return true;
  });
});

test("a HEAD of an object that is not there says that it may be the bucket", async () => {
  await using server = await fakeServer((_, response) => response.writeHead(404).end());
  await assert.rejects(server.client().headObject({ bucket, key: "z" }), {
    code: "NoSuchKey",
    message: /failed with NoSuchKey \(404\): no such key or bucket\./,
  });
});
