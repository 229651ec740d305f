import assert from "node:assert/strict";
import { it } from "node:test";

import { check } from "../../src/engine/check.ts";
import { completeUpload, createUpload, putPart } from "../../src/engine/multipart.ts";
import { headObject, openObject } from "../../src/engine/open-object.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { renameObject } from "../../src/engine/rename-object.ts";
import type { EncryptionRequest } from "../../src/engine/types.ts";
import { access, eachEngine } from "./engines.ts";

eachEngine("renameObject()", (open) => {
  it("seals the key of an encrypted object for its new name", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const requests: EncryptionRequest[] = [
      { algorithm: "AES256" },
      { algorithm: "aws:kms", kmsKeyId: "invoices" },
    ];
    for (const encryption of requests) {
      for (const size of [10, 200_000]) {
        const body = Buffer.alloc(size, "secret ");
        await putObject(engine, { bucket, key: "old", body, ...access, encryption });
        const before = await headObject(engine, bucket, "old");
        const renamed = await renameObject(engine, { bucket, sourceKey: "old", key: "new" });
        assert.notEqual(renamed.encryption?.sealedKey, before?.encryption?.sealedKey);
        const object = await openObject(engine, bucket, "new");
        assert.ok(object !== null);
        const pieces: Buffer[] = [];
        for await (const piece of object.stream(0, size - 1)) pieces.push(piece);
        object.close();
        assert.ok(Buffer.concat(pieces).equals(body));
        assert.equal(await headObject(engine, bucket, "old"), null);
      }
    }
  });

  it("leaves an object with a customer's key where it is", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const encryption: EncryptionRequest = { algorithm: "customer", key: Buffer.alloc(32, "k") };
    await putObject(engine, { bucket, key: "old", body: Buffer.from("x"), ...access, encryption });
    await assert.rejects(renameObject(engine, { bucket, sourceKey: "old", key: "new" }), {
      code: "InvalidRequest",
    });
    assert.notEqual(await headObject(engine, bucket, "old"), null);
  });

  it("takes an object of parts along, and leaves the store in order", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const upload = await createUpload(engine, { bucket, key: "old", ...access });
    const body = Buffer.alloc(200_000, "part");
    const parts = [await putPart(engine, { upload, partNumber: 1, body })];
    await completeUpload(engine, { bucket, key: "old", uploadId: upload.uploadId, parts });
    await putObject(engine, { bucket, key: "new", body: Buffer.alloc(200_000, "replaced"), ...access });
    await renameObject(engine, { bucket, sourceKey: "old", key: "new" });
    const object = await openObject(engine, bucket, "new");
    assert.equal(object?.info.partCount, 1);
    object?.close();
    assert.deepEqual(await check(engine), []);
  });
});
