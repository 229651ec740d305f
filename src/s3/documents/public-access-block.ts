/** PublicAccessBlockConfiguration: four switches that stand above a bucket's ACLs and its policy. */

import { booleanOf, element, malformed, parseXml, xmlDocument } from "../xml.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
export interface PublicAccessBlock {
  /** No new ACL may grant anything to everybody, or to everybody with an account. */
  readonly blockPublicAcls: boolean;
  /** What ACLs grant to everybody, or to everybody with an account, does not count. */
  readonly ignorePublicAcls: boolean;
  /** No new policy may be public. */
  readonly blockPublicPolicy: boolean;
  /** What a public policy allows, it allows to nobody but the bucket's owner. */
  readonly restrictPublicBuckets: boolean;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html */
export function publicAccessBlockXml(block: PublicAccessBlock): string {
  return xmlDocument(
    "PublicAccessBlockConfiguration",
    element("BlockPublicAcls", block.blockPublicAcls) +
      element("IgnorePublicAcls", block.ignorePublicAcls) +
      element("BlockPublicPolicy", block.blockPublicPolicy) +
      element("RestrictPublicBuckets", block.restrictPublicBuckets),
  );
}

const members = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

/**
 * Reads the switches. One that is not there is off.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parsePublicAccessBlock(xml: string | Uint8Array): PublicAccessBlock {
  const root = parseXml(xml);
  // Ceph's RGW answers with a name of its own, BlockPublicAccessBlockConfiguration.
  if (!root.name.endsWith("PublicAccessBlockConfiguration")) {
    throw malformed(`the root is <${root.name}>, not <PublicAccessBlockConfiguration>`);
  }
  // A misspelt switch must not be one that is off.
  const stranger = root.children.find(({ name }) => !members.includes(name));
  if (stranger !== undefined) throw malformed(`<${stranger.name}> is none of ${members.join(", ")}`);
  return {
    blockPublicAcls: booleanOf(root, "BlockPublicAcls") ?? false,
    ignorePublicAcls: booleanOf(root, "IgnorePublicAcls") ?? false,
    blockPublicPolicy: booleanOf(root, "BlockPublicPolicy") ?? false,
    restrictPublicBuckets: booleanOf(root, "RestrictPublicBuckets") ?? false,
  };
}
