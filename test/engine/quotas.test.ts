import assert from "node:assert/strict";
import { it } from "node:test";
import { requireBucket, updateBucket } from "../../src/engine/buckets.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { listVersions } from "../../src/engine/list-versions.ts";
import {
  abortUpload,
  completeUpload,
  createUpload,
  listParts,
  listUploads,
  putPart,
} from "../../src/engine/multipart.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { readUsage, setQuota } from "../../src/engine/quotas.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";
import { access, eachEngine, inPieces } from "./engines.ts";

const put = (engine: Engine, bucket: Bucket, key: string, size: number) =>
  putObject(engine, { bucket, key, body: Buffer.alloc(size), ...access });

/** What a bucket holds, counted row by row. */
async function contentOf(engine: Engine, bucket: Bucket): Promise<{ bytes: number; objects: number }> {
  const { versions } = await listVersions(engine, bucket, { limit: 100_000 });
  const objects = versions.filter(({ deleteMarker }) => deleteMarker !== true);
  let bytes = objects.reduce((sum, { size }) => sum + size, 0);
  for (const upload of (await listUploads(engine, bucket, { limit: 1000 })).uploads) {
    for (const part of (await listParts(engine, upload, { limit: 10_000 })).parts) bytes += part.size;
  }
  return { bytes, objects: objects.length };
}

eachEngine("quotas", (open) => {
  it("a bucket takes no more bytes than its quota, and takes again what was freed", async () => {
    const { engine, newBucket } = open();
    const { name } = await newBucket();
    await setQuota(engine, name, { maxBytes: 1000 });
    const bucket = await requireBucket(engine, name);
    await put(engine, bucket, "a", 600);
    await put(engine, bucket, "b", 400);
    await assert.rejects(put(engine, bucket, "c", 1), { code: "QuotaExceeded", status: 403 });
    await put(engine, bucket, "empty", 0);
    await assert.rejects(put(engine, bucket, "a", 601), { code: "QuotaExceeded" });
    await put(engine, bucket, "a", 500);
    await put(engine, bucket, "c", 100);
    assert.deepEqual(await readUsage(engine, bucket), { bytes: 1000, objects: 4 });
    await deleteObject(engine, bucket, "b");
    await put(engine, bucket, "d", 400);
    assert.deepEqual(await readUsage(engine, bucket), { bytes: 1000, objects: 4 });
  });

  it("a body whose size is known and too much is refused before it is read", async () => {
    const { engine, newBucket } = open();
    const { name } = await newBucket();
    await setQuota(engine, name, { maxBytes: 1000, maxObjects: 2 });
    const bucket = await requireBucket(engine, name);
    const unread = (size: number) => {
      const next = (): never => assert.fail("the body was read");
      return { body: { [Symbol.asyncIterator]: () => ({ next }) }, size };
    };
    const flows = (size: number) => ({ body: inPieces(Buffer.alloc(size), 300), size });
    const refusal = { code: "QuotaExceeded", status: 403 };
    await putObject(engine, { bucket, key: "a", ...flows(600), ...access });
    await assert.rejects(putObject(engine, { bucket, key: "b", ...unread(401), ...access }), refusal);
    await assert.rejects(putObject(engine, { bucket, key: "a", ...unread(1001), ...access }), refusal);
    await putObject(engine, { bucket, key: "a", ...flows(1000), ...access });
    await putObject(engine, { bucket, key: "a", ...flows(500), ...access });
    await putObject(engine, { bucket, key: "b", ...flows(100), ...access });
    await assert.rejects(putObject(engine, { bucket, key: "c", ...unread(101), ...access }), refusal);

    const upload = await createUpload(engine, { bucket, key: "u", ...access });
    const part = (body: { body: AsyncIterable<Uint8Array>; size: number }) =>
      putPart(engine, { bucket, upload, partNumber: 1, ...body });
    await assert.rejects(part(unread(401)), refusal);
    await part(flows(400));
    await part(flows(300));
    await assert.rejects(part(unread(401)), refusal);

    // The quota is looked at as it is now, not as it was when the bucket was read.
    await setQuota(engine, name, { maxBytes: 5000 });
    await putObject(engine, { bucket, key: "c", ...flows(2000), ...access });
    await updateBucket(engine, name, () => ({ versioning: "Enabled" }));
    const versioned = await requireBucket(engine, name);
    // The version before stays and counts.
    await assert.rejects(
      putObject(engine, { bucket: versioned, key: "c", ...unread(2101), ...access }),
      refusal,
    );
    await putObject(engine, { bucket: versioned, key: "c", ...flows(2100), ...access });
    await updateBucket(engine, name, () => ({ versioning: "Suspended" }));
    const suspended = await requireBucket(engine, name);
    // The null version is replaced, though it is not the newest.
    await putObject(engine, { bucket: suspended, key: "c", ...flows(2000), ...access });
    await assert.rejects(
      putObject(engine, { bucket: suspended, key: "c", ...flows(2101), ...access }),
      refusal,
    );
  });

  it("a bucket takes no more objects than its quota; overwriting and deleting still work", async () => {
    const { engine, newBucket } = open();
    const { name } = await newBucket();
    await setQuota(engine, name, { maxObjects: 2 });
    const bucket = await requireBucket(engine, name);
    await put(engine, bucket, "a", 1);
    await put(engine, bucket, "b", 1);
    await assert.rejects(put(engine, bucket, "c", 0), { code: "QuotaExceeded" });
    await put(engine, bucket, "a", 1_000_000);
    await deleteObject(engine, bucket, "a");
    await put(engine, bucket, "c", 0);
  });

  it("what a bucket held before counts; more than the quota stays, and nothing is added", async () => {
    const { engine, newBucket } = open();
    const before = await newBucket();
    for (let i = 0; i < 30; i++) await put(engine, before, `k${i}`, 100);
    const upload = await createUpload(engine, { bucket: before, key: "u", ...access });
    await putPart(engine, { bucket: before, upload, partNumber: 1, body: Buffer.alloc(77) });
    await setQuota(engine, before.name, { maxBytes: 1000, maxObjects: 100 });
    const bucket = await requireBucket(engine, before.name);
    assert.deepEqual(await readUsage(engine, bucket), { bytes: 3077, objects: 30 });
    await assert.rejects(put(engine, bucket, "more", 1), { code: "QuotaExceeded" });
    await put(engine, bucket, "k0", 50);
    await setQuota(engine, bucket.name, { maxBytes: 5000 });
    // The bucket as it was read before: the write finds out that the quota is another.
    await put(engine, bucket, "more", 1000);
    assert.deepEqual(await readUsage(engine, bucket), { bytes: 4027, objects: 31 });
    await setQuota(engine, bucket.name, null);
    assert.equal(await engine.index.count("usage"), 0);
    await put(engine, bucket, "much more", 100_000);
  });

  it("versions and parts count, delete markers do not, and a full bucket can be emptied", async () => {
    const { engine, newBucket } = open();
    const { name } = await newBucket();
    await updateBucket(engine, name, () => ({ versioning: "Enabled" }));
    await setQuota(engine, name, { maxBytes: 100, maxObjects: 3 });
    const bucket = await requireBucket(engine, name);
    const usage = () => readUsage(engine, bucket);
    const first = await put(engine, bucket, "a", 30);
    await put(engine, bucket, "a", 30);
    await deleteObject(engine, bucket, "a");
    assert.deepEqual(await usage(), { bytes: 60, objects: 2 });
    await deleteObject(engine, bucket, "a", { versionId: first.versionId });
    assert.deepEqual(await usage(), { bytes: 30, objects: 1 });

    const upload = await createUpload(engine, { bucket, key: "u", ...access });
    const part = (partNumber: number, size: number) =>
      putPart(engine, { bucket, upload, partNumber, body: Buffer.alloc(size) });
    await part(1, 40);
    await part(1, 20);
    await part(2, 20);
    const { etag } = await part(3, 30);
    await assert.rejects(part(4, 1), { code: "QuotaExceeded" });
    assert.deepEqual(await usage(), { bytes: 100, objects: 1 });
    await completeUpload(engine, {
      bucket,
      key: "u",
      uploadId: upload.uploadId,
      parts: [{ partNumber: 3, etag }],
    });
    assert.deepEqual(await usage(), { bytes: 60, objects: 2 });

    const aborted = await createUpload(engine, { bucket, key: "v", ...access });
    await putPart(engine, { bucket, upload: aborted, partNumber: 1, body: Buffer.alloc(40) });
    await assert.rejects(put(engine, bucket, "b", 1), { code: "QuotaExceeded" });
    await abortUpload(engine, bucket, "v", aborted.uploadId);
    assert.deepEqual(await usage(), { bytes: 60, objects: 2 });
    const { versions } = await listVersions(engine, bucket, { limit: 100 });
    for (const { key, versionId } of versions) await deleteObject(engine, bucket, key, { versionId });
    assert.deepEqual(await usage(), { bytes: 0, objects: 0 });
  });

  it("many writers at once get in exactly what the quota lets in", async () => {
    const { engine, newBucket } = open();
    const { name } = await newBucket();
    await setQuota(engine, name, { maxBytes: 50 * 10 + 9 });
    const bucket = await requireBucket(engine, name);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 120 }, (_, i) => put(engine, bucket, `k${i}`, 10)),
    );
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 50);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") {
        assert.equal((outcome.reason as { code?: string }).code, "QuotaExceeded");
      }
    }
    assert.deepEqual(await readUsage(engine, bucket), { bytes: 500, objects: 50 });
    assert.deepEqual(await contentOf(engine, bucket), { bytes: 500, objects: 50 });
  });

  it("the count is right when a quota is set while others write, overwrite, delete and upload parts", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const over = new AbortController();
    let random = 12_345;
    const next = (below: number): number => (random = (random * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    const writer = async (): Promise<void> => {
      while (!over.signal.aborted) {
        // The memory engine would leave the timers no turn.
        await new Promise(setImmediate);
        const key = `k${next(20)}`;
        switch (next(4)) {
          case 0:
            await deleteObject(engine, bucket, key);
            break;
          case 1: {
            const upload = await createUpload(engine, { bucket, key, ...access });
            await putPart(engine, { bucket, upload, partNumber: 1, body: Buffer.alloc(next(300)) });
            const { etag } = await putPart(engine, {
              bucket,
              upload,
              partNumber: 1,
              body: Buffer.alloc(next(300)),
            });
            const { uploadId } = upload;
            if (next(2) === 0) await abortUpload(engine, bucket, key, uploadId);
            else await completeUpload(engine, { bucket, key, uploadId, parts: [{ partNumber: 1, etag }] });
            break;
          }
          default:
            await put(engine, bucket, key, next(300));
        }
      }
    };
    const writing = Array.from({ length: 8 }, writer);
    const settling = (async () => {
      for (let i = 0; i < 10; i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        await setQuota(engine, bucket.name, { maxBytes: 1_000_000 });
        await new Promise((resolve) => setTimeout(resolve, 10));
        if (i < 9) await setQuota(engine, bucket.name, null);
      }
    })();
    await settling;
    over.abort();
    await Promise.all(writing);
    const now = await requireBucket(engine, bucket.name);
    assert.deepEqual(await readUsage(engine, now), await contentOf(engine, now));
  });
});
