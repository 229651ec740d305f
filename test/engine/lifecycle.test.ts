import assert from "node:assert/strict";
import { it } from "node:test";
import { applyLifecycle } from "../../src/engine/apply-lifecycle.ts";
import { updateBucket } from "../../src/engine/buckets.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { listObjects } from "../../src/engine/list-objects.ts";
import { createUpload, listUploads, putPart } from "../../src/engine/multipart.ts";
import { headObject } from "../../src/engine/open-object.ts";
import { putObject } from "../../src/engine/put-object.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";
import type { LifecycleRule } from "../../src/s3/lifecycle.ts";
import { access, eachEngine } from "./engines.ts";

const dayMs = 1000;

async function setRules(engine: Engine, bucket: Bucket, rules: readonly LifecycleRule[]): Promise<Bucket> {
  return updateBucket(engine, bucket.name, () => ({ lifecycle: { rules } }));
}

async function keysOf(engine: Engine, bucket: Bucket): Promise<string[]> {
  return (await listObjects(engine, bucket, { limit: 10_000 })).objects.map(({ key }) => key);
}

eachEngine("lifecycle", (open) => {
  it("applyLifecycle() removes what has expired under its prefix, and nothing else, in steps", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    const unruled = await newBucket();
    const expected: string[] = [];
    for (let i = 0; i < 450; i++) {
      const key = `${i % 3 === 0 ? "keep" : "tmp"}/${String(i).padStart(3, "0")}`;
      await putObject(engine, { bucket, key, body: Buffer.alloc(i), ...access });
      if (i % 3 === 0) expected.push(key);
    }
    await putObject(engine, { bucket: unruled, key: "tmp/1", body: Buffer.alloc(1), ...access });
    await setRules(engine, bucket, [
      { status: "Enabled", filter: { prefix: "tmp/" }, expiration: { days: 2 } },
      { status: "Disabled", filter: {}, expiration: { days: 1 } },
    ]);
    time.nowMs += 2 * dayMs - 100;
    await putObject(engine, { bucket, key: "tmp/000", body: Buffer.alloc(1), ...access });
    assert.equal((await applyLifecycle(engine, { dayMs })).expired, 0);
    time.nowMs += 100;
    assert.deepEqual(await applyLifecycle(engine, { dayMs }), { expired: 300, uploadsAborted: 0 });
    assert.deepEqual(await keysOf(engine, bucket), [...expected, "tmp/000"]);
    assert.deepEqual(await keysOf(engine, unruled), ["tmp/1"]);
    time.nowMs += 2 * dayMs;
    assert.equal((await applyLifecycle(engine, { dayMs })).expired, 1);
  });

  it("applyLifecycle() aborts uploads that were begun too long ago", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    const begin = async (key: string): Promise<void> => {
      const upload = await createUpload(engine, { bucket, key, ...access });
      await putPart(engine, { upload, partNumber: 1, body: Buffer.alloc(200) });
    };
    await begin("a/old");
    await begin("b/old");
    time.nowMs += dayMs;
    await begin("a/new");
    await setRules(engine, bucket, [
      {
        status: "Enabled",
        filter: { prefix: "a/" },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 2 },
      },
    ]);
    time.nowMs += dayMs;
    assert.deepEqual(await applyLifecycle(engine, { dayMs }), { expired: 0, uploadsAborted: 1 });
    const { uploads } = await listUploads(engine, bucket, { limit: 10 });
    assert.deepEqual(
      uploads.map(({ key }) => key),
      ["a/new", "b/old"],
    );
  });

  it("deleteObject() with onlyIf asks again of what has taken the object's place", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    await putObject(engine, { bucket, key: "k", body: Buffer.from("old"), ...access });
    const { index } = engine;
    const firstMs = time.nowMs;
    time.nowMs += dayMs;
    // Between the look at the old object and the commit that would remove it, a new one of the same bytes comes.
    let overwritten = 0;
    const racing: Engine = {
      ...engine,
      index: Object.assign(Object.create(index) as typeof index, {
        get: (table: Parameters<typeof index.get>[0], key: Uint8Array) => index.get(table, key),
        snapshot: () => index.snapshot(),
        commit: async (commit: Parameters<typeof index.commit>[0]) => {
          if (overwritten++ === 0) {
            await putObject(engine, { bucket, key: "k", body: Buffer.from("old"), ...access });
          }
          return index.commit(commit);
        },
      }),
    };
    const asked: number[] = [];
    const { existed } = await deleteObject(racing, bucket, "k", {
      onlyIf: ({ lastModifiedMs }) => {
        asked.push(lastModifiedMs);
        return lastModifiedMs === firstMs;
      },
    });
    assert.equal(existed, false);
    assert.deepEqual(asked, [firstMs, time.nowMs]);
    assert.equal((await headObject(engine, bucket, "k"))?.lastModifiedMs, time.nowMs);
  });

  it("applyLifecycle() stops between steps when it is told to", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    await putObject(engine, { bucket, key: "k", body: Buffer.from("x"), ...access });
    await setRules(engine, bucket, [{ status: "Enabled", filter: {}, expiration: { days: 1 } }]);
    time.nowMs += dayMs;
    await assert.rejects(applyLifecycle(engine, { dayMs, signal: AbortSignal.abort() }), {
      name: "AbortError",
    });
    assert.deepEqual(await keysOf(engine, bucket), ["k"]);
  });
});
