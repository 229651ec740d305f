import assert from "node:assert/strict";
import { it } from "node:test";

import { bytesOf, copyObject } from "../../src/engine/copy-object.ts";
import { completeUpload, createUpload, putPart } from "../../src/engine/multipart.ts";
import { headObject, openObject } from "../../src/engine/open-object.ts";
import { putObject } from "../../src/engine/put-object.ts";
import type { Bucket, EncryptionRequest, Engine } from "../../src/engine/types.ts";
import { access, eachEngine, inPieces } from "./engines.ts";

const customerKey = Buffer.alloc(32, "customer's key");
const otherKey = Buffer.alloc(32, "another key");
const requests: readonly EncryptionRequest[] = [
  { algorithm: "AES256" },
  { algorithm: "aws:kms", kmsKeyId: "invoices" },
  { algorithm: "customer", key: customerKey },
];
const keyOf = (request: EncryptionRequest): Buffer | undefined =>
  request.algorithm === "customer" ? customerKey : undefined;

async function read(
  engine: Engine,
  bucket: Bucket,
  key: string,
  options: { customerKey?: Buffer | undefined; start?: number; end?: number } = {},
): Promise<Buffer> {
  const object = await openObject(engine, bucket, key);
  assert.ok(object !== null);
  try {
    object.unlock(options.customerKey);
    const pieces: Buffer[] = [];
    for await (const piece of object.stream(options.start ?? 0, options.end ?? object.info.size - 1)) {
      pieces.push(piece);
    }
    const whole = Buffer.concat(pieces);
    if (object.bytes !== null && options.start === undefined) assert.deepEqual(object.bytes, whole);
    return whole;
  } finally {
    object.close();
  }
}

/** Bytes of which no two stretches are alike, so that swapped chunks would show. */
const bodyOf = (size: number): Buffer => {
  const body = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) body.writeUInt32BE((at * 2_654_435_761) >>> 0, at);
  return body;
};

eachEngine("encryption", (open) => {
  for (const request of requests) {
    // Around what is inline, and around the 65,520 bytes of a chunk.
    for (const size of [0, 1, 101, 65_520, 65_521, 200_000]) {
      it(`putObject() keeps ${size} bytes encrypted by ${request.algorithm}, and ranges of them`, async () => {
        const { engine, newBucket } = open();
        const bucket = await newBucket();
        const body = bodyOf(size);
        const made = await putObject(engine, {
          bucket,
          key: "k",
          body: inPieces(body, 10_000),
          encryption: request,
          ...access,
        });
        assert.equal(made.size, size);
        const options = { customerKey: keyOf(request) };
        assert.equal((await read(engine, bucket, "k", options)).equals(body), true);
        for (const [start, end] of [
          [0, 0],
          [size - 1, size - 1],
          [65_519, 65_520],
          [10, size - 2],
          [65_520, 131_039],
        ] as const) {
          if (start < 0 || end >= size || start > end) continue;
          const part = await read(engine, bucket, "k", { ...options, start, end });
          assert.equal(part.equals(body.subarray(start, end + 1)), true, `${start} to ${end}`);
        }
      });
    }

    it(`completeUpload() makes an object of parts encrypted by ${request.algorithm}, without copying`, async () => {
      const { engine, newBucket } = open();
      const bucket = await newBucket();
      const upload = await createUpload(engine, { bucket, key: "k", encryption: request, ...access });
      const bodies = [bodyOf(150_000), bodyOf(20), bodyOf(70_000)];
      const parts = await Promise.all(
        bodies.map((body, at) =>
          putPart(engine, { upload, partNumber: at + 1, body, customerKey: keyOf(request) }),
        ),
      );
      await completeUpload(engine, { bucket, key: "k", uploadId: upload.uploadId, parts });
      const whole = Buffer.concat(bodies);
      const options = { customerKey: keyOf(request) };
      assert.equal((await read(engine, bucket, "k", options)).equals(whole), true);
      const across = await read(engine, bucket, "k", { ...options, start: 149_990, end: 150_030 });
      assert.deepEqual(across, whole.subarray(149_990, 150_031));
    });

    it(`copyObject() decrypts what is encrypted by ${request.algorithm}, and encrypts anew`, async () => {
      const { engine, newBucket } = open();
      const bucket = await newBucket();
      const body = bodyOf(100_000);
      await putObject(engine, { bucket, key: "from", body, encryption: request, ...access });
      for (const [at, encryption] of [undefined, ...requests].entries()) {
        const source = await openObject(engine, bucket, "from");
        assert.ok(source !== null);
        source.unlock(keyOf(request));
        await copyObject(engine, { source, bucket, key: `to ${at}`, encryption, ...access });
        source.close();
        const customerKey = encryption === undefined ? undefined : keyOf(encryption);
        assert.equal((await read(engine, bucket, `to ${at}`, { customerKey })).equals(body), true);
      }
    });
  }

  it("an upload with checksums computes those of the bytes before they are encrypted", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    for (const body of [Buffer.from("123456789"), Buffer.alloc(200, "x")]) {
      const values = await Promise.all(
        [undefined, ...requests].map(async (encryption) => {
          const upload = await createUpload(engine, {
            bucket,
            key: "k",
            encryption,
            checksumAlgorithm: "CRC32",
            ...access,
          });
          const key = encryption === undefined ? undefined : keyOf(encryption);
          return (await putPart(engine, { upload, partNumber: 1, body, customerKey: key })).checksum?.value;
        }),
      );
      assert.equal(new Set(values).size, 1, JSON.stringify(values));
      if (body.length === 9) assert.equal(values[0], "y/Q5Jg==");
    }
  });

  it("the ETag is the MD5, but of what a customer's key encrypts it tells nothing", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const put = async (encryption: EncryptionRequest): Promise<string> =>
      (await putObject(engine, { bucket, key: "k", body: Buffer.from("hello"), encryption, ...access })).etag;
    assert.equal(await put({ algorithm: "AES256" }), "5d41402abc4b2a76b9719d911017c592");
    const first = await put({ algorithm: "customer", key: customerKey });
    assert.match(first, /^[0-9a-f]{32}$/);
    assert.notEqual(first, "5d41402abc4b2a76b9719d911017c592");
    assert.notEqual(await put({ algorithm: "customer", key: customerKey }), first);
  });

  it("putObject() verifies Content-MD5 of what a customer's key encrypts, too", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const encryption: EncryptionRequest = { algorithm: "customer", key: customerKey };
    for (const body of [Buffer.from("hello"), Buffer.alloc(500, "x")]) {
      await assert.rejects(
        putObject(engine, {
          bucket,
          key: "k",
          body,
          encryption,
          contentMd5: "AAAAAAAAAAAAAAAAAAAAAA==",
          ...access,
        }),
        { code: "BadDigest" },
      );
    }
    assert.equal(await headObject(engine, bucket, "k"), null);
  });

  it("unlock() wants the customer's key, the very one, and where there is none no key", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    await putObject(engine, {
      bucket,
      key: "locked",
      body: Buffer.from("secret"),
      encryption: { algorithm: "customer", key: customerKey },
      ...access,
    });
    await putObject(engine, { bucket, key: "plain", body: Buffer.from("open"), ...access });
    const object = await openObject(engine, bucket, "locked");
    assert.ok(object !== null);
    assert.throws(() => object.bytes, { code: "InvalidRequest" });
    assert.throws(() => bytesOf(object), { code: "InvalidRequest" });
    assert.throws(() => object.unlock(undefined), { code: "InvalidRequest" });
    assert.throws(() => object.unlock(otherKey), { code: "AccessDenied" });
    assert.throws(() => object.bytes, { code: "InvalidRequest" });
    object.unlock(customerKey);
    assert.equal(object.bytes?.toString(), "secret");
    await assert.rejects(read(engine, bucket, "plain", { customerKey }), { code: "InvalidRequest" });
  });

  it("an upload takes parts and its completion with its own customer's key only", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const body = Buffer.from("part");
    const refused = { code: "InvalidRequest" };
    const upload = await createUpload(engine, {
      bucket,
      key: "k",
      encryption: { algorithm: "customer", key: customerKey },
      checksumAlgorithm: "CRC32",
      ...access,
    });
    await assert.rejects(putPart(engine, { upload, partNumber: 1, body }), refused);
    await assert.rejects(putPart(engine, { upload, partNumber: 1, body, customerKey: otherKey }), refused);
    const parts = [await putPart(engine, { upload, partNumber: 1, body, customerKey })];
    // Sent again, as after a lost answer, it is the same part.
    const again = await putPart(engine, { upload, partNumber: 1, body, customerKey });
    assert.equal(again.etag, parts[0]?.etag);
    const completion = { bucket, key: "k", uploadId: upload.uploadId, parts };
    await assert.rejects(completeUpload(engine, completion), refused);
    await assert.rejects(completeUpload(engine, { ...completion, customerKey: otherKey }), refused);
    await completeUpload(engine, { ...completion, customerKey });
    const plain = await createUpload(engine, { bucket, key: "plain", ...access });
    await assert.rejects(putPart(engine, { upload: plain, partNumber: 1, body, customerKey }), refused);
  });

  it("a record that was moved to another key opens nothing", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    await putObject(engine, {
      bucket,
      key: "victim",
      body: Buffer.from("secret"),
      encryption: { algorithm: "AES256" },
      ...access,
    });
    const id = Buffer.from(bucket.id, "hex");
    const row = await engine.index.get("objects", Buffer.concat([id, Buffer.from("victim")]));
    assert.ok(row !== null);
    await engine.index.commit({
      puts: [{ table: "objects", key: Buffer.concat([id, Buffer.from("thief")]), value: row.value }],
    });
    await assert.rejects(read(engine, bucket, "thief"), { code: "InternalError" });
    assert.equal((await read(engine, bucket, "victim")).toString(), "secret");
    await engine.index.commit({
      deletes: [{ table: "objects", key: Buffer.concat([id, Buffer.from("thief")]) }],
    });
  });
});
