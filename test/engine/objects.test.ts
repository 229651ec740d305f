import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { it } from "node:test";
import { setImmediate } from "node:timers/promises";

import { S3Error } from "../../src/s3/errors.ts";
import { createBucket, deleteBucket, getBucket } from "../../src/engine/buckets.ts";
import { copyObject } from "../../src/engine/copy-object.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { access, blobCount, eachEngine, grants, inPieces, owner, readObject } from "./engines.ts";
import { listObjects } from "../../src/engine/list-objects.ts";
import { headObject, openObject } from "../../src/engine/open-object.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { emptyTrash } from "../../src/engine/trash.ts";
import { updateObject } from "../../src/engine/update-object.ts";
import type { Index } from "../../src/engine/index/index.ts";
import type { Engine } from "../../src/engine/types.ts";

const small = Buffer.from("hello");
const large = Buffer.alloc(300_000, "stowage ");
const md5 = (bytes: Buffer): string => createHash("md5").update(bytes).digest("hex");

eachEngine("objects", (open) => {
  it("putObject() stores what openObject() gives back, small and large, whole and in pieces", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    for (const bytes of [Buffer.alloc(0), small, large.subarray(0, 100), large.subarray(0, 101), large]) {
      for (const body of [bytes, inPieces(bytes)]) {
        const info = await putObject(engine, { bucket, key: "k", body, ...access });
        assert.equal(info.etag, md5(bytes));
        assert.equal(info.size, bytes.length);
        assert.equal((await readObject(engine, bucket, "k"))?.equals(bytes), true);
      }
    }
  });

  it("putObject() keeps every attribute", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    const stranger = { id: "b".repeat(64), displayName: "" };
    const attributes = {
      owner: stranger,
      grants: [
        { grantee: { type: "group" as const, group: "AllUsers" as const }, permission: "READ" as const },
        { grantee: { type: "user" as const, id: stranger.id }, permission: "WRITE_ACP" as const },
      ],
      headers: { "content-type": "image/x-own", "cache-control": "no-store" },
      metadata: { name: "Zoë", constructor: "x" },
      storageClass: "STANDARD_IA",
    };
    const checksum = { algorithm: "CRC32" as const, type: "FULL_OBJECT" as const, value: "NhCmhg==" };
    const put = await putObject(engine, {
      bucket,
      key: "k",
      body: small,
      checksum: () => checksum,
      ...attributes,
    });
    const info = await headObject(engine, bucket, "k");
    assert.deepEqual(
      { ...info, headers: { ...info?.headers }, metadata: { ...info?.metadata } },
      {
        key: "k",
        size: 5,
        etag: "5d41402abc4b2a76b9719d911017c592",
        lastModifiedMs: time.nowMs,
        ...attributes,
        checksum,
        tags: undefined,
        encryption: undefined,
        partCount: undefined,
        versionId: undefined,
        deleteMarker: undefined,
        retention: undefined,
        legalHold: undefined,
      },
    );
    assert.equal(put.lastModifiedMs, time.nowMs);
  });

  it("openObject() gives any range, and the whole of a small body at once", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    await putObject(engine, { bucket, key: "large", body: large, ...access });
    await putObject(engine, { bucket, key: "small", body: small, ...access });
    const range = await readObject(engine, bucket, "large", { start: 65_530, end: 131_080 });
    assert.equal(range?.equals(large.subarray(65_530, 131_081)), true);
    assert.equal((await readObject(engine, bucket, "small", { start: 1, end: 2 }))?.toString(), "el");
    assert.equal((await openObject(engine, bucket, "small"))?.bytes?.toString(), "hello");
    assert.equal(await openObject(engine, bucket, "none"), null);
  });

  it("openObject() takes a whole object for its own part 1", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    await putObject(engine, { bucket, key: "k", body: small, ...access });
    const object = await openObject(engine, bucket, "k");
    assert.deepEqual(object?.part(1), { start: 0, end: 4 });
    assert.throws(() => object?.part(2), { code: "InvalidPartNumber" });
    object?.close();
  });

  it("openObject() reads on what it opened, though the key is overwritten, deleted and the trash emptied", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    await putObject(engine, { bucket, key: "k", body: large, ...access });
    const object = await openObject(engine, bucket, "k");
    assert.ok(object);
    await putObject(engine, { bucket, key: "k", body: Buffer.alloc(200, "x"), ...access });
    await deleteObject(engine, bucket, "k");
    time.nowMs += 10_000;
    await emptyTrash(engine);
    const pieces: Buffer[] = [];
    for await (const piece of object.stream(0, large.length - 1)) pieces.push(piece);
    assert.equal(Buffer.concat(pieces).equals(large), true);
    object.close();
    await emptyTrash(engine);
    assert.equal(await blobCount(engine), 0);
  });

  it("putObject() refuses another MD5 and leaves nothing", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    for (const body of [small, large, inPieces(large)]) {
      await assert.rejects(
        putObject(engine, { bucket, key: "k", body, contentMd5: "1B2M2Y8AsgTpgAmY7PhCfg==", ...access }),
        { code: "BadDigest" },
      );
    }
    assert.equal(await headObject(engine, bucket, "k"), null);
    assert.equal(await blobCount(engine), 0);
  });

  it("putObject() fails as the body does, or as its signal says, and leaves the old object", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    await putObject(engine, { bucket, key: "k", body: small, ...access });
    const failure = new S3Error("SignatureDoesNotMatch");
    for (const bytes of [small, large]) {
      const failing = async function* (): AsyncIterable<Buffer> {
        yield* inPieces(bytes);
        throw failure;
      };
      await assert.rejects(putObject(engine, { bucket, key: "k", body: failing(), ...access }), failure);
    }
    await assert.rejects(
      putObject(engine, {
        bucket,
        key: "k",
        body: large,
        checksum: () => {
          throw failure;
        },
        ...access,
      }),
      failure,
    );
    const stop = new AbortController();
    const aborted = async function* (): AsyncIterable<Buffer> {
      yield large;
      stop.abort();
      yield large;
    };
    await assert.rejects(
      putObject(engine, { bucket, key: "k", body: aborted(), ...access }, { signal: stop.signal }),
      { name: "AbortError" },
    );
    assert.equal((await readObject(engine, bucket, "k"))?.toString(), "hello");
    assert.equal(await blobCount(engine), 0);
  });

  it("putObject() lets one of many win that come with If-None-Match: *", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    for (const bytes of [1, 200]) {
      const key = `k${bytes}`;
      const results = await Promise.allSettled(
        Array.from({ length: 30 }, (_, at) =>
          putObject(engine, {
            bucket,
            key,
            body: Buffer.alloc(bytes, String.fromCharCode(65 + at)),
            ifNoneMatch: "*",
            ...access,
          }),
        ),
      );
      const winners = results.flatMap((result, at) => (result.status === "fulfilled" ? [at] : []));
      assert.equal(winners.length, 1);
      for (const result of results) {
        if (result.status === "rejected") assert.equal((result.reason as S3Error).code, "PreconditionFailed");
      }
      assert.equal(
        (await readObject(engine, bucket, key))?.toString("latin1", 0, 1),
        String.fromCharCode(65 + (winners[0] ?? 0)),
      );
    }
    assert.equal(await blobCount(engine), 1);
  });

  it("putObject() with If-Match loses no increment of many made in parallel", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    await putObject(engine, { bucket, key: "counter", body: Buffer.from("0"), ...access });
    const increment = async (): Promise<void> => {
      for (;;) {
        const object = await openObject(engine, bucket, "counter");
        assert.ok(object?.bytes);
        const body = Buffer.from(String(Number(object.bytes.toString()) + 1));
        try {
          await putObject(engine, { bucket, key: "counter", body, ifMatch: object.info.etag, ...access });
          return;
        } catch (error) {
          assert.equal((error as S3Error).code, "PreconditionFailed");
        }
      }
    };
    await Promise.all(Array.from({ length: 10 }, increment));
    assert.equal((await readObject(engine, bucket, "counter"))?.toString(), "10");
    await assert.rejects(putObject(engine, { bucket, key: "none", body: small, ifMatch: "*", ...access }), {
      code: "NoSuchKey",
    });
  });

  it("putObject() of many on one key leaves one whole object and no blob of the others", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        putObject(engine, { bucket, key: "k", body: Buffer.alloc(1000, String(at % 10)), ...access }),
      ),
    );
    const bytes = await readObject(engine, bucket, "k");
    assert.equal(new Set(bytes).size, 1);
    assert.equal(bytes?.length, 1000);
    time.nowMs += 10_000;
    await emptyTrash(engine);
    assert.equal(await blobCount(engine), 1);
    await deleteObject(engine, bucket, "k");
    time.nowMs += 10_000;
    await emptyTrash(engine);
    assert.equal(await blobCount(engine), 0);
  });

  it("putObject() refuses a bucket that is gone, also when another has its name", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    await deleteBucket(engine, bucket.name);
    await assert.rejects(putObject(engine, { bucket, key: "k", body: large, ...access }), {
      code: "NoSuchBucket",
    });
    const again = await createBucket(engine, { name: bucket.name, owner, grants, region: "us-east-1" });
    await assert.rejects(putObject(engine, { bucket, key: "k", body: small, ...access }), {
      code: "NoSuchBucket",
    });
    assert.equal(await headObject(engine, again, "k"), null);
    assert.equal(await blobCount(engine), 0);
  });

  it("deleteBucket() never takes an object with it that was acknowledged", async () => {
    const { engine, newBucket } = open();
    for (let round = 0; round < 20; round++) {
      const bucket = await newBucket();
      const [deleted, ...puts] = await Promise.allSettled([
        deleteBucket(engine, bucket.name),
        ...Array.from({ length: 5 }, (_, at) =>
          (async (): Promise<void> => {
            for (let turn = 0; turn < (round + at) % 7; turn++) await setImmediate();
            await putObject(engine, { bucket, key: String(at), body: small, ...access });
          })(),
        ),
      ]);
      const stored = puts.filter((put) => put.status === "fulfilled").length;
      const now = await getBucket(engine, bucket.name);
      if (deleted.status === "fulfilled") {
        assert.equal(stored, 0);
        assert.equal(now, null);
      } else {
        assert.equal((deleted.reason as S3Error).code, "BucketNotEmpty");
        assert.ok(now);
        assert.equal((await listObjects(engine, now, { limit: 10 })).objects.length, stored);
        assert.equal(stored, 5);
      }
    }
  });

  it("deleteObject() says whether there was one, and obeys If-Match", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const { etag } = await putObject(engine, { bucket, key: "k", body: small, ...access });
    await assert.rejects(deleteObject(engine, bucket, "k", { ifMatch: "0".repeat(32) }), {
      code: "PreconditionFailed",
    });
    assert.deepEqual(await deleteObject(engine, bucket, "k", { ifMatch: etag }), { existed: true });
    assert.deepEqual(await deleteObject(engine, bucket, "k"), { existed: false });
    assert.equal(await headObject(engine, bucket, "k"), null);
  });

  it("updateObject() changes what it is told and nothing else", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    for (const body of [small, large]) {
      const before = await putObject(engine, { bucket, key: "k", body, ...access, metadata: { a: "b" } });
      time.nowMs += 5000;
      const publicRead = [
        { grantee: { type: "group" as const, group: "AllUsers" as const }, permission: "READ" as const },
      ];
      await updateObject(engine, bucket, "k", {}, () => ({ grants: publicRead }));
      const after = await headObject(engine, bucket, "k");
      assert.deepEqual(after?.grants, publicRead);
      assert.equal(after?.lastModifiedMs, before.lastModifiedMs);
      assert.deepEqual({ ...after?.metadata }, { a: "b" });
      assert.equal((await readObject(engine, bucket, "k"))?.equals(body), true);
    }
    const update = (key: string, versionId?: string): Promise<unknown> =>
      updateObject(engine, bucket, key, { versionId }, () => ({ grants }));
    await update("k", "null");
    await assert.rejects(update("none"), { code: "NoSuchKey" });
    await assert.rejects(update("k", "f".repeat(32)), { code: "NoSuchVersion" });
    await assert.rejects(update("k", "x"), { code: "InvalidArgument", message: /Invalid version id/ });
  });

  it("copyObject() copies the bytes and a checksum of the whole, onto itself too", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const checksum = { algorithm: "CRC32" as const, type: "FULL_OBJECT" as const, value: "NhCmhg==" };
    for (const body of [small, large]) {
      await putObject(engine, { bucket, key: "a", body, checksum: () => checksum, ...access });
      for (const key of ["b", "a"]) {
        const source = await openObject(engine, bucket, "a");
        assert.ok(source);
        const info = await copyObject(engine, { source, bucket, key, ...access, metadata: { new: "1" } });
        source.close();
        assert.deepEqual(info.checksum, checksum);
        assert.equal((await readObject(engine, bucket, key))?.equals(body), true);
        assert.equal((await headObject(engine, bucket, key))?.metadata["new"], "1");
      }
    }
  });

  it("putObject() leaves no file when the index has no room, and keeps it when nobody knows what the index did", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    for (const [code, files] of [
      ["InsufficientStorage", 0],
      ["InternalError", 1],
    ] as const) {
      const failing: Engine = {
        ...engine,
        index: { ...indexOf(engine), commit: () => Promise.reject(new S3Error(code)) },
      };
      await assert.rejects(putObject(failing, { bucket, key: "k", body: large, ...access }), { code });
      assert.equal(await blobCount(engine), files);
    }
    for await (const id of engine.blobs.list()) await engine.blobs.remove(id);
  });
});

/** An index's methods, to be replaced one by one. */
function indexOf({ index }: Engine): Index {
  return {
    get: (table, key) => index.get(table, key),
    snapshot: () => index.snapshot(),
    moment: () => index.moment(),
    refresh: () => index.refresh(),
    commit: (commit) => index.commit(commit),
    count: (table) => index.count(table),
    verify: (options) => index.verify(options),
    reusableBytes: () => index.reusableBytes(),
    close: () => index.close(),
  };
}
