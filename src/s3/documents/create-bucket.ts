/** CreateBucketConfiguration: where a bucket is to be. */

import { element, parseXml, textOf, xmlDocument } from "../xml.ts";

/** What a bucket is created with. */
export interface CreateBucketConfiguration {
  /** A region. Absent, and on the wire no document at all, for us-east-1. */
  readonly locationConstraint?: string | undefined;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export function createBucketConfigurationXml({ locationConstraint }: CreateBucketConfiguration): string {
  return xmlDocument("CreateBucketConfiguration", element("LocationConstraint", locationConstraint));
}

/**
 * Reads the body of CreateBucket, which may be empty.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseCreateBucketConfiguration(xml: string | Uint8Array): CreateBucketConfiguration {
  if (xml.length === 0) return {};
  const location = textOf(parseXml(xml, "CreateBucketConfiguration"), "LocationConstraint")?.trim();
  return location ? { locationConstraint: location } : {};
}
