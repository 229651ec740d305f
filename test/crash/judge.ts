/** Holds what is left of a store against what its writer had acknowledged. */

import assert from "node:assert/strict";

import { getBucket } from "../../src/engine/buckets.ts";
import { check } from "../../src/engine/check.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { listVersions } from "../../src/engine/list-versions.ts";
import { openObject } from "../../src/engine/open-object.ts";
import { sweep } from "../../src/engine/sweep.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";
import {
  bodyOf,
  bucketName,
  inlineBytes,
  isVersioned,
  keysOfWorker,
  versionedBucketName,
  workers,
} from "./operations.ts";
import type { Line, Operation } from "./operations.ts";

export interface KeyState {
  /**
   * Of each version the operation that wrote it, acknowledged or seen to have happened; the newest first. In a bucket that
   * keeps no versions there is one, or none.
   */
  readonly settled: readonly Operation[];
  /** One that was under way when the writer was stopped. */
  readonly pending?: Operation;
}

export function follow(states: Map<string, KeyState>, { state, ...operation }: Line): void {
  const settled = states.get(operation.key)?.settled ?? [];
  states.set(
    operation.key,
    state === "done" ? { settled: after(settled, operation) } : { settled, pending: operation },
  );
}

function after(history: readonly Operation[], operation: Operation): readonly Operation[] {
  if (operation.kind === "delete") return [];
  if (operation.kind === "remove newest") return history.slice(1);
  if (operation.kind === "remove oldest") return history.slice(0, -1);
  return isVersioned(operation) ? [operation, ...history] : [operation];
}

/** Opens what the writer left and holds it against what it acknowledged. */
export async function judge(dataDir: string, states: Map<string, KeyState>, when: string): Promise<void> {
  const engine = await openEngine({ dataDir, limits: { inlineBytes }, maintenance: false });
  try {
    const bucket = await getBucket(engine, bucketName);
    assert.ok(bucket, `the bucket is gone, ${when}`);
    const versioned = await getBucket(engine, versionedBucketName);
    for (const key of keys()) {
      const { settled, pending } = states.get(key) ?? { settled: [] };
      const found = key.startsWith("v")
        ? await readHistory(engine, versioned, key)
        : await readOnly(engine, bucket, key);
      const possible = pending === undefined ? [settled] : [settled, after(settled, pending)];
      const happened = possible.find((history) => isHistory(history, found));
      assert.notEqual(
        happened,
        undefined,
        `"${key}" has ${JSON.stringify(found.map(briefly))} instead of ${JSON.stringify(possible)}, ${when}`,
      );
      states.set(key, { settled: happened ?? [] });
    }
    await sweep(engine);
    assert.deepEqual(await check(engine), [], when);
  } finally {
    await engine.close();
  }
}

function* keys(): Iterable<string> {
  for (let worker = 0; worker < workers; worker++) {
    for (let at = 0; at < keysOfWorker; at++) {
      yield `${worker}/${at}`;
      yield `v${worker}/${at}`;
    }
  }
}

async function readOnly(engine: Engine, bucket: Bucket, key: string): Promise<Buffer[]> {
  const bytes = await read(engine, bucket, key);
  return bytes === null ? [] : [bytes];
}

/** The bytes of each version, null for a delete marker; the newest first, which is what a GET answers. */
async function readHistory(engine: Engine, bucket: Bucket | null, key: string): Promise<(Buffer | null)[]> {
  if (bucket === null) return [];
  const { versions } = await listVersions(engine, bucket, { prefix: key, limit: 10_000 });
  const found = await Promise.all(versions.map(({ versionId }) => read(engine, bucket, key, versionId)));
  const current = await read(engine, bucket, key);
  assert.equal(current === null, (found[0] ?? null) === null);
  assert.ok(current === null || current.equals(found[0] ?? Buffer.alloc(0)));
  return found;
}

function isHistory(history: readonly Operation[], found: readonly (Buffer | null)[]): boolean {
  return (
    history.length === found.length &&
    history.every((operation, at) => {
      const bytes = found[at] ?? null;
      return operation.kind === "marker" ? bytes === null : bytes?.equals(bodyOf(operation)) === true;
    })
  );
}

function briefly(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString("latin1", 0, 30);
}

async function read(engine: Engine, bucket: Bucket, key: string, versionId?: string): Promise<Buffer | null> {
  const object = await openObject(engine, bucket, key, { versionId });
  if (object === null) return null;
  const pieces: Buffer[] = [];
  for await (const piece of object.stream(0, object.info.size - 1)) pieces.push(piece);
  object.close();
  return Buffer.concat(pieces);
}
