import assert from "node:assert/strict";
import { it } from "node:test";

import { Draft } from "../../src/engine/atomic.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { access, blobCount, eachEngine } from "./engines.ts";
import { createIdSource } from "../../src/engine/ids.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { createRandomPool } from "../../src/engine/random-pool.ts";
import { encodeBlobUser } from "../../src/engine/records/references.ts";
import { sweep } from "../../src/engine/sweep.ts";
import { emptyTrash } from "../../src/engine/trash.ts";

const large = Buffer.alloc(200, "x");
async function* bytes(): AsyncIterable<Buffer> {
  yield large;
}

eachEngine("trash and sweep", (open) => {
  it("emptyTrash() waits for the grace", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    await putObject(engine, { bucket, key: "k", body: large, ...access });
    await deleteObject(engine, bucket, "k");
    assert.equal(await emptyTrash(engine), 0);
    assert.equal(await blobCount(engine), 1);
    time.nowMs += engine.limits.trashGraceMs;
    assert.equal(await emptyTrash(engine), 1);
    assert.equal(await blobCount(engine), 0);
    assert.equal(await engine.index.count("trash"), 0);
  });

  it("emptyTrash() goes on where a crash between file and row had stopped it", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    await putObject(engine, { bucket, key: "k", body: large, ...access });
    await deleteObject(engine, bucket, "k");
    for await (const id of engine.blobs.list()) await engine.blobs.remove(id);
    time.nowMs += 10_000;
    assert.equal(await emptyTrash(engine), 1);
    assert.equal(await engine.index.count("trash"), 0);
    assert.equal(await engine.index.count("blobs"), 0);
  });

  it("sweep() removes what no row names, but nothing that was made since the start", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const earlier = createIdSource(() => engine.ids.startMs - 1, createRandomPool());
    const orphan = earlier.next();
    const named = earlier.next();
    const underWay = engine.ids.next();
    for (const id of [orphan, named, underWay]) await engine.blobs.write(id, bytes());
    const user = encodeBlobUser({ kind: "object", objectKey: Buffer.from("k") });
    await engine.index.commit(new Draft().put("blobs", named, user));
    await putObject(engine, { bucket, key: "k", body: large, ...access });

    assert.equal(await sweep(engine), 1);
    assert.equal(await blobCount(engine), 3);
    assert.equal(await sweep(engine), 0);

    for (const id of [named, underWay]) await engine.blobs.remove(id);
    await engine.index.commit(new Draft().delete("blobs", named));
  });
});
