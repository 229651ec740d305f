/** GetObjectTagging, PutObjectTagging, DeleteObjectTagging, and the same of buckets. */

import { updateBucket } from "../../engine/buckets.ts";
import { updateObject } from "../../engine/update-object.ts";
import { parseTagging, taggingXml } from "../../s3/documents/tagging.ts";
import { S3Error } from "../../s3/errors.ts";
import { checkTags, maxBucketTags, maxObjectTags, type Tags } from "../../s3/tags.ts";
import type { BucketContext, ObjectContext, S3Response } from "../context.ts";
import { readTaggingDocument } from "../settings-document.ts";
import { versionHeaders } from "../version-headers.ts";
import { originOf } from "../origin.ts";
import { xmlResponse } from "../xml-response.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export function getObjectTagging({ info }: ObjectContext): Promise<S3Response> {
  return Promise.resolve(xmlResponse(taggingXml(info.tags ?? {}), versionHeaders(info)));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html */
export async function putObjectTagging(context: ObjectContext): Promise<S3Response> {
  const { site, bucket, key, info, versionId } = context;
  const tags = await readTags(context, maxObjectTags);
  const cause = { event: "ObjectTagging:Put", origin: originOf(context) } as const;
  await updateObject(site.engine, bucket, key, { versionId, ...cause }, () => ({ tags }));
  return { status: 200, headers: versionHeaders(info) };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
export async function deleteObjectTagging(context: ObjectContext): Promise<S3Response> {
  const { site, bucket, key, info, versionId } = context;
  const cause = { event: "ObjectTagging:Delete", origin: originOf(context) } as const;
  await updateObject(site.engine, bucket, key, { versionId, ...cause }, () => ({ tags: undefined }));
  return { status: 204, headers: versionHeaders(info) };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html */
export function getBucketTagging({ bucket }: BucketContext): Promise<S3Response> {
  if (bucket.tags === undefined) {
    throw new S3Error("NoSuchTagSet", { details: { BucketName: bucket.name } });
  }
  return Promise.resolve(xmlResponse(taggingXml(bucket.tags)));
}

/**
 * 200: AWS's page says so, and its example shows 204. MinIO's client for JavaScript takes 204 for a failure.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
 */
export async function putBucketTagging(context: BucketContext): Promise<S3Response> {
  const tags = await readTags(context, maxBucketTags);
  await updateBucket(context.site.engine, context.bucket.name, () => ({ tags }));
  return { status: 200, headers: {} };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketTagging.html */
export async function deleteBucketTagging({ site, bucket }: BucketContext): Promise<S3Response> {
  await updateBucket(site.engine, bucket.name, () => ({ tags: undefined }));
  return { status: 204, headers: {} };
}

async function readTags(context: BucketContext, maxTags: number): Promise<Tags | undefined> {
  const tags = checkTags(parseTagging(await readTaggingDocument(context)), maxTags);
  return Object.keys(tags).length === 0 ? undefined : tags;
}
