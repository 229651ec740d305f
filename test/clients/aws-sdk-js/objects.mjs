import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { patternedBytes } from "../harness.mjs";
import { assertError, read, s3, sdk, testWithBucket } from "./connection.mjs";

testWithBucket("an object keeps its bytes, headers and metadata", async ({ Bucket }) => {
  const Key = "folder/key";
  const { ETag } = await s3.putObject({
    Bucket,
    Key,
    Body: "0123456789",
    ContentType: "text/x-ten",
    CacheControl: "max-age=60",
    ContentDisposition: 'attachment; filename="ten.txt"',
    ContentEncoding: "identity",
    ContentLanguage: "en",
    Expires: new Date("2030-01-01T00:00:00Z"),
    Metadata: { one: "first value", Two: "second" },
    StorageClass: "STANDARD_IA",
  });
  assert.equal(ETag, '"781e5e245d69b566979b86e28d23f2c7"');
  const head = await s3.headObject({ Bucket, Key });
  assert.deepEqual(
    [head.ContentLength, head.ContentType, head.CacheControl, head.ContentDisposition, head.ContentEncoding],
    [10, "text/x-ten", "max-age=60", 'attachment; filename="ten.txt"', "identity"],
  );
  assert.deepEqual([head.ContentLanguage, head.ExpiresString], ["en", "Tue, 01 Jan 2030 00:00:00 GMT"]);
  assert.deepEqual(
    [head.Metadata, head.StorageClass],
    [{ one: "first value", two: "second" }, "STANDARD_IA"],
  );
  const part = await s3.getObject({ Bucket, Key, Range: "bytes=2-4", ResponseContentType: "text/x-other" });
  assert.deepEqual(
    [await part.Body.transformToString(), part.ContentRange, part.ContentType],
    ["234", "bytes 2-4/10", "text/x-other"],
  );
  await assertError(416, "InvalidRange", s3.getObject({ Bucket, Key, Range: "bytes=10-" }));
});

testWithBucket("bodies may be a string, bytes, a stream or nothing", async ({ Bucket }) => {
  const content = patternedBytes(300_000);
  const bodies = [
    ["string", "text", Buffer.from("text")],
    ["bytes", new Uint8Array([0, 255, 10]), Buffer.from([0, 255, 10])],
    ["stream", Readable.from([content.subarray(0, 7), content.subarray(7)]), content],
    ["empty", "", Buffer.alloc(0)],
  ];
  for (const [Key, Body, expected] of bodies) {
    await s3.putObject({ Bucket, Key, Body, ContentLength: expected.length });
    const { Body: found } = await s3.getObject({ Bucket, Key });
    assert.deepEqual(Buffer.from(await found.transformToByteArray()), expected, Key);
  }
});

for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]) {
  testWithBucket(`a ${ChecksumAlgorithm} is sent, kept and checked`, async ({ Bucket }) => {
    const content = patternedBytes(100_000);
    // A stream's checksum comes behind it, as a trailer.
    for (const [Key, Body] of [
      ["bytes", content],
      ["stream", Readable.from([content])],
    ]) {
      const ContentLength = content.length;
      const field = `Checksum${ChecksumAlgorithm}`;
      const put = await s3.putObject({ Bucket, Key, Body, ContentLength, ChecksumAlgorithm });
      assert.ok(put[field], field);
      const head = await s3.headObject({ Bucket, Key, ChecksumMode: "ENABLED" });
      assert.deepEqual([head[field], head.ChecksumType], [put[field], "FULL_OBJECT"]);
      // The SDK compares the bytes with it as they pass.
      const { Body: found } = await s3.getObject({ Bucket, Key, ChecksumMode: "ENABLED" });
      assert.deepEqual(Buffer.from(await found.transformToByteArray()), content);
    }
    const wrong = { [`Checksum${ChecksumAlgorithm}`]: createHash("sha256").update("other").digest("base64") };
    if (ChecksumAlgorithm === "SHA256")
      await assertError(400, "BadDigest", s3.putObject({ Bucket, Key: "wrong", Body: content, ...wrong }));
  });
}

testWithBucket("reads and writes can be conditional", async ({ Bucket }) => {
  const Key = "key";
  const { ETag } = await s3.putObject({ Bucket, Key, Body: "one", IfNoneMatch: "*" });
  await assertError(412, "PreconditionFailed", s3.putObject({ Bucket, Key, Body: "two", IfNoneMatch: "*" }));
  await assertError(
    412,
    "PreconditionFailed",
    s3.putObject({ Bucket, Key, Body: "two", IfMatch: '"other"' }),
  );
  await s3.putObject({ Bucket, Key, Body: "three", IfMatch: ETag });
  await assertError(412, "PreconditionFailed", s3.getObject({ Bucket, Key, IfMatch: ETag }));
  const head = await s3.headObject({ Bucket, Key });
  // A 304 has no body that could name a code.
  await assert.rejects(s3.getObject({ Bucket, Key, IfNoneMatch: head.ETag }), ({ $metadata }) => {
    return $metadata.httpStatusCode === 304;
  });
  await assertError(404, "NoSuchKey", s3.putObject({ Bucket, Key: "none", Body: "", IfMatch: ETag }));
});

testWithBucket("of many writers that want to be the first, one is", async ({ Bucket }) => {
  const writes = Array.from({ length: 20 }, (_, number) =>
    s3.putObject({ Bucket, Key: "lock", Body: String(number), IfNoneMatch: "*" }).then(
      () => number,
      (error) => error.name,
    ),
  );
  const outcomes = await Promise.all(writes);
  const winners = outcomes.filter((outcome) => typeof outcome === "number");
  assert.equal(winners.length, 1);
  assert.deepEqual(
    outcomes.filter((outcome) => !["PreconditionFailed", "ConditionalRequestConflict"].includes(outcome)),
    winners,
  );
  assert.equal(await read({ Bucket, Key: "lock" }), String(winners[0]));
});

testWithBucket("an object is copied, with its metadata or with new", async ({ Bucket }) => {
  const CopySource = `${Bucket}/${encodeURIComponent("ü +/a")}`;
  await s3.putObject({
    Bucket,
    Key: "ü +/a",
    Body: "text",
    ContentType: "text/x-one",
    Metadata: { by: "one" },
  });
  const { CopyObjectResult } = await s3.copyObject({ Bucket, Key: "copy", CopySource });
  assert.equal(CopyObjectResult.ETag, '"1cb251ec0d568de6a929b520c4aed8d1"');
  const kept = await s3.headObject({ Bucket, Key: "copy" });
  assert.deepEqual([kept.ContentType, kept.Metadata], ["text/x-one", { by: "one" }]);
  await s3.copyObject({
    Bucket,
    Key: "copy",
    CopySource,
    MetadataDirective: "REPLACE",
    ContentType: "text/x-two",
    Metadata: { by: "two" },
  });
  const replaced = await s3.headObject({ Bucket, Key: "copy" });
  assert.deepEqual([replaced.ContentType, replaced.Metadata], ["text/x-two", { by: "two" }]);
  await assertError(400, "InvalidRequest", s3.copyObject({ Bucket, Key: "ü +/a", CopySource }));
  await assertError(
    404,
    "NoSuchKey",
    s3.copyObject({ Bucket, Key: "copy", CopySource: `${Bucket}/missing` }),
  );
  const CopySourceIfMatch = '"other"';
  await assertError(
    412,
    "PreconditionFailed",
    s3.copyObject({ Bucket, Key: "copy", CopySource, CopySourceIfMatch }),
  );
});

testWithBucket("objects go, one and many, and a thousand listed by it", async ({ Bucket }) => {
  const keys = Array.from({ length: 1000 }, (_, number) => `many/${number}`);
  for (let from = 0; from < keys.length; from += 50)
    await Promise.all(keys.slice(from, from + 50).map((Key) => s3.putObject({ Bucket, Key, Body: "" })));
  const waiting = { client: s3, maxWaitTime: 20, minDelay: 1, maxDelay: 1 };
  assert.equal((await sdk.waitUntilObjectExists(waiting, { Bucket, Key: "many/1" })).state, "SUCCESS");
  // 1,000 ETags with quotes: an XML reader that limits entities would refuse them as &quot;.
  const { Contents } = await s3.listObjectsV2({ Bucket });
  assert.equal(Contents.length, 1000);
  assert.equal(Contents[0].ETag, '"d41d8cd98f00b204e9800998ecf8427e"');
  await s3.deleteObject({ Bucket, Key: "many/1" });
  assert.equal((await sdk.waitUntilObjectNotExists(waiting, { Bucket, Key: "many/1" })).state, "SUCCESS");
  const { Deleted } = await s3.deleteObjects({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } });
  assert.equal(Deleted.length, 1000);
  assert.equal((await s3.listObjectsV2({ Bucket })).KeyCount, 0);
});
