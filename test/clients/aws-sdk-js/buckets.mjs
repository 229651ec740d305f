import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketName, kind, oddKeys } from "../harness.mjs";
import { assertError, connect, s3, sdk, testWithBucket } from "./connection.mjs";

testWithBucket("a bucket is created, found and listed", async ({ Bucket }) => {
  await s3.headBucket({ Bucket });
  const { Buckets, Owner } = await s3.listBuckets({});
  const found = Buckets.find(({ Name }) => Name === Bucket);
  assert.ok(found.CreationDate instanceof Date);
  assert.ok(Owner.ID.length > 0);
  // us-east-1 has no location constraint.
  if (kind !== "rgw") assert.equal((await s3.getBucketLocation({ Bucket })).LocationConstraint, undefined);
});

test("the bucket is in the path for an address, for a name only with forcePathStyle", async () => {
  const asked = async (options) => {
    const client = connect(options);
    let place;
    const stop =
      () =>
      async ({ request }) => {
        place = request.hostname + request.path;
        throw new Error("not sent");
      };
    client.middlewareStack.add(stop, { step: "finalizeRequest", priority: "low" });
    await assert.rejects(client.getObject({ Bucket: "photos", Key: "key" }), /not sent/);
    return place;
  };
  const named = "http://localhost:9000";
  const bare = { forcePathStyle: undefined };
  assert.equal(await asked({ endpoint: "http://127.0.0.1:9000", ...bare }), "127.0.0.1/photos/key");
  assert.equal(await asked({ endpoint: named, ...bare }), "photos.localhost/key");
  assert.equal(await asked({ endpoint: named }), "localhost/photos/key");
});

test("the waiters see a bucket come and go", async () => {
  const Bucket = bucketName("wait");
  const waiting = { client: s3, maxWaitTime: 20, minDelay: 1, maxDelay: 1 };
  await s3.createBucket({ Bucket });
  assert.equal((await sdk.waitUntilBucketExists(waiting, { Bucket })).state, "SUCCESS");
  await s3.deleteBucket({ Bucket });
  assert.equal((await sdk.waitUntilBucketNotExists(waiting, { Bucket })).state, "SUCCESS");
});

testWithBucket("errors have S3's codes and classes", async ({ Bucket }) => {
  await assertError(404, "NoSuchBucket", s3.listObjectsV2({ Bucket: `${Bucket}-missing` }));
  await assert.rejects(s3.getObject({ Bucket, Key: "missing" }), sdk.NoSuchKey);
  await assert.rejects(s3.headObject({ Bucket, Key: "missing" }), sdk.NotFound);
  await s3.putObject({ Bucket, Key: "key", Body: "text" });
  await assertError(409, "BucketNotEmpty", s3.deleteBucket({ Bucket }));
  await assertError(400, "InvalidBucketName", s3.createBucket({ Bucket: "Not_A_Name" }));
  await assertError(404, "NoSuchUpload", s3.abortMultipartUpload({ Bucket, Key: "key", UploadId: "none" }));
});

testWithBucket("listings are paged, in the order of UTF-8", async ({ Bucket }) => {
  const keys = Array.from({ length: 25 }, (_, number) => `page/${String(number).padStart(2, "0")}`);
  await Promise.all(keys.map((Key) => s3.putObject({ Bucket, Key, Body: "" })));
  const pages = [];
  const pager = sdk.paginateListObjectsV2({ client: s3, pageSize: 10 }, { Bucket, Prefix: "page/" });
  for await (const { Contents = [] } of pager) pages.push(Contents.map(({ Key }) => Key));
  assert.deepEqual(
    pages.map((page) => page.length),
    [10, 10, 5],
  );
  assert.deepEqual(pages.flat(), keys);
  const after = await s3.listObjectsV2({ Bucket, StartAfter: "page/20", MaxKeys: 2, FetchOwner: true });
  assert.deepEqual(
    after.Contents.map(({ Key }) => Key),
    ["page/21", "page/22"],
  );
  assert.ok(after.Contents.every(({ Owner }) => Owner.ID.length > 0));
  const { CommonPrefixes, KeyCount } = await s3.listObjectsV2({ Bucket, Delimiter: "/" });
  assert.deepEqual([CommonPrefixes, KeyCount], [[{ Prefix: "page/" }], 1]);
  const first = await s3.listObjects({ Bucket, MaxKeys: 1, Delimiter: "/" });
  assert.deepEqual([first.CommonPrefixes, first.IsTruncated], [[{ Prefix: "page/" }], false]);
});

testWithBucket("any key comes back as it was given", async ({ Bucket }) => {
  for (const Key of oddKeys) await s3.putObject({ Bucket, Key, Body: Key });
  const { Contents } = await s3.listObjectsV2({ Bucket });
  const expected = oddKeys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual(
    Contents.map(({ Key }) => Key),
    expected,
  );
  for (const Key of oddKeys) {
    const { Body } = await s3.getObject({ Bucket, Key });
    assert.equal(await Body.transformToString(), Key);
  }
  const { Deleted } = await s3.deleteObjects({
    Bucket,
    Delete: { Objects: oddKeys.map((Key) => ({ Key })) },
  });
  assert.deepEqual(Deleted.map(({ Key }) => Key).toSorted(), oddKeys.toSorted());
});
