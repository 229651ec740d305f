/**
 * What S3 has of a bucket that makes no sense here, since it is about Amazon's bills, storage tiers and regions: SDKs and
 * tools ask for it, and are told that there is none.
 */

import { S3Error, type S3ErrorCode } from "../../s3/errors.ts";
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

/** There is no such configuration of the bucket. */
export function notFound(code: S3ErrorCode): Run {
  return ({ bucket }) => {
    throw new S3Error(code, { details: { BucketName: bucket.name } });
  };
}

/** What is not there is refused, in AWS's words for where it has something not; to take it would be to promise it. */
export function refuseConfiguration(what: string): Run {
  return ({ bucket }) => {
    throw new S3Error("InvalidRequest", {
      message: `${what} cannot be configured on this bucket.`,
      details: { BucketName: bucket.name },
    });
  };
}

/** There is nothing to delete, which is no error. */
export function deleteNothing(): Promise<S3Response> {
  return Promise.resolve({ status: 204, headers: {} });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAccelerateConfiguration.html */
export function getBucketAccelerate(): Promise<S3Response> {
  return Promise.resolve(xmlResponse(xmlDocument("AccelerateConfiguration", "")));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html */
export const putBucketAccelerate: Run = putSwitch(
  "AccelerateConfiguration",
  "Suspended",
  "S3 Transfer Acceleration",
);

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAbac.html */
export function getBucketAbac(): Promise<S3Response> {
  return Promise.resolve(xmlResponse(xmlDocument("AbacStatus", element("Status", "Disabled"))));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAbac.html */
export const putBucketAbac: Run = putSwitch("AbacStatus", "Disabled", "Attribute-based access control");

/** Switching off what was never on changes nothing; switching it on is refused. */
function putSwitch(root: string, off: string, what: string): Run {
  return async (context) => {
    const status = readChoice(await readSettings(context), root, "Status", ["Enabled", off]);
    return status === off ? { status: 200, headers: {} } : refuseConfiguration(what)(context);
  };
}
