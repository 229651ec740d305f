/**
 * `docs/reference/operations.md` is what the server answers to each operation of AWS's API. After a change of the tables
 * of operations: `STOWAGE_WRITE_DOCS=1 npm test`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { operations } from "../src/s3/operations.ts";
import { handlers } from "../src/server/operations/index.ts";
import { startTestServer } from "./support/server.ts";

const page = resolve("docs/reference/operations.md");

/** What AWS has beside our rows: how each is asked for, and what there is to say of it. */
const others: readonly (readonly [name: string, line: string, note?: string])[] = [
  ["CreateBucketMetadataConfiguration", "POST /bucket?metadataConfiguration"],
  ["CreateBucketMetadataTableConfiguration", "POST /bucket?metadataTable"],
  ["CreateSession", "GET /bucket?session", "of directory buckets"],
  ["DeleteBucketMetadataConfiguration", "DELETE /bucket?metadataConfiguration"],
  ["DeleteBucketMetadataTableConfiguration", "DELETE /bucket?metadataTable"],
  ["DeleteObjectAnnotation", "DELETE /bucket/key?annotation"],
  ["GetObjectAnnotation", "GET /bucket/key?annotation"],
  ["GetObjectTorrent", "GET /bucket/key?torrent", "ended by AWS in 2022"],
  ["ListObjectAnnotations", "GET /bucket/key?annotation"],
  ["PutObjectAnnotation", "PUT /bucket/key?annotation"],
  ["SelectObjectContent", "POST /bucket/key?select&select-type=2", "closed to new customers by AWS in 2024"],
  ["UpdateBucketMetadataAnnotationTableConfiguration", "PUT /bucket?metadataAnnotationTable"],
  ["UpdateBucketMetadataInventoryTableConfiguration", "PUT /bucket?metadataInventoryTable"],
  ["UpdateBucketMetadataJournalTableConfiguration", "PUT /bucket?metadataJournalTable"],
  ["UpdateObjectEncryption", "PUT /bucket/key?encryption"],
];

/** Operations that are none of a server's at this address, or another name of a request that has a row. */
const elsewhere: readonly (readonly [name: string, answer: string])[] = [
  ["GetBucketLifecycle", "GetBucketLifecycleConfiguration under its old name"],
  ["GetBucketNotification", "GetBucketNotificationConfiguration under its old name"],
  ["ListDirectoryBuckets", "there are no directory buckets: an endpoint of their own answers it"],
  ["PutBucketLifecycle", "PutBucketLifecycleConfiguration under its old name"],
  ["PutBucketNotification", "PutBucketNotificationConfiguration under its old name"],
  ["WriteGetObjectResponse", "there is no Object Lambda: an endpoint of its own answers it"],
];

test("docs/reference/operations.md says of each operation what is answered", () => {
  const reference = render();
  if (process.env["STOWAGE_WRITE_DOCS"] !== undefined) writeFileSync(page, reference);
  assert.equal(readFileSync(page, "utf8"), reference);
});

test("what the page calls NotImplemented is answered so", async (t) => {
  const s3 = await startTestServer();
  t.after(() => s3.close());
  await s3.send("PUT /bucket");
  await s3.send("PUT /bucket/key", { body: "text" });
  for (const [name, line] of others) {
    const { status, code } = await s3.send(line);
    assert.deepEqual([status, code], [501, "NotImplemented"], name);
  }
  assert.equal((await s3.send("GET /bucket/key")).text, "text");
});

test("every row of the table of operations has a handler", () => {
  // Preflights are answered before anybody is authenticated.
  const rows = [...operations.values()].filter(({ method }) => method !== "OPTIONS");
  const lacking = rows.filter(({ name }) => !handlers.has(name));
  assert.deepEqual(lacking, []);
});

function render(): string {
  const rows = [
    ...[...operations.values()].map(({ name, action }): [string, string] => [name, answerOf(name, action)]),
    ...others.map(([name, , note]): [string, string] => [
      name,
      `NotImplemented${note === undefined ? "" : ` (${note})`}`,
    ]),
    ...elsewhere,
  ].sort(([a], [b]) => (a < b ? -1 : 1));
  const supported = rows.filter(([, answer]) => answer.startsWith("supported")).length;
  return [
    "# Operations",
    `Each operation of [AWS's S3 API](https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html), and what the server answers. ${supported} are supported, each with the action that a bucket policy names. *As AWS without the feature*: nothing can be configured, and SDKs and tools that ask are told that nothing is.`,
    [
      "| operation | answer |",
      "| --- | --- |",
      ...rows.map(([name, answer]) => `| ${name} | ${answer} |`),
    ].join("\n"),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

function answerOf(name: string, action: string): string {
  if (handlers.get(name)?.withoutFeature) return "as AWS without the feature";
  return action === "" ? "supported" : `supported, \`${action}\``;
}
