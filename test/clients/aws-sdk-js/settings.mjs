import assert from "node:assert/strict";
import * as harness from "../harness.mjs";
import { assertError, connect, createBucket, read, s3, testWithBucket } from "./connection.mjs";

const alt = connect({
  credentials: { accessKeyId: harness.altAccessKey, secretAccessKey: harness.altSecretKey },
});

testWithBucket("ACLs open an object to everybody and to one", async ({ Bucket }) => {
  await s3.putObject({ Bucket, Key: "open", Body: "text", ACL: "public-read" });
  await s3.putObject({ Bucket, Key: "key", Body: "text" });
  assert.equal((await fetch(`${harness.endpoint}/${Bucket}/open`)).status, 200);
  assert.equal((await fetch(`${harness.endpoint}/${Bucket}/key`)).status, 403);
  await assertError(403, "AccessDenied", alt.getObject({ Bucket, Key: "key" }));
  const { Owner } = await alt.listBuckets({});
  await s3.putObjectAcl({ Bucket, Key: "key", GrantRead: `id="${Owner.ID}"` });
  const { Body } = await alt.getObject({ Bucket, Key: "key" });
  assert.equal(await Body.transformToString(), "text");
  const { Grants } = await s3.getObjectAcl({ Bucket, Key: "key" });
  assert.deepEqual(
    Grants.map(({ Grantee, Permission }) => [Grantee.ID, Permission]),
    [[Owner.ID, "READ"]],
  );
});

testWithBucket("tags of a bucket and an object are kept", async ({ Bucket }) => {
  const TagSet = [{ Key: "team", Value: "ü +" }];
  await assertError(404, "NoSuchTagSet", s3.getBucketTagging({ Bucket }));
  await s3.putBucketTagging({ Bucket, Tagging: { TagSet } });
  assert.deepEqual((await s3.getBucketTagging({ Bucket })).TagSet, TagSet);
  await s3.putObject({ Bucket, Key: "key", Body: "", Tagging: "a=1&b=two%20words" });
  const tagging = await s3.getObjectTagging({ Bucket, Key: "key" });
  assert.deepEqual(tagging.TagSet, [
    { Key: "a", Value: "1" },
    { Key: "b", Value: "two words" },
  ]);
  await s3.putObjectTagging({ Bucket, Key: "key", Tagging: { TagSet } });
  assert.equal((await s3.getObject({ Bucket, Key: "key" })).TagCount, 1);
  await s3.deleteObjectTagging({ Bucket, Key: "key" });
  assert.deepEqual((await s3.getObjectTagging({ Bucket, Key: "key" })).TagSet, []);
});

testWithBucket("CORS rules and a policy are kept as they were given", async ({ Bucket }) => {
  const CORSRules = [{ AllowedMethods: ["GET"], AllowedOrigins: ["https://example.com"], MaxAgeSeconds: 60 }];
  await s3.putBucketCors({ Bucket, CORSConfiguration: { CORSRules } });
  assert.deepEqual((await s3.getBucketCors({ Bucket })).CORSRules, CORSRules);
  const preflight = await fetch(`${harness.endpoint}/${Bucket}/key`, {
    method: "OPTIONS",
    headers: { origin: "https://example.com", "access-control-request-method": "GET" },
  });
  assert.equal(preflight.headers.get("access-control-allow-origin"), "https://example.com");
  await assertError(404, "NoSuchBucketPolicy", s3.getBucketPolicy({ Bucket }));
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/open/*` },
    ],
  });
  await s3.putBucketPolicy({ Bucket, Policy });
  assert.deepEqual(JSON.parse((await s3.getBucketPolicy({ Bucket })).Policy), JSON.parse(Policy));
  await s3.putObject({ Bucket, Key: "open/key", Body: "text" });
  assert.equal((await fetch(`${harness.endpoint}/${Bucket}/open/key`)).status, 200);
  await s3.deleteBucketPolicy({ Bucket });
  assert.equal((await fetch(`${harness.endpoint}/${Bucket}/open/key`)).status, 403);
});

testWithBucket("lifecycle rules are kept as they were given", async ({ Bucket }) => {
  const Rules = [
    { ID: "old", Status: "Enabled", Filter: { Prefix: "old/" }, Expiration: { Days: 30 } },
    {
      ID: "parts",
      Status: "Disabled",
      Filter: {},
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    },
  ];
  await assertError(404, "NoSuchLifecycleConfiguration", s3.getBucketLifecycleConfiguration({ Bucket }));
  await s3.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules } });
  const found = (await s3.getBucketLifecycleConfiguration({ Bucket })).Rules;
  assert.deepEqual(
    found.map(({ ID, Status }) => [ID, Status]),
    [
      ["old", "Enabled"],
      ["parts", "Disabled"],
    ],
  );
  assert.deepEqual(found[0].Expiration, { Days: 30 });
  await s3.deleteBucketLifecycle({ Bucket });
});

testWithBucket("versions of a key are kept, read and removed by their ids", async ({ Bucket }) => {
  const Key = "key";
  await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
  assert.equal((await s3.getBucketVersioning({ Bucket })).Status, "Enabled");
  const one = (await s3.putObject({ Bucket, Key, Body: "one" })).VersionId;
  const two = (await s3.putObject({ Bucket, Key, Body: "two" })).VersionId;
  assert.notEqual(one, two);
  const marker = await s3.deleteObject({ Bucket, Key });
  assert.equal(marker.DeleteMarker, true);
  await assertError(404, "NoSuchKey", s3.getObject({ Bucket, Key }));
  assert.equal(await read({ Bucket, Key, VersionId: one }), "one");
  const listed = await s3.listObjectVersions({ Bucket });
  assert.deepEqual(
    listed.Versions.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
    [
      [two, false],
      [one, false],
    ],
  );
  assert.deepEqual(
    listed.DeleteMarkers.map(({ VersionId }) => VersionId),
    [marker.VersionId],
  );
  await s3.deleteObject({ Bucket, Key, VersionId: marker.VersionId });
  assert.equal(await read({ Bucket, Key }), "two");
  await s3.copyObject({ Bucket, Key, CopySource: `${Bucket}/${Key}?versionId=${one}` });
  assert.equal(await read({ Bucket, Key }), "one");
});

testWithBucket("a version under a lock stays until governance is bypassed", async ({ t }) => {
  const Bucket = await createBucket(t, "lock", { ObjectLockEnabledForBucket: true });
  const Key = "key";
  const { VersionId } = await s3.putObject({ Bucket, Key, Body: "kept" });
  const RetainUntilDate = new Date(Date.now() + 3600_000);
  await s3.putObjectRetention({ Bucket, Key, Retention: { Mode: "GOVERNANCE", RetainUntilDate } });
  await assertError(403, "AccessDenied", s3.deleteObject({ Bucket, Key, VersionId }));
  await s3.putObjectLegalHold({ Bucket, Key, LegalHold: { Status: "ON" } });
  const BypassGovernanceRetention = true;
  await assertError(
    403,
    "AccessDenied",
    s3.deleteObject({ Bucket, Key, VersionId, BypassGovernanceRetention }),
  );
  await s3.putObjectLegalHold({ Bucket, Key, LegalHold: { Status: "OFF" } });
  await s3.deleteObject({ Bucket, Key, VersionId, BypassGovernanceRetention });
});

testWithBucket("attributes of an object are told without its bytes", async ({ Bucket }) => {
  await s3.putObject({ Bucket, Key: "key", Body: "text", ChecksumAlgorithm: "SHA256" });
  const ObjectAttributes = ["ETag", "Checksum", "ObjectSize", "StorageClass"];
  const { ETag, Checksum, ObjectSize, StorageClass } = await s3.getObjectAttributes({
    Bucket,
    Key: "key",
    ObjectAttributes,
  });
  assert.deepEqual([ETag, ObjectSize, StorageClass], ["1cb251ec0d568de6a929b520c4aed8d1", 4, "STANDARD"]);
  assert.equal(Checksum.ChecksumSHA256, "mC2ePrmW9VnmM/TRlN7zdh2Qn1o7ZH0ahR/q1nwyydE=");
});
