/** GetPublicAccessBlock, PutPublicAccessBlock, DeletePublicAccessBlock. */

import { updateBucket } from "../../engine/buckets.ts";
import { parsePublicAccessBlock, publicAccessBlockXml } from "../../s3/documents/public-access-block.ts";
import { S3Error } from "../../s3/errors.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { readSettings } from "../settings-document.ts";
import { xmlResponse } from "../xml-response.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html */
export function getPublicAccessBlock({ bucket }: BucketContext): Promise<S3Response> {
  if (bucket.publicAccessBlock === undefined) {
    throw new S3Error("NoSuchPublicAccessBlockConfiguration", { details: { BucketName: bucket.name } });
  }
  return Promise.resolve(xmlResponse(publicAccessBlockXml(bucket.publicAccessBlock)));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html */
export async function putPublicAccessBlock(context: BucketContext): Promise<S3Response> {
  const publicAccessBlock = parsePublicAccessBlock(await readSettings(context));
  await updateBucket(context.site.engine, context.bucket.name, () => ({ publicAccessBlock }));
  return { status: 200, headers: {} };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletePublicAccessBlock.html */
export async function deletePublicAccessBlock({ site, bucket }: BucketContext): Promise<S3Response> {
  await updateBucket(site.engine, bucket.name, () => ({ publicAccessBlock: undefined }));
  return { status: 204, headers: {} };
}
