/** GetBucketRequestPayment, PutBucketRequestPayment. */

import { updateBucket } from "../../engine/buckets.ts";
import { readChoice } from "../../s3/documents/elements.ts";
import { element, xmlDocument } from "../../s3/xml.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { readSettings } from "../settings-document.ts";
import { xmlResponse } from "../xml-response.ts";

const root = "RequestPaymentConfiguration";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketRequestPayment.html */
export function getBucketRequestPayment({ bucket }: BucketContext): Promise<S3Response> {
  return Promise.resolve(xmlResponse(xmlDocument(root, element("Payer", bucket.payer ?? "BucketOwner"))));
}

/**
 * Nobody is billed here. What comes of it is that requests must say that they pay, see requester-pays.ts.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html
 */
export async function putBucketRequestPayment(context: BucketContext): Promise<S3Response> {
  const payer = readChoice(await readSettings(context), root, "Payer", ["BucketOwner", "Requester"]);
  await updateBucket(context.site.engine, context.bucket.name, () => ({ payer }));
  return { status: 200, headers: {} };
}
