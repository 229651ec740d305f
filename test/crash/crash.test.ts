/**
 * A writer under load gets SIGKILL at a random moment, again and again on the same data directory. After each:
 * everything acknowledged is there and whole, nothing deleted comes back, and an operation under way has happened or not.
 *
 * A few rounds by default; `STOWAGE_CRASH_ROUNDS=50` for more.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { it } from "node:test";
import { fileURLToPath } from "node:url";

import { getBucket } from "../../src/engine/buckets.ts";
import { check } from "../../src/engine/check.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { openObject } from "../../src/engine/open-object.ts";
import { sweep } from "../../src/engine/sweep.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";
import { bodyOf, bucketName, inlineBytes, keysOfWorker, workers } from "./operations.ts";
import type { Line, Operation } from "./operations.ts";

const rounds = Number(process.env["STOWAGE_CRASH_ROUNDS"] ?? 3);
const writer = fileURLToPath(new URL("writer.js", import.meta.url));

interface KeyState {
  /** The last operation that was acknowledged, or seen to have happened; null: there was none, the key is absent. */
  readonly settled: Operation | null;
  /** One that was under way when the writer was killed. */
  readonly pending?: Operation;
}

it(
  `keeps what it acknowledged through ${rounds} kills`,
  { timeout: 60_000 + rounds * 20_000 },
  async (test) => {
    const dataDir = await mkdtemp(join(tmpdir(), "stowage-crash-"));
    const seed = Math.floor(Math.random() * 1_000_000);
    const states = new Map<string, KeyState>();
    let acknowledged = 0;
    try {
      for (let round = 0; round < rounds; round++) {
        const afterMs = 30 + Math.random() * 600;
        const lines = await writeUntilKilled(dataDir, round * 1_000_000, seed + round, afterMs);
        acknowledged += lines.filter(({ state }) => state === "done").length;
        for (const line of lines) follow(states, line);
        await judge(dataDir, states, `seed ${seed}, round ${round}, killed after ${Math.round(afterMs)} ms`);
      }
    } finally {
      await rm(dataDir, { recursive: true });
    }
    test.diagnostic(`${acknowledged} operations were acknowledged, seed ${seed}`);
    assert.ok(acknowledged > 0);
  },
);

/** The lines of a writer that is killed some time after its first acknowledgement. */
async function writeUntilKilled(
  dataDir: string,
  firstSequence: number,
  seed: number,
  afterMs: number,
): Promise<Line[]> {
  const child = spawn(process.execPath, [writer, dataDir, String(firstSequence), String(seed)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const lines: Line[] = [];
  let isAcknowledging = false;
  for await (const text of createInterface({ input: child.stdout })) {
    // The last line may be cut.
    if (!text.endsWith("}")) continue;
    const line = JSON.parse(text) as Line;
    if (line.state === "done" && !isAcknowledging) {
      isAcknowledging = true;
      setTimeout(() => child.kill("SIGKILL"), afterMs);
    }
    lines.push(line);
  }
  const [, signal] = (await closed) as [number | null, string | null];
  assert.equal(signal, "SIGKILL", "the writer ended by itself");
  return lines;
}

function follow(states: Map<string, KeyState>, { state, ...operation }: Line): void {
  const before = states.get(operation.key)?.settled ?? null;
  states.set(
    operation.key,
    state === "done" ? { settled: operation } : { settled: before, pending: operation },
  );
}

/** Opens what the writer left and holds it against what it acknowledged. */
async function judge(dataDir: string, states: Map<string, KeyState>, when: string): Promise<void> {
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
