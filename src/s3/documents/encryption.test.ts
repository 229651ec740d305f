import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketEncryptionXml, parseBucketEncryption } from "./encryption.ts";

const document = (rule: string): string =>
  `<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${rule}</ServerSideEncryptionConfiguration>`;
const byDefault = (content: string): string =>
  `<Rule><ApplyServerSideEncryptionByDefault>${content}</ApplyServerSideEncryptionByDefault></Rule>`;

test("parseBucketEncryption() reads what bucketEncryptionXml() writes", () => {
  for (const encryption of [
    { algorithm: "AES256" },
    { algorithm: "AES256", bucketKeyEnabled: false },
    { algorithm: "aws:kms" },
    { algorithm: "aws:kms", kmsKeyId: "arn:aws:kms:us-east-1:1:key/a", bucketKeyEnabled: true },
    { blocksCustomerKeys: true },
    { algorithm: "AES256", blocksCustomerKeys: true },
    {},
  ] as const) {
    assert.deepEqual(parseBucketEncryption(bucketEncryptionXml(encryption)), encryption);
  }
});

test("parseBucketEncryption() reads AWS's example, and NONE among the blocked types", () => {
  assert.deepEqual(parseBucketEncryption(document(byDefault("<SSEAlgorithm>AES256</SSEAlgorithm>"))), {
    algorithm: "AES256",
  });
  const none =
    "<Rule><BlockedEncryptionTypes><EncryptionType>NONE</EncryptionType></BlockedEncryptionTypes></Rule>";
  assert.deepEqual(parseBucketEncryption(document(none)), {});
});

for (const [what, xml, code] of [
  ["no rule", document(""), "MalformedXML"],
  ["two rules", document("<Rule/><Rule/>"), "MalformedXML"],
  ["no algorithm", document(byDefault("")), "MalformedXML"],
  ["another algorithm", document(byDefault("<SSEAlgorithm>AES192</SSEAlgorithm>")), "MalformedXML"],
  [
    "a KMS key with AES256",
    document(byDefault("<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID>")),
    "InvalidArgument",
  ],
  ["two layers", document(byDefault("<SSEAlgorithm>aws:kms:dsse</SSEAlgorithm>")), "NotImplemented"],
  [
    "an unknown type to block",
    document(
      "<Rule><BlockedEncryptionTypes><EncryptionType>SSE-S3</EncryptionType></BlockedEncryptionTypes></Rule>",
    ),
    "MalformedXML",
  ],
  ["another document", "<Rule/>", "MalformedXML"],
] as const) {
  test(`parseBucketEncryption() refuses ${what}`, () => {
    assert.throws(() => parseBucketEncryption(xml), { code });
  });
}
