import assert from "node:assert/strict";
import { it } from "node:test";

import * as fc from "fast-check";

import { createBucket, deleteBucket, getBucket, listBuckets } from "../../src/engine/buckets.ts";
import { completeUpload } from "../../src/engine/complete-upload.ts";
import { copyObject } from "../../src/engine/copy-object.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { access, eachEngine, grants, inPieces, owner, readObject } from "./engines.ts";
import { listObjects } from "../../src/engine/list-objects.ts";
import { openObject } from "../../src/engine/open-object.ts";
import { putPart } from "../../src/engine/parts.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { emptyTrash } from "../../src/engine/trash.ts";
import type { Engine } from "../../src/engine/types.ts";
import { abortUpload, createUpload } from "../../src/engine/uploads.ts";

/** What a store is, said as simply as can be: bytes by bucket and key. */
type Model = Map<string, Map<string, Buffer>>;

type Step =
  | { readonly do: "create"; readonly bucket: string }
  | { readonly do: "delete-bucket"; readonly bucket: string }
  | { readonly do: "list"; readonly bucket: string }
  | {
      readonly do: "put";
      readonly bucket: string;
      readonly key: string;
      readonly size: number;
      readonly isNew: boolean;
    }
  | {
      readonly do: "upload";
      readonly bucket: string;
      readonly key: string;
      readonly sizes: readonly number[];
    }
  | { readonly do: "copy"; readonly bucket: string; readonly key: string; readonly to: string }
  | { readonly do: "get"; readonly bucket: string; readonly key: string }
  | { readonly do: "delete"; readonly bucket: string; readonly key: string }
  | { readonly do: "empty-trash" };

const bucketName = fc.constantFrom("one", "two");
const keyName = fc.constantFrom("a", "a/b", "b");
const size = fc.constantFrom(0, 1, 100, 101, 70_000);
const sizes = fc.array(size, { maxLength: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant("create" as const), bucket: bucketName }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete-bucket" as const), bucket: bucketName }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("list" as const), bucket: bucketName }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      bucket: bucketName,
      key: keyName,
      size,
      isNew: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("upload" as const), bucket: bucketName, key: keyName, sizes }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("copy" as const), bucket: bucketName, key: keyName, to: keyName }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("get" as const), bucket: bucketName, key: keyName }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("delete" as const), bucket: bucketName, key: keyName }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "empty-trash" as const }) },
);

/** Does a step to the model; answers what the engine must answer. */
function expectedOf(model: Model, one: Step, bytes: readonly Buffer[]): string {
  if (one.do === "empty-trash") return "done";
  const bucket = model.get(one.bucket);
  if (one.do === "create") {
    if (bucket !== undefined) return "BucketAlreadyOwnedByYou";
    model.set(one.bucket, new Map());
    return "done";
  }
  if (bucket === undefined) return "NoSuchBucket";
  switch (one.do) {
    case "delete-bucket":
      if (bucket.size > 0) return "BucketNotEmpty";
      model.delete(one.bucket);
      return "done";
    case "list":
      return [...bucket.keys()].toSorted().join();
    case "put":
      if (one.isNew && bucket.has(one.key)) return "PreconditionFailed";
      bucket.set(one.key, bytes[0] ?? Buffer.alloc(0));
      return "done";
    case "upload":
      if (one.sizes.length === 0) return "aborted";
      if (one.sizes.slice(0, -1).some((part) => part < 5)) return "EntityTooSmall";
      bucket.set(one.key, Buffer.concat(bytes));
      return "done";
    case "copy": {
      const source = bucket.get(one.key);
      if (source === undefined) return "nothing";
      bucket.set(one.to, source);
      return "done";
    }
    case "get":
      return bucket.get(one.key)?.toString("latin1") ?? "nothing";
    default:
      return bucket.delete(one.key) ? "done" : "nothing";
  }
}

/** Does a step to the engine. */
async function answerOf(engine: Engine, one: Step, bytes: readonly Buffer[]): Promise<string> {
  if (one.do === "empty-trash") {
    await emptyTrash(engine, { graceMs: 0 });
    return "done";
  }
  if (one.do === "create") {
    await createBucket(engine, { name: one.bucket, owner, grants, region: "us-east-1" });
    return "done";
  }
  if (one.do === "delete-bucket") {
    await deleteBucket(engine, one.bucket);
    return "done";
  }
  const bucket = await getBucket(engine, one.bucket);
  if (bucket === null) return "NoSuchBucket";
  switch (one.do) {
    case "list":
      return (await listObjects(engine, bucket, { limit: 10 })).objects.map(({ key }) => key).join();
    case "put": {
      const body = inPieces(bytes[0] ?? Buffer.alloc(0), 30_000);
      await putObject(engine, {
        bucket,
        key: one.key,
        body,
        ...access,
        ...(one.isNew ? { ifNoneMatch: "*" } : {}),
      });
      return "done";
    }
    case "upload": {
      const { key } = one;
      const upload = await createUpload(engine, { bucket, key, ...access });
      const parts = await Promise.all(
        bytes.map((body, at) => putPart(engine, { upload, partNumber: at + 1, body })),
      );
      const { uploadId } = upload;
      try {
        if (parts.length === 0) {
          await abortUpload(engine, bucket, key, uploadId);
          return "aborted";
        }
        await completeUpload(engine, { bucket, key, uploadId, parts });
        return "done";
      } catch (error) {
        await abortUpload(engine, bucket, key, uploadId);
        throw error;
      }
    }
    case "copy": {
      const source = await openObject(engine, bucket, one.key);
      if (source === null) return "nothing";
      await copyObject(engine, { source, bucket, key: one.to, ...access });
      source.close();
      return "done";
    }
    case "get":
      return (await readObject(engine, bucket, one.key))?.toString("latin1") ?? "nothing";
    default:
      return (await deleteObject(engine, bucket, one.key)).existed ? "done" : "nothing";
  }
}

eachEngine("any history", (open) => {
  it("is what the model says, answer by answer", async () => {
    const { engine, time } = open();
    let letter = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (history) => {
        for (const { name } of (await listBuckets(engine, { ownerId: owner.id })).buckets) {
          const bucket = await getBucket(engine, name);
          if (bucket === null) continue;
          for (const { key } of (await listObjects(engine, bucket, { limit: 10 })).objects) {
            await deleteObject(engine, bucket, key);
          }
          await deleteBucket(engine, name);
        }
        const model: Model = new Map();
        for (const one of history) {
          time.nowMs += 7;
          const lengths = one.do === "put" ? [one.size] : one.do === "upload" ? one.sizes : [];
          // Bytes that no other step of the history has.
          const bytes = lengths.map((length) =>
            Buffer.alloc(length, String.fromCharCode(33 + (letter++ % 90))),
          );
          const answer = await answerOf(engine, one, bytes).catch((error: { code?: string }) => {
            if (error.code === undefined) throw error;
            return error.code;
          });
          assert.equal(answer === expectedOf(model, one, bytes), true, JSON.stringify(one));
        }
      }),
      { numRuns: 25 },
    );
  });
});
