/** GetBucketOwnershipControls, PutBucketOwnershipControls, DeleteBucketOwnershipControls. */

import { updateBucket } from "../../engine/buckets.ts";
import { ownershipControlsXml, parseOwnershipControls } from "../../s3/documents/ownership-controls.ts";
import { S3Error } from "../../s3/errors.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { grantsOwnerAlone } from "../object-access.ts";
import { readSettings } from "../settings-document.ts";
import { xmlResponse } from "../xml-response.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html */
export function getBucketOwnershipControls({ bucket }: BucketContext): Promise<S3Response> {
  if (bucket.objectOwnership === undefined) {
    throw new S3Error("OwnershipControlsNotFoundError", { details: { BucketName: bucket.name } });
  }
  return Promise.resolve(xmlResponse(ownershipControlsXml(bucket.objectOwnership)));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketOwnershipControls.html */
export async function putBucketOwnershipControls(context: BucketContext): Promise<S3Response> {
  const objectOwnership = parseOwnershipControls(await readSettings(context));
  await updateBucket(context.site.engine, context.bucket.name, ({ grants, owner }) => {
    // Nobody is to lose, without a word, what the bucket's ACL gives.
    if (objectOwnership === "BucketOwnerEnforced" && !grantsOwnerAlone(grants, owner)) {
      throw new S3Error("InvalidBucketAclWithObjectOwnership");
    }
    return { objectOwnership };
  });
  return { status: 200, headers: {} };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketOwnershipControls.html */
export async function deleteBucketOwnershipControls({ site, bucket }: BucketContext): Promise<S3Response> {
  await updateBucket(site.engine, bucket.name, () => ({ objectOwnership: undefined }));
  return { status: 204, headers: {} };
}
