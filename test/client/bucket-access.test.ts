import assert from "node:assert/strict";
import { test } from "node:test";
import { S3ResponseError } from "../../src/client/errors.ts";
import { describeClient } from "./endpoints.ts";

describeClient("who may use a bucket", (context) => {
  test("a policy is set, read, judged and deleted", async () => {
    const { conn, anon, kind } = context();
    const bucket = await context().bucket();
    await bucket.newKey("public/hello").put("hello");
    await assert.rejects(bucket.getPolicy(), { code: "NoSuchBucketPolicy", status: 404 });
    const policy = {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: "*" },
          Action: "s3:GetObject",
          Resource: `arn:aws:s3:::${bucket.name}/public/*`,
        },
      ],
    };
    await bucket.setPolicy(policy);
    assert.deepEqual(JSON.parse(await bucket.getPolicy()), policy);
    assert.deepEqual(await conn.client.getBucketPolicyStatus({ bucket: bucket.name }), { isPublic: true });
    const theirs = await anon.getBucket(bucket.name, { validate: false });
    assert.equal(await theirs.newKey("public/hello").text(), "hello");
    await bucket.setPolicy(JSON.stringify({ ...policy, Statement: policy.Statement[0] }));
    // RGW, up to Reef, takes a policy without statements.
    const empty = kind === "rgw" ? "{" : '{"Version":"2012-10-17"}';
    await assert.rejects(bucket.setPolicy(empty), { status: 400 });
    await bucket.deletePolicy();
    await assert.rejects(theirs.newKey("public/hello").text(), S3ResponseError);
  });

  test("a public access block is put, read, obeyed and deleted", async () => {
    const { client } = context().conn;
    const { name } = await context().bucket();
    await client.deletePublicAccessBlock({ bucket: name });
    // RGW, up to Reef, answers that everything is off.
    if (context().kind !== "rgw") {
      await assert.rejects(client.getPublicAccessBlock({ bucket: name }), {
        code: "NoSuchPublicAccessBlockConfiguration",
      });
    }
    await client.putPublicAccessBlock({ bucket: name, blockPublicAcls: true, restrictPublicBuckets: true });
    assert.deepEqual(await client.getPublicAccessBlock({ bucket: name }), {
      blockPublicAcls: true,
      ignorePublicAcls: false,
      blockPublicPolicy: false,
      restrictPublicBuckets: true,
    });
    await assert.rejects(client.putBucketAcl({ bucket: name, acl: "public-read" }), { code: "AccessDenied" });
    await client.deletePublicAccessBlock({ bucket: name });
    await client.putBucketAcl({ bucket: name, acl: "public-read" });
  });

  test("ownership controls are put at creation or later, read and deleted", async (t) => {
    if (context().kind === "rgw") return t.skip("RGW, up to Reef, has none");
    const { client } = context().conn;
    const name = context().bucketName();
    await client.createBucket({ bucket: name, objectOwnership: "BucketOwnerEnforced" });
    assert.equal(await client.getBucketOwnershipControls({ bucket: name }), "BucketOwnerEnforced");
    await assert.rejects(client.putBucketAcl({ bucket: name, acl: "private" }), {
      code: "AccessControlListNotSupported",
    });
    await client.putBucketOwnershipControls({ bucket: name, objectOwnership: "ObjectWriter" });
    await client.putBucketAcl({ bucket: name, acl: "private" });
    await client.deleteBucketOwnershipControls({ bucket: name });
    await assert.rejects(client.getBucketOwnershipControls({ bucket: name }), { status: 404 });
  });
});
