/** Holds what is left of a store against what its writer had acknowledged. */

import assert from "node:assert/strict";

import { getBucket } from "../../src/engine/buckets.ts";
import { check } from "../../src/engine/check.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { openObject } from "../../src/engine/open-object.ts";
import { sweep } from "../../src/engine/sweep.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";
import { bodyOf, bucketName, inlineBytes, keysOfWorker, workers } from "./operations.ts";
import type { Line, Operation } from "./operations.ts";

export interface KeyState {
  /** The last operation that was acknowledged, or seen to have happened; null: there was none, the key is absent. */
  readonly settled: Operation | null;
  /** One that was under way when the writer was stopped. */
  readonly pending?: Operation;
}

export function follow(states: Map<string, KeyState>, { state, ...operation }: Line): void {
  const before = states.get(operation.key)?.settled ?? null;
  states.set(
    operation.key,
    state === "done" ? { settled: operation } : { settled: before, pending: operation },
  );
}

/** Opens what the writer left and holds it against what it acknowledged. */
export async function judge(dataDir: string, states: Map<string, KeyState>, when: string): Promise<void> {
  const engine = await openEngine({ dataDir, limits: { inlineBytes }, maintenance: false });
  try {
    const bucket = await getBucket(engine, bucketName);
    assert.ok(bucket, `the bucket is gone, ${when}`);
    for (const key of keys()) {
      const { settled, pending } = states.get(key) ?? { settled: null };
      const bytes = await read(engine, bucket, key);
      const possible = pending === undefined ? [settled] : [settled, pending];
      const happened = possible.find((operation) => isResult(operation, bytes));
      assert.notEqual(
        happened,
        undefined,
        `"${key}" holds ${JSON.stringify(bytes?.toString("latin1", 0, 30))} instead of ${JSON.stringify(possible)}, ${when}`,
      );
      states.set(key, { settled: happened ?? null });
    }
    await sweep(engine);
    assert.deepEqual(await check(engine), [], when);
  } finally {
    await engine.close();
  }
}

function* keys(): Iterable<string> {
  for (let worker = 0; worker < workers; worker++) {
    for (let at = 0; at < keysOfWorker; at++) yield `${worker}/${at}`;
  }
}

function isResult(operation: Operation | null, bytes: Buffer | null): boolean {
  if (operation === null || operation.kind === "delete") return bytes === null;
  return bytes !== null && bytes.equals(bodyOf(operation));
}

async function read(engine: Engine, bucket: Bucket, key: string): Promise<Buffer | null> {
  const object = await openObject(engine, bucket, key);
  if (object === null) return null;
  const pieces: Buffer[] = [];
  for await (const piece of object.stream(0, object.info.size - 1)) pieces.push(piece);
  object.close();
  return Buffer.concat(pieces);
}
