/** Options that there are not, and names within documents, where no types say no. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { connectS3 } from "../../src/client/connection.ts";
import { CORSConfiguration } from "../../src/client/cors.ts";
import { Lifecycle } from "../../src/client/lifecycle.ts";
import { MultiPartUpload } from "../../src/client/multipart-upload.ts";
import { WebsiteConfiguration } from "../../src/client/website.ts";
import { fakeServer } from "./fake-server.ts";

/** As JavaScript would write it. */
// oxlint-disable-next-line typescript/no-explicit-any
type Untyped = any;

const bucket = "b";

/** What is asked, and what the TypeError says. */
const refused: readonly (readonly [string, (client: Untyped) => unknown, RegExp])[] = [
  [
    "an option of a request that is misspelt",
    (client) => client.headObject({ bucket, key: "z" }, { Signal: undefined }),
    /^HeadObject has no option "Signal"\. Did you mean signal\?$/,
  ],
  [
    "getObject with onprogress",
    (client) => client.getObject({ bucket, key: "z" }, { onprogress: () => {} }),
    /^GetObject has no option "onprogress"\. Did you mean onProgress\?$/,
  ],
  [
    "copy with preserveACL, which is no option of headers",
    (client) => client.copy({ bucket, key: "z", copySource: { bucket, key: "y" } }, { preserveAcls: true }),
    /^copy\(\) has no option "preserveAcls"\. Did you mean preserveAcl\?$/,
  ],
  [
    "downloadFile with keepmodified",
    (client) => client.downloadFile({ bucket, key: "z" }, "/nowhere/z", { keepMtime: true }),
    /^downloadFile\(\) has no option "keepMtime"/,
  ],
  [
    "deleteMany with dryRun, which would delete",
    (client) => client.deleteMany(bucket, ["z"], { dryRun: true }),
    /^deleteMany\(\) has no option "dryRun"\. Its options are signal\.$/,
  ],
  [
    "undo with another customer's key",
    (client) => client.undo(bucket, { action: "delete", key: "z" }, { customerkey: "" }),
    /^undo\(\) has no option "customerkey"\. Did you mean customerKey\?$/,
  ],
  [
    "planUndo with since, which would take all back",
    async (client) => {
      for await (const _ of client.planUndo({ bucket }, { since: 1 }));
    },
    /^planUndo\(\) has no option "since"\. Did you mean sinceMs\?$/,
  ],
  [
    "restoreVersion with customerkey",
    (client) => client.restoreVersion({ bucket, key: "z", versionId: "1" }, { customerkey: "" }),
    /mean customerKey\?/,
  ],
  [
    "request with path",
    (client) => client.request({ bucket, path: "z" }),
    /^request\(\) has no option "path"\. Its options are method, .*contentLength\.$/,
  ],
  [
    "putObject with kmsKeyID, which would be the default key",
    (client) =>
      client.putObject({ bucket, key: "z", body: "", encryption: { algorithm: "aws:kms", kmsKeyID: "1" } }),
    /^PutObject has no option "encryption\.kmsKeyID"\. Did you mean kmsKeyId\?$/,
  ],
  [
    "putObject with encryption as a word",
    (client) => client.putObject({ bucket, key: "z", body: "", encryption: "AES256" }),
    /^PutObject has no option "encryption\.0"\. Options are an object\.$/,
  ],
  [
    "a lifecycle rule with a misspelt prefix, which would be of the whole bucket",
    (client) =>
      client.putBucketLifecycleConfiguration({
        bucket,
        rules: [{ status: "Enabled", filter: { prefx: "tmp/" }, expiration: { days: 1 } }],
      }),
    /^PutBucketLifecycleConfiguration has no option "filter\.prefx"\. Did you mean prefix\?$/,
  ],
  [
    "a lifecycle configuration with transitionMin",
    (client) => client.putBucketLifecycleConfiguration({ bucket, rules: [], transitionMin: "" }),
    /^PutBucketLifecycleConfiguration has no option "transitionMin"/,
  ],
  [
    "a CORS rule as AWS writes it",
    (client) => client.putBucketCors({ bucket, rules: [{ AllowedOrigins: [], AllowedMethods: [] }] }),
    /^PutBucketCors has no option "AllowedOrigins"\. Did you mean allowedOrigins\?$/,
  ],
  [
    "a website with replaceKeyPrefix",
    (client) =>
      client.putBucketWebsite({
        bucket,
        website: { routingRules: [{ redirect: { replaceKeyPrefix: "" } }] },
      }),
    /^PutBucketWebsite has no option "routingRules\.redirect\.replaceKeyPrefix"\. Did you mean replaceKeyPrefixWith\?$/,
  ],
  [
    "a notification with a filter",
    (client) =>
      client.putBucketNotificationConfiguration({
        bucket,
        notifications: [{ kind: "queue", arn: "", events: [], filterPrefix: "a/" }],
      }),
    /^PutBucketNotificationConfiguration has no option "filterPrefix"\. Did you mean prefix\?$/,
  ],
  [
    "putBucketLogging with target",
    (client) => client.putBucketLogging({ bucket, logging: null, target: "logs" }),
    /^PutBucketLogging has no option "target"/,
  ],
  [
    "a bucket's encryption with KMSKeyId",
    (client) => client.putBucketEncryption({ bucket, encryption: { algorithm: "aws:kms", KMSKeyId: "1" } }),
    /^PutBucketEncryption has no option "KMSKeyId"\. Did you mean kmsKeyId\?$/,
  ],
];

for (const [what, ask, message] of refused) {
  test(`${what} is a TypeError, and nothing is sent`, async () => {
    await using server = await fakeServer((_, response) => response.end());
    await assert.rejects(async () => ask(server.client()), { name: "TypeError", message });
    assert.equal(server.seen.length, 0);
  });
}

test("boto's methods take no option that there is not", async () => {
  await using server = await fakeServer((_, response) => response.end());
  const conn: Untyped = connectS3("AKID", "secret", { endpoint: server.url, env: {} });
  const listed: Untyped = await conn.getBucket(bucket, { validate: false });
  const key: Untyped = listed.newKey("z");
  const upload: Untyped = new MultiPartUpload(listed, { key: "z", uploadId: "u" });
  const wrong = { siganl: 1 };
  const calls: Readonly<Record<string, () => unknown>> = {
    "conn.getAllBuckets": () => conn.getAllBuckets(wrong),
    "conn.getBucket": () => conn.getBucket(bucket, wrong),
    "conn.lookup": () => conn.lookup(bucket, wrong),
    "conn.createBucket": () => conn.createBucket(bucket, wrong),
    "conn.deleteBucket": () => conn.deleteBucket(bucket, wrong),
    "conn.generateUrl": () => conn.generateUrl(60, "GET", { bucket, ...wrong }),
    "conn.buildPostFormArgs": () => conn.buildPostFormArgs(bucket, "z", wrong),
    "bucket.getKey": () => listed.getKey("z", wrong),
    "bucket.lookup": () => listed.lookup("z", wrong),
    "bucket.listVersions": () => listed.listVersions(wrong).toArray(),
    "bucket.getAllVersions": () => listed.getAllVersions(wrong),
    "bucket.deleteKeys": () => listed.deleteKeys(["z"], wrong),
    "bucket.copyKey": () => listed.copyKey("z", bucket, "y", wrong),
    "bucket.setAcl": () => listed.setAcl("private", "z", wrong),
    "bucket.setCannedAcl": () => listed.setCannedAcl("private", "z", wrong),
    "bucket.getAcl": () => listed.getAcl("z", wrong),
    "bucket.setXmlAcl": () => listed.setXmlAcl("<a/>", "z", wrong),
    "bucket.makePublic": () => listed.makePublic(wrong),
    "bucket.addEmailGrant": () => listed.addEmailGrant("READ", "a@b", wrong),
    "bucket.addUserGrant": () => listed.addUserGrant("READ", "1", wrong),
    "bucket.listGrants": () => listed.listGrants(wrong),
    "bucket.initiateMultipartUpload": () => listed.initiateMultipartUpload("z", wrong),
    "bucket.completeMultipartUpload": () => listed.completeMultipartUpload("z", "u", [], wrong),
    "bucket.listMultipartUploads": () => listed.listMultipartUploads(wrong).toArray(),
    "bucket.delete": () => listed.delete(wrong),
    "bucket.exists": () => listed.exists(wrong),
    "bucket.generateUrl": () => listed.generateUrl(60, "GET", wrong),
    "bucket.configureVersioning": () => listed.configureVersioning(true, wrong),
    "bucket.enableLogging": () => listed.enableLogging("logs", wrong),
    "bucket.getSubresource": () => listed.getSubresource("cors", "", wrong),
    "bucket.setPolicy": () => listed.setPolicy("{}", wrong),
    "key.text": () => key.text(wrong),
    "key.stream": () => key.stream(wrong),
    "key.slice": () => key.slice(0, 1, wrong).bytes(),
    "key.getContentsToFilename": () => key.getContentsToFilename("/nowhere/z", wrong),
    "key.refresh": () => key.refresh(wrong),
    "key.exists": () => key.exists(wrong),
    "key.delete": () => key.delete(wrong),
    "key.copy": () => key.copy(bucket, "y", wrong),
    "key.generateUrl": () => key.generateUrl(60, "GET", wrong),
    "key.setAcl": () => key.setAcl("private", wrong),
    "key.getTags": () => key.getTags(wrong),
    "key.setRemoteMetadata": () => key.setRemoteMetadata({}, [], wrong),
    "key.setRedirect": () => key.setRedirect("/", wrong),
    "key.restore": () => key.restore(1, wrong),
    "upload.uploadPart": () => upload.uploadPart(1, "x", wrong),
    "upload.copyPartFromKey": () => upload.copyPartFromKey(bucket, "y", 1, wrong),
    "upload.completeUpload": () => upload.completeUpload({ parts: [], ...wrong }),
    "upload.getAllParts": () => upload.getAllParts(wrong),
    "upload.cancelUpload": () => upload.cancelUpload(wrong),
    "lifecycle.addRule": () => new Lifecycle().addRule(wrong as Untyped),
    "cors.addRule": () => new CORSConfiguration().addRule("GET", "*", wrong as Untyped),
    WebsiteConfiguration: () => new WebsiteConfiguration(wrong as Untyped),
  };
  for (const [name, call] of Object.entries(calls)) {
    await assert.rejects(
      async () => call(),
      (error: Error) => error instanceof TypeError && /has no option "siganl"/.test(error.message),
      name,
    );
  }
  assert.equal(server.seen.length, 0);
  await conn.close();
});
