/** GetBucketEncryption, PutBucketEncryption, DeleteBucketEncryption. */

import { updateBucket } from "../../engine/buckets.ts";
import { bucketEncryptionXml, parseBucketEncryption } from "../../s3/documents/encryption.ts";
import { S3Error } from "../../s3/errors.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { requireKmsKey } from "../encryption.ts";
import { readSettings } from "../settings-document.ts";
import { xmlResponse } from "../xml-response.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html */
export function getBucketEncryption({ bucket }: BucketContext): Promise<S3Response> {
  // AWS encrypts every bucket since 2023. Here a bucket is encrypted when somebody wants it, and says so only then.
  if (bucket.encryption === undefined) {
    throw new S3Error("ServerSideEncryptionConfigurationNotFoundError", {
      details: { BucketName: bucket.name },
    });
  }
  return Promise.resolve(xmlResponse(bucketEncryptionXml(bucket.encryption)));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html */
export async function putBucketEncryption(context: BucketContext): Promise<S3Response> {
  const { site, bucket } = context;
  const encryption = parseBucketEncryption(await readSettings(context));
  if (encryption.algorithm === "aws:kms") requireKmsKey(site, encryption.kmsKeyId);
  await updateBucket(site.engine, bucket.name, () => ({ encryption }));
  return { status: 200, headers: {} };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketEncryption.html */
export async function deleteBucketEncryption({ site, bucket }: BucketContext): Promise<S3Response> {
  await updateBucket(site.engine, bucket.name, () => ({ encryption: undefined }));
  return { status: 204, headers: {} };
}
