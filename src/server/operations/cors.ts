/** GetBucketCors, PutBucketCors, DeleteBucketCors. */

import { updateBucket } from "../../engine/buckets.ts";
import { corsConfigurationXml, parseCorsConfiguration } from "../../s3/documents/cors.ts";
import { S3Error } from "../../s3/errors.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { readSettings } from "../settings-document.ts";
import { xmlResponse } from "../xml-response.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html */
export function getBucketCors({ bucket }: BucketContext): Promise<S3Response> {
  if (bucket.cors === undefined) {
    throw new S3Error("NoSuchCORSConfiguration", { details: { BucketName: bucket.name } });
  }
  return Promise.resolve(xmlResponse(corsConfigurationXml(bucket.cors)));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html */
export async function putBucketCors(context: BucketContext): Promise<S3Response> {
  const cors = parseCorsConfiguration(await readSettings(context));
  await updateBucket(context.site.engine, context.bucket.name, () => ({ cors }));
  return { status: 200, headers: {} };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketCors.html */
export async function deleteBucketCors({ site, bucket }: BucketContext): Promise<S3Response> {
  await updateBucket(site.engine, bucket.name, () => ({ cors: undefined }));
  return { status: 204, headers: {} };
}
