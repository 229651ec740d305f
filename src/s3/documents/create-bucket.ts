/** CreateBucketConfiguration: where a bucket is to be. */

import type { Tags } from "../tags.ts";
import { childOf, element, parseXml, textOf, xmlDocument } from "../xml.ts";
import { readTagList, tagListXml } from "./tagging.ts";

/** What a bucket is created with. */
export interface CreateBucketConfiguration {
  /** A region. Absent, and on the wire no document at all, for us-east-1. */
  readonly locationConstraint?: string | undefined;
  readonly tags?: Tags | undefined;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export function createBucketConfigurationXml({
  locationConstraint,
  tags,
}: CreateBucketConfiguration): string {
  return xmlDocument(
    "CreateBucketConfiguration",
    element("LocationConstraint", locationConstraint) +
      (tags === undefined ? "" : `<Tags>${tagListXml(tags)}</Tags>`),
  );
}

/**
 * Reads the body of CreateBucket, which may be empty.
 *
 * @returns Its tags as keys and values that are not judged yet.
 * @throws {S3Error} `MalformedXML`.
 */
export function parseCreateBucketConfiguration(
  xml: string | Uint8Array,
): Omit<CreateBucketConfiguration, "tags"> & { readonly tags?: [string, string][] } {
  if (xml.length === 0) return {};
  const root = parseXml(xml, "CreateBucketConfiguration");
  const location = textOf(root, "LocationConstraint")?.trim();
  const tags = childOf(root, "Tags");
  return {
    ...(location ? { locationConstraint: location } : {}),
    ...(tags === undefined ? {} : { tags: readTagList(tags) }),
  };
}
