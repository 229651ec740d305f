import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { it } from "node:test";

import { createChecksum } from "../../src/engine/checksums.ts";
import type { Checksum, ChecksumAlgorithm } from "../../src/s3/checksums.ts";
import type { S3Error } from "../../src/s3/errors.ts";
import { deleteBucket } from "../../src/engine/buckets.ts";
import { completeUpload } from "../../src/engine/complete-upload.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { access, blobCount, eachEngine, inPieces, readObject } from "./engines.ts";
import { headObject, openObject } from "../../src/engine/open-object.ts";
import { listParts, putPart } from "../../src/engine/parts.ts";
import { putObject } from "../../src/engine/put-object.ts";
import type { Bucket, Engine, Part, Upload } from "../../src/engine/types.ts";
import { abortUpload, createUpload, getUpload, listUploads } from "../../src/engine/uploads.ts";

const bytesOf = (letter: string, size: number): Buffer => Buffer.alloc(size, letter);

/** Stores the bodies as parts 1, 2, 3, ... */
async function putParts(engine: Engine, upload: Upload, bodies: readonly Buffer[]): Promise<Part[]> {
  return Promise.all(
    bodies.map((body, at) => putPart(engine, { upload, partNumber: at + 1, body: inPieces(body) })),
  );
}

function checksumOf(algorithm: ChecksumAlgorithm, bytes: Buffer): Checksum {
  const checksum = createChecksum(algorithm);
  checksum.update(bytes);
  return { algorithm, type: "FULL_OBJECT", value: checksum.digest() };
}

eachEngine("multipart uploads", (open) => {
  it("completeUpload() makes an object of parts inline and in files, read whole, in ranges and by part", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    const upload = await createUpload(engine, {
      bucket,
      key: "k",
      ...access,
      headers: { "content-type": "text/plain" },
      metadata: { a: "b" },
    });
    const bodies = [bytesOf("a", 150_000), bytesOf("b", 7), bytesOf("c", 101), bytesOf("d", 1)];
    const whole = Buffer.concat(bodies);
    const parts = await putParts(engine, upload, bodies);
    assert.equal(await headObject(engine, bucket, "k"), null);
    time.nowMs += 60_000;
    const info = await completeUpload(engine, { bucket, key: "k", uploadId: upload.uploadId, parts });
    const md5s = bodies.map((body) => createHash("md5").update(body).digest());
    assert.equal(info.etag, `${createHash("md5").update(Buffer.concat(md5s)).digest("hex")}-4`);
    assert.equal(info.size, whole.length);
    assert.equal(info.partCount, 4);
    assert.equal(info.lastModifiedMs, time.nowMs);
    const head = await headObject(engine, bucket, "k");
    // What is undefined is absent.
    assert.deepEqual(JSON.parse(JSON.stringify(head)), JSON.parse(JSON.stringify(info)));
    assert.equal((await readObject(engine, bucket, "k"))?.equals(whole), true);
    for (const [start, end] of [
      [149_999, 150_008],
      [150_000, 150_000],
      [65_536, 150_108],
    ] as const) {
      const range = await readObject(engine, bucket, "k", { start, end });
      assert.equal(range?.equals(whole.subarray(start, end + 1)), true);
    }
    const object = await openObject(engine, bucket, "k");
    assert.deepEqual(object?.part(3), { start: 150_007, end: 150_107 });
    assert.throws(() => object?.part(5), { code: "InvalidPartNumber" });
    object?.close();
    assert.equal(await getUpload(engine, bucket, "k", upload.uploadId), null);
  });

  it("completeUpload() again answers the same while the object is there, and only for the same parts", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const upload = await createUpload(engine, { bucket, key: "k", ...access });
    const parts = await putParts(engine, upload, [bytesOf("a", 10), bytesOf("b", 10)]);
    const complete = { bucket, key: "k", uploadId: upload.uploadId, parts };
    const results = await Promise.all([1, 2, 3].map(() => completeUpload(engine, complete)));
    assert.equal(new Set(results.map(({ etag }) => etag)).size, 1);
    assert.equal((await completeUpload(engine, complete)).etag, results[0]?.etag);
    await assert.rejects(completeUpload(engine, { ...complete, parts: parts.slice(1) }), {
      code: "NoSuchUpload",
    });
    await putObject(engine, { bucket, key: "k", body: Buffer.from("x"), ...access });
    await assert.rejects(completeUpload(engine, complete), { code: "NoSuchUpload" });
  });

  it("putPart() replaces a part of the same number, and leaves out those that completion does not list", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const upload = await createUpload(engine, { bucket, key: "k", ...access });
    const [first] = await putParts(engine, upload, [bytesOf("x", 300), bytesOf("b", 300), bytesOf("c", 20)]);
    const again = await putPart(engine, { upload, partNumber: 1, body: bytesOf("a", 200) });
    const { parts } = await listParts(engine, upload, { limit: 100 });
    assert.deepEqual(
      parts.map(({ partNumber, size }) => [partNumber, size]),
      [
        [1, 200],
        [2, 300],
        [3, 20],
      ],
    );
    const chosen = parts.filter(({ partNumber }) => partNumber !== 2);
    await assert.rejects(
      completeUpload(engine, {
        bucket,
        key: "k",
        uploadId: upload.uploadId,
        parts: [first as Part, ...chosen.slice(1)],
      }),
      { code: "InvalidPart" },
    );
    await completeUpload(engine, { bucket, key: "k", uploadId: upload.uploadId, parts: chosen });
    assert.equal(chosen[0]?.etag, again.etag);
    const whole = Buffer.concat([bytesOf("a", 200), bytesOf("c", 20)]);
    assert.equal((await readObject(engine, bucket, "k"))?.equals(whole), true);
  });

  it("completeUpload() refuses parts out of order, missing, too small or none, and the upload stays", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const upload = await createUpload(engine, { bucket, key: "k", ...access });
    const parts = await putParts(engine, upload, [bytesOf("a", 10), bytesOf("b", 4), bytesOf("c", 1)]);
    const [one, two, three] = parts as [Part, Part, Part];
    const complete = (listed: readonly { partNumber: number; etag: string }[]): Promise<unknown> =>
      completeUpload(engine, { bucket, key: "k", uploadId: upload.uploadId, parts: listed });
    await assert.rejects(complete([three, one]), { code: "InvalidPartOrder" });
    await assert.rejects(complete([one, one]), { code: "InvalidPartOrder" });
    await assert.rejects(complete([one, { ...two, partNumber: 7 }]), { code: "InvalidPart" });
    await assert.rejects(complete([one, { ...two, etag: one.etag }]), { code: "InvalidPart" });
    await assert.rejects(complete(parts), (error: S3Error) => {
      assert.equal(error.code, "EntityTooSmall");
      assert.equal(error.details["PartNumber"], "2");
      assert.equal(error.details["MinSizeAllowed"], "5");
      return true;
    });
    await assert.rejects(complete([]), { code: "MalformedXML" });
    await assert.rejects(
      completeUpload(engine, { bucket, key: "k", uploadId: "0".repeat(32), parts: [one] }),
      { code: "NoSuchUpload" },
    );
    await assert.rejects(completeUpload(engine, { bucket, key: "k", uploadId: "?", parts: [one] }), {
      code: "NoSuchUpload",
    });
    await complete([one, three]);
    assert.equal((await readObject(engine, bucket, "k"))?.toString(), "aaaaaaaaaac");
  });

  it("completeUpload() obeys conditions and the size that the client claims", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const old = await putObject(engine, { bucket, key: "k", body: Buffer.from("old"), ...access });
    const upload = await createUpload(engine, { bucket, key: "k", ...access });
    const parts = await putParts(engine, upload, [bytesOf("a", 200)]);
    const complete = { bucket, key: "k", uploadId: upload.uploadId, parts };
    await assert.rejects(completeUpload(engine, { ...complete, ifNoneMatch: "*" }), {
      code: "PreconditionFailed",
    });
    await assert.rejects(completeUpload(engine, { ...complete, size: 201 }), { code: "InvalidRequest" });
    assert.equal((await readObject(engine, bucket, "k"))?.toString(), "old");
    await completeUpload(engine, { ...complete, ifMatch: old.etag, size: 200 });
    assert.equal((await headObject(engine, bucket, "k"))?.size, 200);
  });

  it("completeUpload() makes checksums of the parts' checksums, composite or of the full object", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const bodies = [bytesOf("a", 300), bytesOf("b", 50)];
    const whole = Buffer.concat(bodies);
    for (const [algorithm, type] of [
      ["CRC32", "FULL_OBJECT"],
      ["CRC64NVME", "FULL_OBJECT"],
      ["SHA256", "COMPOSITE"],
    ] as const) {
      const upload = await createUpload(engine, {
        bucket,
        key: algorithm,
        ...access,
        checksumAlgorithm: algorithm,
        checksumType: type,
      });
      const [first, second] = bodies as [Buffer, Buffer];
      const parts = [
        await putPart(engine, {
          upload,
          partNumber: 1,
          body: first,
          checksum: () => checksumOf(algorithm, first),
        }),
        // Without one of the client's, as by UploadPartCopy, the engine makes it.
        await putPart(engine, { upload, partNumber: 2, body: inPieces(second) }),
      ];
      assert.equal(parts[1]?.checksum?.value, checksumOf(algorithm, second).value);
      const complete = { bucket, key: algorithm, uploadId: upload.uploadId, parts };
      await assert.rejects(
        completeUpload(engine, { ...complete, checksum: { algorithm, value: "AAAAAA==" } }),
        { code: "BadDigest" },
      );
      const { checksum } = await completeUpload(engine, complete);
      assert.equal(checksum?.type, type);
      if (type === "FULL_OBJECT") assert.deepEqual(checksum, checksumOf(algorithm, whole));
      else assert.match(checksum?.value ?? "", /=-2$/);
      assert.deepEqual((await headObject(engine, bucket, algorithm))?.checksum, checksum);
    }
    const upload = await createUpload(engine, { bucket, key: "k", ...access, checksumAlgorithm: "CRC32" });
    const other = checksumOf("SHA1", whole);
    await assert.rejects(putPart(engine, { upload, partNumber: 1, body: whole, checksum: () => other }), {
      code: "InvalidRequest",
    });
  });

  it("abortUpload() ends it for everybody, and its parts are removed", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    const upload = await createUpload(engine, { bucket, key: "k", ...access });
    const parts = await putParts(engine, upload, [bytesOf("a", 300), bytesOf("b", 10)]);
    const { uploadId } = upload;
    await abortUpload(engine, bucket, "k", uploadId);
    await assert.rejects(abortUpload(engine, bucket, "k", uploadId), { code: "NoSuchUpload" });
    await assert.rejects(putPart(engine, { upload, partNumber: 3, body: bytesOf("c", 300) }), {
      code: "NoSuchUpload",
    });
    await assert.rejects(completeUpload(engine, { bucket, key: "k", uploadId, parts }), {
      code: "NoSuchUpload",
    });
    time.nowMs += 10_000;
    assert.equal(await blobCount(engine), 1);
  });

  it("stays whole when parts are stored while it is completed, aborted and completed again", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    for (let round = 0; round < 15; round++) {
      const upload = await createUpload(engine, { bucket, key: "k", ...access });
      const parts = await putParts(engine, upload, [bytesOf("a", 150), bytesOf("b", 20)]);
      const complete = { bucket, key: "k", uploadId: upload.uploadId, parts };
      const later = async <T>(work: () => Promise<T>): Promise<T> => {
        for (let turn = 0; turn < round % 5; turn++) await Promise.resolve();
        return work();
      };
      const results = await Promise.allSettled([
        completeUpload(engine, complete),
        later(() => putPart(engine, { upload, partNumber: 1, body: bytesOf("x", 150) })),
        later(() => putPart(engine, { upload, partNumber: 2, body: bytesOf("y", 200) })),
        later(() => completeUpload(engine, complete)),
        ...(round % 3 === 0 ? [later(() => abortUpload(engine, bucket, "k", upload.uploadId))] : []),
      ]);
      for (const result of results) {
        if (result.status === "rejected") {
          assert.match((result.reason as S3Error).code, /^(?:NoSuchUpload|InvalidPart)$/);
        }
      }
      const isComplete = results[0]?.status === "fulfilled" || results[3]?.status === "fulfilled";
      const bytes = await readObject(engine, bucket, "k");
      if (isComplete) {
        assert.equal(bytes?.equals(Buffer.concat([bytesOf("a", 150), bytesOf("b", 20)])), true);
        await deleteObject(engine, bucket, "k");
      } else {
        assert.equal(bytes, null);
      }
      await abortUpload(engine, bucket, "k", upload.uploadId).catch(() => {});
    }
  });

  it("keeps an object's parts while somebody reads it, though it is overwritten", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    const upload = await createUpload(engine, { bucket, key: "k", ...access });
    const bodies = [bytesOf("a", 200), bytesOf("b", 20)];
    const parts = await putParts(engine, upload, bodies);
    await completeUpload(engine, { bucket, key: "k", uploadId: upload.uploadId, parts });
    const object = await openObject(engine, bucket, "k");
    assert.ok(object);
    await putObject(engine, { bucket, key: "k", body: Buffer.from("new"), ...access });
    time.nowMs += 10_000;
    const pieces: Buffer[] = [];
    for await (const piece of object.stream(0, object.info.size - 1)) pieces.push(piece);
    assert.equal(Buffer.concat(pieces).equals(Buffer.concat(bodies)), true);
    object.close();
  });

  it("listParts() pages by number", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const upload = await createUpload(engine, { bucket, key: "k", ...access });
    for (const partNumber of [1, 2, 300, 10_000]) {
      await putPart(engine, { upload, partNumber, body: bytesOf("a", partNumber % 9) });
    }
    const list = async (after: number, limit: number): Promise<[number[], boolean]> => {
      const { parts, isTruncated } = await listParts(engine, upload, { after, limit });
      return [parts.map(({ partNumber }) => partNumber), isTruncated];
    };
    assert.deepEqual(await list(0, 100), [[1, 2, 300, 10_000], false]);
    assert.deepEqual(await list(0, 2), [[1, 2], true]);
    assert.deepEqual(await list(2, 2), [[300, 10_000], false]);
    assert.deepEqual(await list(10_000, 2), [[], false]);
    await assert.rejects(putPart(engine, { upload, partNumber: 10_001, body: bytesOf("a", 1) }), RangeError);
  });

  it("listUploads() goes by key, then by age, with prefix, delimiter and both markers", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const made: Upload[] = [];
    for (const key of ["b", "a", "a", "a/1", "a/2", "c/1"]) {
      made.push(await createUpload(engine, { bucket, key, ...access }));
    }
    const idOf = (at: number): string => made[at]?.uploadId ?? "";
    const list = async (options: object): Promise<unknown> => {
      const page = await listUploads(engine, bucket, { limit: 100, ...options });
      return [
        page.uploads.map(({ uploadId }) => made.findIndex((one) => one.uploadId === uploadId)),
        page.commonPrefixes,
        page.isTruncated,
        page.nextKeyMarker,
      ];
    };
    assert.deepEqual(await list({}), [[1, 2, 3, 4, 0, 5], [], false, "c/1"]);
    assert.deepEqual(await list({ delimiter: "/" }), [[1, 2, 0], ["a/", "c/"], false, "c/"]);
    assert.deepEqual(await list({ prefix: "a/" }), [[3, 4], [], false, "a/2"]);
    assert.deepEqual(await list({ limit: 1 }), [[1], [], true, "a"]);
    assert.deepEqual(await list({ keyMarker: "a", uploadIdMarker: idOf(1), limit: 1 }), [[2], [], true, "a"]);
    assert.deepEqual(await list({ keyMarker: "a" }), [[3, 4, 0, 5], [], false, "c/1"]);
    assert.deepEqual(await list({ delimiter: "/", keyMarker: "a/" }), [[0], ["c/"], false, "c/"]);
    assert.deepEqual(await list({ limit: 0 }), [[], [], false, null]);
  });

  it("createUpload() refuses a bucket that is gone", async () => {
    const { engine, newBucket } = open();
    const bucket: Bucket = await newBucket();
    await deleteBucket(engine, bucket.name);
    await assert.rejects(createUpload(engine, { bucket, key: "k", ...access }), { code: "NoSuchBucket" });
  });
});
