/**
 * Writes into a data directory until it is killed. Prints a line before each operation and one when it was acknowledged.
 * Arguments: data directory, first sequence number, seed.
 */

import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";

import { createBucket, getBucket } from "../../src/engine/buckets.ts";
import { copyObject } from "../../src/engine/copy-object.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { completeUpload, createUpload, putPart } from "../../src/engine/multipart.ts";
import { openObject } from "../../src/engine/open-object.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { emptyTrash } from "../../src/engine/trash.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";
import { bodyOf, bucketName, inlineBytes, keysOfWorker, workers } from "./operations.ts";
import type { Line, Operation } from "./operations.ts";

const [dataDir = "", firstSequence = "0", seed = "1"] = process.argv.slice(2);
const owner = { id: "c".repeat(64), displayName: "crash" };
const access = {
  owner,
  grants: [{ grantee: { type: "user" as const, ...owner }, permission: "FULL_CONTROL" as const }],
};

const engine = await openEngine({ dataDir, limits: { inlineBytes, minPartBytes: 1, trashGraceMs: 20 } });
const bucket =
  (await getBucket(engine, bucketName)) ??
  (await createBucket(engine, { name: bucketName, ...access, region: "us-east-1" }));
let sequence = Number(firstSequence);
await Promise.all([...Array.from({ length: workers }, (_, worker) => work(worker)), collect()]);

async function work(worker: number): Promise<never> {
  const random = randomFrom(Number(seed) * 1000 + worker);
  const pick = (count: number): number => Math.floor(random() * count);
  for (;;) {
    const kind =
      (["small", "small", "small", "large", "multipart", "copy", "delete"] as const)[pick(7)] ?? "small";
    const operation: Operation = { kind, key: `${worker}/${pick(keysOfWorker)}`, sequence: sequence++ };
    say({ ...operation, state: "begun" });
    await perform(engine, bucket, operation);
    say({ ...operation, state: "done" });
  }
}

async function perform(engine: Engine, bucket: Bucket, operation: Operation): Promise<void> {
  const { kind, key } = operation;
  const body = bodyOf(operation);
  switch (kind) {
    case "delete":
      await deleteObject(engine, bucket, key);
      break;
    case "multipart": {
      const upload = await createUpload(engine, { bucket, key, ...access });
      const pieces = [body.subarray(0, 50_000), body.subarray(50_000, 53_000), body.subarray(53_000)];
      const parts = await Promise.all(
        pieces.map((piece, at) => putPart(engine, { upload, partNumber: at + 1, body: piece })),
      );
      await completeUpload(engine, { bucket, key, uploadId: upload.uploadId, parts });
      break;
    }
    case "copy": {
      const from = `${key}, to be copied`;
      await putObject(engine, { bucket, key: from, body, ...access });
      const source = await openObject(engine, bucket, from);
      if (source === null) throw new Error(`"${from}" was acknowledged and is not there`);
      await copyObject(engine, { source, bucket, key, ...access });
      source.close();
      break;
    }
    default:
      await putObject(engine, { bucket, key, body, ...access });
  }
}

/** Empties the trash all the time, so that a crash falls into that too. */
async function collect(): Promise<never> {
  for (;;) {
    await emptyTrash(engine);
    await setImmediate();
  }
}

/** At once: what was acknowledged must be known even if this process ends in the next instruction. */
function say(line: Line): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

/** Park and Miller's generator: the same operations for the same seed, though not in the same order. */
function randomFrom(start: number): () => number {
  let state = (start % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
