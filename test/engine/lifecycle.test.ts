import assert from "node:assert/strict";
import { it } from "node:test";
import { applyLifecycle } from "../../src/engine/apply-lifecycle.ts";
import { updateBucket } from "../../src/engine/buckets.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { listObjects } from "../../src/engine/list-objects.ts";
import { listVersions } from "../../src/engine/list-versions.ts";
import { createUpload, listUploads, putPart } from "../../src/engine/multipart.ts";
import { headObject } from "../../src/engine/open-object.ts";
import { putObject } from "../../src/engine/put-object.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";
import { updateObject } from "../../src/engine/update-object.ts";
import type { LifecycleRule } from "../../src/s3/lifecycle.ts";
import { access, eachEngine } from "./engines.ts";

const dayMs = 1000;

async function setRules(engine: Engine, bucket: Bucket, rules: readonly LifecycleRule[]): Promise<Bucket> {
  return updateBucket(engine, bucket.name, () => ({ lifecycle: { rules } }));
}

async function enableVersioning(engine: Engine, bucket: Bucket): Promise<Bucket> {
  return updateBucket(engine, bucket.name, () => ({ versioning: "Enabled" }));
}

async function versionsOf(engine: Engine, bucket: Bucket): Promise<string[]> {
  const { versions } = await listVersions(engine, bucket, { limit: 10_000 });
  return versions.map(({ key, deleteMarker }) => (deleteMarker === true ? `${key} marker` : key));
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
    assert.deepEqual(await applyLifecycle(engine, { dayMs }), {
      expired: 300,
      transitioned: 0,
      uploadsAborted: 0,
    });
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
    assert.deepEqual(await applyLifecycle(engine, { dayMs }), {
      expired: 0,
      transitioned: 0,
      uploadsAborted: 1,
    });
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

  it("applyLifecycle() hides the current version, then removes what is noncurrent, then the lone marker", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await enableVersioning(engine, await newBucket());
    const put = async (key: string): Promise<void> => {
      await putObject(engine, { bucket, key, body: Buffer.from(String(time.nowMs)), ...access });
    };
    await setRules(engine, bucket, [
      {
        status: "Enabled",
        filter: { prefix: "tmp/" },
        expiration: { days: 2 },
        noncurrentVersionExpiration: { noncurrentDays: 3 },
      },
    ]);
    await put("tmp/a");
    await put("keep/a");
    time.nowMs += dayMs;
    await put("tmp/a");
    assert.equal((await applyLifecycle(engine, { dayMs })).expired, 0);
    // The newer version is two days old: a delete marker hides it.
    time.nowMs += 2 * dayMs;
    assert.equal((await applyLifecycle(engine, { dayMs })).expired, 1);
    assert.deepEqual(await keysOf(engine, bucket), ["keep/a"]);
    assert.deepEqual(await versionsOf(engine, bucket), ["keep/a", "tmp/a marker", "tmp/a", "tmp/a"]);
    // The older one has been noncurrent for three days, and the newer one for none.
    time.nowMs += dayMs;
    assert.equal((await applyLifecycle(engine, { dayMs })).expired, 1);
    assert.deepEqual(await versionsOf(engine, bucket), ["keep/a", "tmp/a marker", "tmp/a"]);
    time.nowMs += 2 * dayMs;
    assert.equal((await applyLifecycle(engine, { dayMs })).expired, 1);
    assert.deepEqual(await versionsOf(engine, bucket), ["keep/a", "tmp/a marker"]);
    // Alone, and older than two days.
    assert.equal((await applyLifecycle(engine, { dayMs })).expired, 1);
    assert.deepEqual(await versionsOf(engine, bucket), ["keep/a"]);
    assert.equal((await applyLifecycle(engine, { dayMs })).expired, 0);
  });

  it("applyLifecycle() keeps the newer noncurrent versions, over the edges of pages", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await enableVersioning(engine, await newBucket());
    for (let i = 0; i < 450; i++) {
      await putObject(engine, {
        bucket,
        key: i % 9 === 0 ? "b" : "a",
        body: Buffer.from(String(i)),
        ...access,
      });
    }
    await setRules(engine, bucket, [
      {
        status: "Enabled",
        filter: {},
        noncurrentVersionExpiration: { noncurrentDays: 1, newerNoncurrentVersions: 3 },
      },
    ]);
    time.nowMs += dayMs;
    assert.equal((await applyLifecycle(engine, { dayMs })).expired, 450 - 8);
    assert.deepEqual(await versionsOf(engine, bucket), ["a", "a", "a", "a", "b", "b", "b", "b"]);
    const kept = (await listVersions(engine, bucket, { limit: 100 })).versions.map(({ size, key }) => [
      key,
      size,
    ]);
    assert.deepEqual(kept[0], ["a", 3]);
    assert.equal((await applyLifecycle(engine, { dayMs })).expired, 0);
  });

  it("applyLifecycle() removes a lone delete marker and no other, also at the end of a page", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await enableVersioning(engine, await newBucket());
    for (let i = 0; i < 201; i++) {
      await deleteObject(engine, bucket, `lone/${String(i).padStart(3, "0")}`);
    }
    await putObject(engine, { bucket, key: "with", body: Buffer.from("x"), ...access });
    await deleteObject(engine, bucket, "with");
    await setRules(engine, bucket, [
      { status: "Enabled", filter: {}, expiration: { expiredObjectDeleteMarker: true } },
    ]);
    assert.equal((await applyLifecycle(engine, { dayMs })).expired, 201);
    assert.deepEqual(await versionsOf(engine, bucket), ["with marker", "with"]);
    time.nowMs += 1;
  });

  it("applyLifecycle() leaves what is locked, and goes on with the rest", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await enableVersioning(engine, await newBucket());
    await putObject(engine, { bucket, key: "held", body: Buffer.from("1"), legalHold: "ON", ...access });
    await putObject(engine, { bucket, key: "held", body: Buffer.from("2"), ...access });
    await putObject(engine, { bucket, key: "free", body: Buffer.from("1"), ...access });
    await putObject(engine, { bucket, key: "free", body: Buffer.from("2"), ...access });
    await setRules(engine, bucket, [
      { status: "Enabled", filter: {}, noncurrentVersionExpiration: { noncurrentDays: 1 } },
    ]);
    time.nowMs += dayMs;
    assert.equal((await applyLifecycle(engine, { dayMs })).expired, 1);
    assert.deepEqual(await versionsOf(engine, bucket), ["free", "held", "held"]);
    const [, , held] = (await listVersions(engine, bucket, { limit: 10 })).versions;
    await updateObject(engine, bucket, "held", { versionId: held?.versionId }, () => ({ legalHold: "OFF" }));
    assert.equal((await applyLifecycle(engine, { dayMs })).expired, 1);
  });

  it("deleteObject() with onlyIf does not take a version that has become the current one", async () => {
    const { engine, newBucket } = open();
    const bucket = await enableVersioning(engine, await newBucket());
    const old = await putObject(engine, { bucket, key: "k", body: Buffer.from("1"), ...access });
    const { versionId } = await putObject(engine, { bucket, key: "k", body: Buffer.from("2"), ...access });
    const onlyIf = (_info: unknown, isCurrent: boolean): boolean => !isCurrent;
    await deleteObject(engine, bucket, "k", { versionId });
    assert.equal(
      (await deleteObject(engine, bucket, "k", { versionId: old.versionId, onlyIf })).existed,
      false,
    );
    assert.equal((await headObject(engine, bucket, "k"))?.etag, old.etag);
  });

  it("applyLifecycle() moves objects to another storage class, whose bytes stay where they are", async () => {
    const { engine, time, newBucket } = open();
    const bucket = await newBucket();
    const body = Buffer.alloc(130 * 1024, 1);
    await putObject(engine, { bucket, key: "large", body, ...access });
    await putObject(engine, { bucket, key: "small", body: Buffer.from("x"), ...access });
    await setRules(engine, bucket, [
      { status: "Enabled", filter: {}, transitions: [{ days: 1, storageClass: "GLACIER" }] },
    ]);
    time.nowMs += dayMs;
    assert.equal((await applyLifecycle(engine, { dayMs })).transitioned, 1);
    assert.equal((await headObject(engine, bucket, "large"))?.storageClass, "GLACIER");
    assert.equal((await headObject(engine, bucket, "small"))?.storageClass, "STANDARD");
    assert.equal((await applyLifecycle(engine, { dayMs })).transitioned, 0);
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
