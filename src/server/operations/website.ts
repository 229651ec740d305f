/** GetBucketWebsite, PutBucketWebsite, DeleteBucketWebsite. What they set is served by `server/website.ts`. */

import { updateBucket } from "../../engine/buckets.ts";
import { parseWebsiteConfiguration, websiteConfigurationXml } from "../../s3/documents/website.ts";
import { S3Error } from "../../s3/errors.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { readSettings } from "../settings-document.ts";
import { xmlResponse } from "../xml-response.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html */
export function getBucketWebsite({ bucket }: BucketContext): Promise<S3Response> {
  if (bucket.website === undefined) {
    throw new S3Error("NoSuchWebsiteConfiguration", { details: { BucketName: bucket.name } });
  }
  return Promise.resolve(xmlResponse(websiteConfigurationXml(bucket.website)));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html */
export async function putBucketWebsite(context: BucketContext): Promise<S3Response> {
  const website = parseWebsiteConfiguration(await readSettings(context));
  await updateBucket(context.site.engine, context.bucket.name, () => ({ website }));
  return { status: 200, headers: {} };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketWebsite.html */
export async function deleteBucketWebsite({ site, bucket }: BucketContext): Promise<S3Response> {
  await updateBucket(site.engine, bucket.name, () => ({ website: undefined }));
  return { status: 204, headers: {} };
}
