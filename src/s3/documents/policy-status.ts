/** PolicyStatus: whether a bucket is public. */

import { booleanOf, element, parseXml, xmlDocument } from "../xml.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html */
export function policyStatusXml(isPublic: boolean): string {
  return xmlDocument("PolicyStatus", element("IsPublic", isPublic));
}

/**
 * Reads it.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parsePolicyStatus(xml: string | Uint8Array): boolean {
  return booleanOf(parseXml(xml, "PolicyStatus"), "IsPublic") ?? false;
}
