/** OwnershipControls: who owns what others write into a bucket, and whether its ACLs count. */

import { childrenOf, element, malformed, parseXml, requiredText, xmlDocument } from "../xml.ts";

/**
 * - `BucketOwnerEnforced`: the bucket's owner owns every object, and ACLs count for nothing.
 * - `BucketOwnerPreferred`: an object that comes with the canned ACL `bucket-owner-full-control` becomes the bucket owner's.
 * - `ObjectWriter`: whoever writes an object owns it.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */
export type ObjectOwnership = "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter";

/** Every setting. */
export const objectOwnerships: readonly ObjectOwnership[] = [
  "BucketOwnerEnforced",
  "BucketOwnerPreferred",
  "ObjectWriter",
];

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html */
export function ownershipControlsXml(ownership: ObjectOwnership): string {
  return xmlDocument("OwnershipControls", `<Rule>${element("ObjectOwnership", ownership)}</Rule>`);
}

/**
 * Reads the one rule that there may be.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseOwnershipControls(xml: string | Uint8Array): ObjectOwnership {
  const rules = childrenOf(parseXml(xml, "OwnershipControls"), "Rule");
  const [rule] = rules;
  if (rule === undefined || rules.length > 1) throw malformed(`there are ${rules.length} rules, not one`);
  const text = requiredText(rule, "ObjectOwnership").trim();
  const ownership = objectOwnerships.find((known) => known === text);
  if (ownership === undefined) throw malformed(`<ObjectOwnership> is ${JSON.stringify(text)}`);
  return ownership;
}
