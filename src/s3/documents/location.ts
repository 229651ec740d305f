/** LocationConstraint: the region of a bucket. */

import { escapeXml, s3Namespace, xmlDeclaration, xmlDocument } from "../xml.ts";
import { parseResult } from "./error.ts";

/**
 * The answer of GetBucketLocation.
 *
 * @param region Empty for us-east-1, which has no location constraint.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
 */
export function locationXml(region: string): string {
  return region === ""
    ? `${xmlDeclaration}<LocationConstraint xmlns="${s3Namespace}"/>`
    : xmlDocument("LocationConstraint", escapeXml(region));
}

/**
 * Reads the answer of GetBucketLocation.
 *
 * @returns The region; us-east-1 where the document names none, and eu-west-1 for its old name `EU`.
 * @throws {S3Error} `MalformedXML`.
 */
export function parseLocation(xml: string | Uint8Array): string {
  const root = parseResult(xml, "LocationConstraint");
  // Some servers put the element into one of the same name.
  const region = (root.children.find((child) => child.name === root.name) ?? root).text.trim();
  return region === "" ? "us-east-1" : region === "EU" ? "eu-west-1" : region;
}
