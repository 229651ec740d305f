/**
 * What S3 has of a bucket that makes no sense here, since it is about Amazon's bills, storage tiers and regions: SDKs and
 * tools ask for it, and are told that there is none.
 */

import { S3Error } from "../../s3/errors.ts";
import { readChoice } from "../../s3/documents/elements.ts";
import { element, xmlDocument } from "../../s3/xml.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { readSettings } from "../settings-document.ts";
import { xmlResponse } from "../xml-response.ts";

type Run = (context: BucketContext) => Promise<S3Response>;

/** An empty list of configurations, as a document of this root. */
export function noConfigurations(root: string): Run {
  const document = xmlDocument(root, element("IsTruncated", false));
  return () => Promise.resolve(xmlResponse(document));
}

/** No configuration has the id that is asked for. */
export function noSuchConfiguration({ request, bucket }: BucketContext): Promise<S3Response> {
  throw new S3Error("NoSuchConfiguration", {
    details: { BucketName: bucket.name, Id: request.params.get("id") ?? "" },
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketReplication.html */
export function getBucketReplication({ bucket }: BucketContext): Promise<S3Response> {
  throw new S3Error("ReplicationConfigurationNotFoundError", { details: { BucketName: bucket.name } });
}

/** There is nothing to delete, which is no error. */
export function deleteNothing(): Promise<S3Response> {
  return Promise.resolve({ status: 204, headers: {} });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAccelerateConfiguration.html */
export function getBucketAccelerate(): Promise<S3Response> {
  return Promise.resolve(xmlResponse(xmlDocument("AccelerateConfiguration", "")));
}

/**
 * Suspending what was never on changes nothing; switching it on is refused in AWS's words for where there is none.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html
 */
export async function putBucketAccelerate(context: BucketContext): Promise<S3Response> {
  const status = readChoice(await readSettings(context), "AccelerateConfiguration", "Status", [
    "Enabled",
    "Suspended",
  ]);
  if (status === "Suspended") return { status: 200, headers: {} };
  throw new S3Error("InvalidRequest", {
    message: "S3 Transfer Acceleration cannot be configured on this bucket.",
    details: { BucketName: context.bucket.name },
  });
}
