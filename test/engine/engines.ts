/** For tests: every engine, opened once for a file of tests, with a bucket of its own for each test. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe } from "node:test";

import type { Grant, Owner } from "../../src/s3/acl.ts";
import { createBucket, deleteBucket, listBuckets } from "../../src/engine/buckets.ts";
import { check } from "../../src/engine/check.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { createMemoryEngine, openEngine } from "../../src/engine/engine.ts";
import { tables } from "../../src/engine/index/index.ts";
import { listVersions } from "../../src/engine/list-versions.ts";
import { openObject } from "../../src/engine/open-object.ts";
import { emptyTrash } from "../../src/engine/trash.ts";
import type { Bucket, Engine, EngineLimits } from "../../src/engine/types.ts";

export const owner: Owner = { id: "a".repeat(64), displayName: "owner" };
export const grants: readonly Grant[] = [
  { grantee: { type: "user", id: owner.id, displayName: owner.displayName }, permission: "FULL_CONTROL" },
];
/** What most tests put beside key and body. */
export const access: { readonly owner: Owner; readonly grants: readonly Grant[] } = { owner, grants };

export interface TestEngine {
  /** The engine; its clock is `time`. */
  readonly engine: Engine;
  readonly newBucket: () => Promise<Bucket>;
  /** What the clock says, in milliseconds; a test may move it. */
  readonly time: { nowMs: number };
}

/** Small limits, so that small bodies go every way. */
export const limits: EngineLimits = { inlineBytes: 100, minPartBytes: 5, trashGraceMs: 1000 };

/**
 * Describes the same tests for the memory engine and the one on the disk. After each test everything is deleted and the
 * trash is emptied, and then nothing may be left.
 */
export function eachEngine(name: string, tests: (open: () => TestEngine) => void): void {
  for (const kind of ["memory", "disk"] as const) {
    describe(`${name}, ${kind}`, () => {
      const time = { nowMs: 1_700_000_000_000 };
      const options = { limits, clock: () => time.nowMs };
      let engine: Engine;
      let dataDir: string;
      let buckets = 0;
      before(async () => {
        dataDir = await mkdtemp(join(tmpdir(), "stowage-engine-"));
        engine =
          kind === "memory"
            ? createMemoryEngine(options)
            : await openEngine({ ...options, dataDir, maintenance: false });
      });
      after(async () => {
        await engine.close();
        await rm(dataDir, { recursive: true });
      });
      afterEach(async () => {
        assert.deepEqual(await check(engine), []);
        await deleteAll(engine);
        time.nowMs += limits.trashGraceMs + 1;
        // The second time for what the first put there: a bucket's uploads, an upload's parts.
        for (let depth = 0; depth < 3; depth++) {
          await emptyTrash(engine);
          time.nowMs += limits.trashGraceMs + 1;
        }
        assert.deepEqual(await leftovers(engine), {});
      });
      tests(() => ({
        engine,
        time,
        newBucket: () =>
          createBucket(engine, { name: `bucket-${++buckets}`, owner, grants, region: "us-east-1" }),
      }));
    });
  }
}

async function deleteAll(engine: Engine): Promise<void> {
  const { buckets } = await listBuckets(engine, { ownerId: owner.id });
  for (const bucket of buckets) {
    const { versions } = await listVersions(engine, bucket, { limit: 100_000 });
    for (const { key, versionId } of versions) await deleteObject(engine, bucket, key, { versionId });
    await deleteBucket(engine, bucket.name);
  }
}

async function leftovers(engine: Engine): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of tables) {
    const rows = await engine.index.count(table);
    if (rows > 0 && table !== "meta" && table !== "users" && table !== "keys") found[table] = rows;
  }
  const files = await blobCount(engine);
  if (files > 0) found["files"] = files;
  return found;
}

export async function* inPieces(bytes: Buffer, pieceBytes = 37): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** An object's bytes; null where there is none. */
export async function readObject(
  engine: Engine,
  bucket: Bucket,
  key: string,
  range: { readonly start?: number; readonly end?: number; readonly versionId?: string | undefined } = {},
): Promise<Buffer | null> {
  const object = await openObject(engine, bucket, key, { versionId: range.versionId });
  if (object === null) return null;
  try {
    const pieces: Buffer[] = [];
    for await (const piece of object.stream(range.start ?? 0, range.end ?? object.info.size - 1)) {
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } finally {
    object.close();
  }
}

export async function blobCount(engine: Engine): Promise<number> {
  let count = 0;
  for await (const id of engine.blobs.list()) count += id.length > 0 ? 1 : 0;
  return count;
}
