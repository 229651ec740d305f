/** The SDK's client on the endpoint under test, and a bucket for each test. */

import assert from "node:assert/strict";
import { test } from "node:test";
import * as harness from "../harness.mjs";

export const sdk = harness.load("@aws-sdk/client-s3");

export function connect(options = {}) {
  return new sdk.S3({
    endpoint: harness.endpoint,
    region: harness.region,
    credentials: { accessKeyId: harness.accessKey, secretAccessKey: harness.secretKey },
    forcePathStyle: true,
    maxAttempts: 1,
    ...options,
  });
}

export const s3 = connect();

/** Declares a test with a bucket of its own, which is emptied and deleted afterwards. */
export function testWithBucket(name, run) {
  test(name, async (t) => {
    const Bucket = await createBucket(t, "sdk");
    await run({ Bucket, t });
  });
}

/** Creates a bucket that is removed with all its versions and uploads after the test. */
export async function createBucket(t, word, options = {}) {
  const Bucket = harness.bucketName(word);
  await s3.createBucket({ Bucket, ...options });
  t.after(() => removeBucket(Bucket));
  return Bucket;
}

async function removeBucket(Bucket) {
  const { Uploads = [] } = await s3.listMultipartUploads({ Bucket });
  for (const { Key, UploadId } of Uploads) {
    await s3.abortMultipartUpload({ Bucket, Key, UploadId }).catch((error) => {
      // lib-storage is aborting it too.
      if (error.name !== "NoSuchUpload") throw error;
    });
  }
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket });
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) break;
    const { Errors } = await s3.deleteObjects({
      Bucket,
      Delete: { Objects },
      BypassGovernanceRetention: true,
    });
    assert.equal(Errors, undefined);
  }
  await s3.deleteBucket({ Bucket });
}

/** Asserts that a call is refused with a status and a code. */
export async function assertError(status, code, promise) {
  await assert.rejects(promise, (error) => {
    assert.deepEqual([error.$metadata?.httpStatusCode, error.name], [status, code], error.stack);
    return true;
  });
}

/** An object's content as text. */
export async function read(input) {
  const { Body } = await s3.getObject(input);
  return Body.transformToString();
}
