import assert from "node:assert/strict";
import { it } from "node:test";

import * as fc from "fast-check";

import { requireBucket, updateBucket } from "../../src/engine/buckets.ts";
import { check } from "../../src/engine/check.ts";
import { completeUpload } from "../../src/engine/complete-upload.ts";
import { copyObject } from "../../src/engine/copy-object.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { access, eachEngine, readObject } from "./engines.ts";
import { listObjects } from "../../src/engine/list-objects.ts";
import { listVersions } from "../../src/engine/list-versions.ts";
import { headObject, missingObject, openObject } from "../../src/engine/open-object.ts";
import { putPart } from "../../src/engine/parts.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { emptyTrash } from "../../src/engine/trash.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";
import { updateObject } from "../../src/engine/update-object.ts";
import { createUpload } from "../../src/engine/uploads.ts";

/** What the versions of a bucket are, said as simply as can be. */
interface Model {
  versioning: "Enabled" | "Suspended" | undefined;
  /** Newest first. */
  readonly keys: Map<string, ModelVersion[]>;
}

interface ModelVersion {
  /** Null: a delete marker. */
  readonly bytes: Buffer | null;
  readonly isNull: boolean;
  versionId: string;
  tag: string;
}

type Step =
  | { readonly do: "versioning"; readonly versioning: "Enabled" | "Suspended" }
  | { readonly do: "put"; readonly key: string; readonly size: number; readonly isNew: boolean }
  | { readonly do: "upload"; readonly key: string; readonly size: number }
  | { readonly do: "copy"; readonly key: string; readonly nth: number; readonly to: string }
  | { readonly do: "delete"; readonly key: string }
  | { readonly do: "delete version"; readonly key: string; readonly nth: number | "null" }
  | { readonly do: "tag"; readonly key: string; readonly nth: number }
  | { readonly do: "get"; readonly key: string; readonly nth: number | "null" | "current" }
  | { readonly do: "empty trash" };

const key = fc.constantFrom("a", "a/b", "b");
const nth = fc.integer({ min: 0, max: 3 });
const size = fc.constantFrom(0, 1, 100, 101, 70_000);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("versioning" as const),
      versioning: fc.constantFrom("Enabled" as const, "Suspended" as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("put" as const), key, size, isNew: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("upload" as const), key, size }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("copy" as const), key, nth, to: key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("delete" as const), key }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("delete version" as const),
      key,
      nth: fc.oneof(nth, fc.constant("null" as const)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("tag" as const), key, nth }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("get" as const),
      key,
      nth: fc.oneof(nth, fc.constantFrom("null" as const, "current" as const)),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "empty trash" as const }) },
);

const isNull = ({ isNull }: ModelVersion): boolean => isNull;

/** Puts a version on top, as the bucket's versioning has it. */
function add(model: Model, key: string, bytes: Buffer | null): ModelVersion {
  const before = model.keys.get(key) ?? [];
  const made = { bytes, isNull: model.versioning !== "Enabled", versionId: "null", tag: "" };
  model.keys.set(key, [made, ...(made.isNull ? before.filter((one) => !isNull(one)) : before)]);
  return made;
}

function find(model: Model, key: string, nth: number | "null" | "current"): ModelVersion | undefined {
  const versions = model.keys.get(key) ?? [];
  return nth === "null" ? versions.find(isNull) : versions[nth === "current" ? 0 : nth];
}

/** Does a step to the model and to the engine, and holds the answers against each other. */
async function perform(
  engine: Engine,
  bucket: Bucket,
  model: Model,
  one: Step,
  fill: string,
): Promise<Bucket> {
  switch (one.do) {
    case "empty trash":
      await emptyTrash(engine, { graceMs: 0 });
      return bucket;
    case "versioning":
      model.versioning = one.versioning;
      return updateBucket(engine, bucket.name, () => ({ versioning: one.versioning }));
    case "put": {
      const body = Buffer.alloc(one.size, fill);
      const current = find(model, one.key, 0);
      const put = putObject(engine, {
        bucket,
        key: one.key,
        body,
        ...access,
        ...(one.isNew ? { ifNoneMatch: "*" } : {}),
      });
      if (one.isNew && current !== undefined && current.bytes !== null) {
        await assert.rejects(put, { code: "PreconditionFailed" });
        return bucket;
      }
      named(model, add(model, one.key, body), (await put).versionId);
      return bucket;
    }
    case "upload": {
      const body = Buffer.alloc(one.size, fill);
      const { uploadId, ...upload } = await createUpload(engine, { bucket, key: one.key, ...access });
      const part = await putPart(engine, { upload: { ...upload, uploadId }, partNumber: 1, body });
      const made = await completeUpload(engine, { bucket, key: one.key, uploadId, parts: [part] });
      named(model, add(model, one.key, body), made.versionId);
      return bucket;
    }
    case "copy": {
      const from = find(model, one.key, one.nth);
      if (from === undefined) return bucket;
      const source = await openObject(engine, bucket, one.key, { versionId: from.versionId });
      assert.equal(source === null, from.bytes === null);
      if (source === null) return bucket;
      const made = await copyObject(engine, { source, bucket, key: one.to, ...access });
      source.close();
      named(model, add(model, one.to, from.bytes), made.versionId);
      return bucket;
    }
    case "delete": {
      const current = find(model, one.key, 0);
      const existed = current !== undefined && current.bytes !== null;
      const deletion = await deleteObject(engine, bucket, one.key);
      assert.equal(deletion.existed, existed);
      if (model.versioning === undefined) {
        assert.equal(deletion.deleteMarker, undefined);
        model.keys.delete(one.key);
      } else {
        assert.equal(deletion.deleteMarker, true);
        named(model, add(model, one.key, null), deletion.versionId);
      }
      return bucket;
    }
    case "delete version": {
      const found = find(model, one.key, one.nth);
      const versionId = found?.versionId ?? (one.nth === "null" ? "null" : "0".repeat(32));
      assert.deepEqual(
        { deleteMarker: undefined, ...(await deleteObject(engine, bucket, one.key, { versionId })) },
        {
          existed: found !== undefined,
          versionId,
          deleteMarker: found !== undefined && found.bytes === null ? true : undefined,
        },
      );
      const left = (model.keys.get(one.key) ?? []).filter((version) => version !== found);
      model.keys.set(one.key, left);
      if (left.length === 0) model.keys.delete(one.key);
      return bucket;
    }
    case "tag": {
      const found = find(model, one.key, one.nth);
      if (found === undefined) return bucket;
      const update = updateObject(engine, bucket, one.key, found, () => ({ tags: { fill } }));
      if (found.bytes === null) await assert.rejects(update, { code: "MethodNotAllowed" });
      else assert.equal((await update).tags?.["fill"], (found.tag = fill));
      return bucket;
    }
    default: {
      const found = find(model, one.key, one.nth);
      const versionId = one.nth === "current" ? undefined : (found?.versionId ?? "null");
      if (one.nth !== "current" && found === undefined && one.nth !== "null") return bucket;
      const bytes = await readObject(engine, bucket, one.key, { versionId });
      assert.equal(bytes?.equals(found?.bytes ?? Buffer.from("nothing")), found?.bytes ? true : undefined);
      if (bytes !== null) {
        const info = await headObject(engine, bucket, one.key, { versionId });
        assert.equal(info?.tags?.["fill"] ?? "", found?.tag);
        assert.equal(info?.versionId, model.versioning === undefined ? undefined : found?.versionId);
      } else {
        const { code, headers } = await missingObject(engine, bucket, one.key, { versionId });
        const isMarker = found !== undefined;
        assert.equal(
          code,
          versionId === undefined ? "NoSuchKey" : isMarker ? "MethodNotAllowed" : "NoSuchVersion",
        );
        assert.equal(headers["x-amz-version-id"], found?.versionId);
      }
      return bucket;
    }
  }
}

function named({ versioning }: Model, made: ModelVersion, versionId: string | undefined): void {
  if (versioning === undefined) assert.equal(versionId, undefined);
  else if (made.isNull) assert.equal(versionId, "null");
  else assert.match(versionId ?? "", /^[0-9a-f]{32}$/);
  made.versionId = versionId ?? "null";
}

/** What listVersions() and listObjects() must say, page by page. */
async function compareListings(engine: Engine, bucket: Bucket, model: Model, limit: number): Promise<void> {
  const keys = [...model.keys.keys()].toSorted();
  const expected = keys.flatMap((key) =>
    (model.keys.get(key) ?? []).map(
      ({ versionId, bytes, tag }, at) =>
        `${key} ${versionId} ${bytes?.length ?? "marker"} ${tag} ${at === 0 ? "latest" : ""}`,
    ),
  );
  const listed: string[] = [];
  let keyMarker = "";
  let versionIdMarker = "";
  for (;;) {
    const page = await listVersions(engine, bucket, { keyMarker, versionIdMarker, limit });
    assert.equal(page.versions.length <= limit, true);
    for (const { key, versionId, size, deleteMarker, tags, isLatest } of page.versions) {
      listed.push(
        `${key} ${versionId} ${deleteMarker ? "marker" : size} ${tags?.["fill"] ?? ""} ${isLatest ? "latest" : ""}`,
      );
    }
    if (!page.isTruncated) break;
    keyMarker = page.nextKeyMarker ?? assert.fail();
    versionIdMarker = page.nextVersionIdMarker ?? assert.fail();
  }
  assert.deepEqual(listed, expected);
  assert.deepEqual(
    (await listObjects(engine, bucket, { limit: 10 })).objects.map(({ key }) => key),
    keys.filter((key) => find(model, key, 0)?.bytes),
  );
}

eachEngine("any versioned history", (open) => {
  it("is what the model says, answer by answer, and so are its listings", async () => {
    const { engine, time, newBucket } = open();
    let letter = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60, size: "max" }),
        fc.integer({ min: 1, max: 5 }),
        async (history, limit) => {
          let bucket = await newBucket();
          const model: Model = { versioning: undefined, keys: new Map() };
          for (const one of history) {
            // The clock stands, goes on, and is set back.
            time.nowMs += [0, 7, 7, -20][letter % 4] ?? 0;
            const fill = String.fromCharCode(33 + (letter++ % 90));
            bucket = await perform(engine, bucket, model, one, fill);
          }
          await compareListings(engine, bucket, model, limit);
          assert.deepEqual(await check(engine), []);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("stays whole when everything happens to one key at once", async () => {
    const { engine, newBucket } = open();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 2, maxLength: 8 }), { minLength: 1, maxLength: 6 }),
        async (rounds) => {
          const bucket = await newBucket();
          await updateBucket(engine, bucket.name, () => ({ versioning: "Enabled" }));
          for (const steps of rounds) {
            const versioned = await requireBucket(engine, bucket.name);
            const { versions } = await listVersions(engine, versioned, { limit: 100 });
            await Promise.all(
              steps.map(async (one, at) => {
                const some = versions[at % Math.max(1, versions.length)];
                if (one.do === "versioning") {
                  await updateBucket(engine, bucket.name, () => ({ versioning: one.versioning }));
                } else if (one.do === "delete") {
                  await deleteObject(engine, versioned, "k");
                } else if (one.do === "delete version" && some !== undefined) {
                  await deleteObject(engine, versioned, "k", { versionId: some.versionId });
                } else {
                  await putObject(engine, {
                    bucket: versioned,
                    key: "k",
                    body: Buffer.from(one.do),
                    ...access,
                  });
                }
              }),
            );
            const { versions: after } = await listVersions(engine, versioned, { limit: 100 });
            const current = await headObject(engine, versioned, "k");
            assert.equal(current?.versionId, after[0]?.deleteMarker ? undefined : after[0]?.versionId);
            assert.equal(after.filter(({ versionId }) => versionId === "null").length <= 1, true);
          }
          assert.deepEqual(await check(engine), []);
        },
      ),
      { numRuns: 15 },
    );
  });
});
