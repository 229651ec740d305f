import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { load, MiB, patternedBytes } from "../harness.mjs";
import { assertError, s3, testWithBucket } from "./connection.mjs";

const { Upload } = load("@aws-sdk/lib-storage");

testWithBucket("lib-storage uploads a stream of unknown length in parts", async ({ Bucket }) => {
  const content = patternedBytes(11 * MiB + 3);
  const Body = Readable.from(
    (function* () {
      for (let at = 0; at < content.length; at += 1_000_003) yield content.subarray(at, at + 1_000_003);
    })(),
  );
  const upload = new Upload({
    client: s3,
    params: { Bucket, Key: "large", Body },
    partSize: 5 * MiB,
    queueSize: 2,
  });
  const progress = [];
  upload.on("httpUploadProgress", ({ loaded }) => progress.push(loaded));
  const { ETag } = await upload.done();
  assert.match(ETag, /^"[0-9a-f]{32}-3"$/);
  assert.equal(Math.max(...progress), content.length);
  const found = await s3.getObject({ Bucket, Key: "large", ChecksumMode: "ENABLED" });
  assert.deepEqual(Buffer.from(await found.Body.transformToByteArray()), content);
  const part = await s3.getObject({ Bucket, Key: "large", PartNumber: 3 });
  assert.deepEqual([part.PartsCount, part.ContentLength], [3, MiB + 3]);
  assert.equal((await s3.listMultipartUploads({ Bucket })).Uploads, undefined);
});

testWithBucket("an upload that is aborted leaves nothing", async ({ Bucket }) => {
  const upload = new Upload({
    client: s3,
    params: { Bucket, Key: "large", Body: patternedBytes(11 * MiB) },
    partSize: 5 * MiB,
    queueSize: 1,
  });
  upload.on("httpUploadProgress", () => void upload.abort());
  await assert.rejects(upload.done(), { name: "AbortError" });
  assert.equal((await s3.listObjectsV2({ Bucket })).KeyCount, 0);
});

testWithBucket("parts are uploaded, copied, listed and completed by hand", async ({ Bucket }) => {
  const content = patternedBytes(5 * MiB);
  await s3.putObject({ Bucket, Key: "source", Body: content });
  const Key = "by hand";
  const { UploadId } = await s3.createMultipartUpload({
    Bucket,
    Key,
    ContentType: "text/plain",
    Metadata: { a: "b" },
  });
  const CopySource = `${Bucket}/source`;
  const copied = await s3.uploadPartCopy({ Bucket, Key, UploadId, PartNumber: 1, CopySource });
  const range = "bytes=0-15";
  const piece = await s3.uploadPartCopy({
    Bucket,
    Key,
    UploadId,
    PartNumber: 3,
    CopySource,
    CopySourceRange: range,
  });
  const { Uploads } = await s3.listMultipartUploads({ Bucket });
  assert.deepEqual(
    Uploads.map((upload) => [upload.Key, upload.UploadId]),
    [[Key, UploadId]],
  );
  const { Parts } = await s3.listParts({ Bucket, Key, UploadId });
  assert.deepEqual(
    Parts.map(({ PartNumber, Size }) => [PartNumber, Size]),
    [
      [1, 5 * MiB],
      [3, 16],
    ],
  );
  const parts = [
    { PartNumber: 1, ETag: copied.CopyPartResult.ETag },
    { PartNumber: 3, ETag: piece.CopyPartResult.ETag },
  ];
  const complete = (Parts) =>
    s3.completeMultipartUpload({ Bucket, Key, UploadId, MultipartUpload: { Parts } });
  await assertError(400, "InvalidPartOrder", complete(parts.toReversed()));
  await assertError(
    400,
    "InvalidPart",
    complete([{ ...parts[0], ETag: '"00000000000000000000000000000000"' }]),
  );
  await complete(parts);
  const found = await s3.getObject({ Bucket, Key });
  assert.deepEqual(
    [found.ContentType, found.Metadata, found.ContentLength],
    ["text/plain", { a: "b" }, 5 * MiB + 16],
  );
  const bytes = Buffer.from(await found.Body.transformToByteArray());
  assert.deepEqual(bytes.subarray(5 * MiB), content.subarray(0, 16));
});

testWithBucket("a part that is too small is refused at the end", async ({ Bucket }) => {
  const Key = "small";
  const { UploadId } = await s3.createMultipartUpload({ Bucket, Key });
  const Parts = [];
  for (const PartNumber of [1, 2]) {
    const { ETag } = await s3.uploadPart({ Bucket, Key, UploadId, PartNumber, Body: "small" });
    Parts.push({ PartNumber, ETag });
  }
  const MultipartUpload = { Parts };
  await assertError(
    400,
    "EntityTooSmall",
    s3.completeMultipartUpload({ Bucket, Key, UploadId, MultipartUpload }),
  );
});

for (const [ChecksumAlgorithm, ChecksumType] of [
  ["CRC32", "COMPOSITE"],
  ["CRC32C", "FULL_OBJECT"],
  ["SHA256", "COMPOSITE"],
]) {
  testWithBucket(
    `parts have a ${ChecksumAlgorithm}, and the whole a ${ChecksumType} one`,
    async ({ Bucket }) => {
      const Key = "checked";
      const created = await s3.createMultipartUpload({ Bucket, Key, ChecksumAlgorithm, ChecksumType });
      const { UploadId } = created;
      const Parts = [];
      for (const [index, Body] of [patternedBytes(5 * MiB), "end"].entries()) {
        const PartNumber = index + 1;
        const part = await s3.uploadPart({ Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm });
        const field = `Checksum${ChecksumAlgorithm}`;
        Parts.push({ PartNumber, ETag: part.ETag, [field]: part[field] });
      }
      const whole = await s3.completeMultipartUpload({
        Bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts },
        ChecksumType,
      });
      const value = whole[`Checksum${ChecksumAlgorithm}`];
      assert.equal(value.endsWith("-2"), ChecksumType === "COMPOSITE", value);
      const head = await s3.headObject({ Bucket, Key, ChecksumMode: "ENABLED" });
      assert.deepEqual([head[`Checksum${ChecksumAlgorithm}`], head.ChecksumType], [value, ChecksumType]);
    },
  );
}
