/** ServerSideEncryptionConfiguration: what a bucket does with objects of which nothing is said. */

import type { BucketEncryption } from "../server-side-encryption.ts";
import { S3Error } from "../errors.ts";
import {
  booleanOf,
  childOf,
  childrenOf,
  element,
  malformed,
  parseXml,
  requiredText,
  textOf,
  xmlDocument,
  type XmlElement,
} from "../xml.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html */
export function bucketEncryptionXml(encryption: BucketEncryption): string {
  const { algorithm, kmsKeyId, bucketKeyEnabled, blocksCustomerKeys } = encryption;
  const byDefault =
    algorithm === undefined
      ? ""
      : `<ApplyServerSideEncryptionByDefault>${element("SSEAlgorithm", algorithm)}${element("KMSMasterKeyID", kmsKeyId)}</ApplyServerSideEncryptionByDefault>`;
  const blocked =
    blocksCustomerKeys === true
      ? `<BlockedEncryptionTypes>${element("EncryptionType", "SSE-C")}</BlockedEncryptionTypes>`
      : "";
  return xmlDocument(
    "ServerSideEncryptionConfiguration",
    `<Rule>${byDefault}${element("BucketKeyEnabled", bucketKeyEnabled)}${blocked}</Rule>`,
  );
}

/**
 * Reads and judges the rule of a bucket.
 *
 * @throws {S3Error} `MalformedXML`; `InvalidArgument` for a key where none belongs; `NotImplemented` for encryption in
 *   two layers.
 */
export function parseBucketEncryption(xml: string | Uint8Array): BucketEncryption {
  const root = parseXml(xml, "ServerSideEncryptionConfiguration");
  const [rule, ...others] = childrenOf(root, "Rule");
  if (rule === undefined) throw malformed("<ServerSideEncryptionConfiguration> has no <Rule>");
  if (others.length > 0) throw malformed("<ServerSideEncryptionConfiguration> has more than one <Rule>");
  const bucketKeyEnabled = booleanOf(rule, "BucketKeyEnabled");
  return {
    ...readDefault(childOf(rule, "ApplyServerSideEncryptionByDefault")),
    ...(bucketKeyEnabled === undefined ? {} : { bucketKeyEnabled }),
    ...(readBlocked(childOf(rule, "BlockedEncryptionTypes")) ? { blocksCustomerKeys: true } : {}),
  };
}

function readDefault(byDefault: XmlElement | undefined): Pick<BucketEncryption, "algorithm" | "kmsKeyId"> {
  if (byDefault === undefined) return {};
  const algorithm = requiredText(byDefault, "SSEAlgorithm").trim();
  const kmsKeyId = textOf(byDefault, "KMSMasterKeyID")?.trim();
  switch (algorithm) {
    case "AES256":
      if (kmsKeyId) {
        throw new S3Error("InvalidArgument", {
          message: "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms",
          details: { ArgumentName: "KMSMasterKeyID", ArgumentValue: kmsKeyId },
        });
      }
      return { algorithm };
    case "aws:kms":
      return kmsKeyId ? { algorithm, kmsKeyId } : { algorithm };
    case "aws:kms:dsse":
      throw new S3Error("NotImplemented", {
        message: "Dual-layer server-side encryption (aws:kms:dsse) is not implemented.",
      });
    default:
      throw malformed(`<SSEAlgorithm> is ${JSON.stringify(algorithm)}`);
  }
}

function readBlocked(blocked: XmlElement | undefined): boolean {
  if (blocked === undefined) return false;
  const types = childrenOf(blocked, "EncryptionType").map(({ text }) => text.trim());
  const stranger = types.find((type) => type !== "NONE" && type !== "SSE-C");
  if (stranger !== undefined) throw malformed(`<EncryptionType> is ${JSON.stringify(stranger)}`);
  return types.includes("SSE-C");
}
