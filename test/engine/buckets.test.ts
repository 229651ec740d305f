import assert from "node:assert/strict";
import { it } from "node:test";

import {
  createBucket,
  deleteBucket,
  getBucket,
  listBuckets,
  requireBucket,
  updateBucket,
} from "../../src/engine/buckets.ts";
import type { Owner } from "../../src/s3/acl.ts";
import { access, eachEngine, grants, owner } from "./engines.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { createUpload, listUploads } from "../../src/engine/uploads.ts";

const stranger = { id: "b".repeat(64), displayName: "stranger" };
const region = "eu-west-1";

eachEngine("buckets", (open) => {
  it("createBucket() makes one, and tells whose it is when there is one", async () => {
    const { engine, time } = open();
    const bucket = await createBucket(engine, { name: "photos", owner, grants, region });
    const { id, version, ...rest } = bucket;
    assert.deepEqual(rest, { name: "photos", owner, grants, region, createdAtMs: time.nowMs });
    assert.match(id, /^[0-9a-f]{8}$/);
    assert.deepEqual(await getBucket(engine, "photos"), { ...rest, id, version });
    await assert.rejects(createBucket(engine, { name: "photos", owner, grants, region }), {
      code: "BucketAlreadyOwnedByYou",
    });
    await assert.rejects(createBucket(engine, { name: "photos", owner: stranger, grants, region }), {
      code: "BucketAlreadyExists",
    });
  });

  it("createBucket() of many at once makes each name once and no two ids alike", async () => {
    const { engine } = open();
    const names = Array.from({ length: 20 }, (_, at) => `many-${at % 10}`);
    const results = await Promise.allSettled(
      names.map((name) => createBucket(engine, { name, owner, grants, region })),
    );
    const made = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    assert.equal(made.length, 10);
    assert.equal(new Set(made.map(({ id }) => id)).size, 10);
  });

  it("getBucket() is null and requireBucket() throws where there is none", async () => {
    const { engine } = open();
    assert.equal(await getBucket(engine, "none"), null);
    await assert.rejects(requireBucket(engine, "none"), { code: "NoSuchBucket" });
    await assert.rejects(deleteBucket(engine, "none"), { code: "NoSuchBucket" });
  });

  it("listBuckets() gives the owner's, by name, page by page", async () => {
    const { engine } = open();
    for (const name of ["pa", "pc", "pb", "qa"]) await createBucket(engine, { name, owner, grants, region });
    await createBucket(engine, { name: "pbb", owner: stranger, grants, region });
    const list = async (options: object): Promise<[string[], boolean]> => {
      const { buckets, isTruncated } = await listBuckets(engine, { ownerId: owner.id, ...options });
      return [buckets.map(({ name }) => name), isTruncated];
    };
    assert.deepEqual(await list({}), [["pa", "pb", "pc", "qa"], false]);
    assert.deepEqual(await list({ limit: 2 }), [["pa", "pb"], true]);
    assert.deepEqual(await list({ limit: 2, after: "pb" }), [["pc", "qa"], false]);
    assert.deepEqual(await list({ prefix: "p", after: "a" }), [["pa", "pb", "pc"], false]);
    assert.deepEqual(await list({ prefix: "p", after: "pb", limit: 1 }), [["pc"], false]);
    await deleteBucket(engine, "pbb");
  });

  it("listBuckets() finds the owner's among buckets with long settings of others", async () => {
    const { engine } = open();
    const [ann, ben] = ["c", "d"].map((letter) => ({ id: letter.repeat(64), displayName: letter }));
    const cors = Array.from({ length: 100 }, (_, at) => ({
      id: undefined,
      allowedOrigins: [`https://${"o".repeat(2000)}.example.com/${at}`],
      allowedMethods: ["GET" as const],
      allowedHeaders: [],
      exposeHeaders: [],
      maxAgeSeconds: undefined,
    }));
    const names = Array.from({ length: 60 }, (_, at) => `long-${100 + at}`);
    for (const [at, name] of names.entries()) {
      await createBucket(engine, {
        name,
        owner: (at % 3 === 0 ? ann : ben) as Owner,
        grants,
        region: "us-east-1",
      });
      if (at % 2 === 0) await updateBucket(engine, name, () => ({ cors }));
    }
    const { buckets } = await listBuckets(engine, { ownerId: "c".repeat(64) });
    assert.deepEqual(
      buckets.map(({ name }) => name),
      names.filter((_, at) => at % 3 === 0),
    );
    for (const name of names) await deleteBucket(engine, name);
  });

  it("updateBucket() changes the grants; a bucket read before still takes an object", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const publicRead = [
      { grantee: { type: "group" as const, group: "AllUsers" as const }, permission: "READ" as const },
    ];
    await updateBucket(engine, bucket.name, () => ({ grants: publicRead }));
    assert.deepEqual((await getBucket(engine, bucket.name))?.grants, publicRead);
    await putObject(engine, { bucket, key: "k", body: Buffer.from("x"), ...access });
    assert.deepEqual((await getBucket(engine, bucket.name))?.grants, publicRead);
  });

  it("deleteBucket() refuses one with an object, and leaves it as it was", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    await putObject(engine, { bucket, key: "k", body: Buffer.from("x"), ...access });
    await assert.rejects(deleteBucket(engine, bucket.name), { code: "BucketNotEmpty" });
    assert.deepEqual(await getBucket(engine, bucket.name), bucket);
  });

  it("deleteBucket() aborts unfinished uploads", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    await createUpload(engine, { bucket, key: "k", ...access });
    await deleteBucket(engine, bucket.name);
    const again = await createBucket(engine, { name: bucket.name, owner, grants, region });
    assert.deepEqual((await listUploads(engine, again, { limit: 10 })).uploads, []);
  });
});
