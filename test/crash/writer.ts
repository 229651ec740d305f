/**
 * Writes into a data directory until it is killed. Prints a line before each operation and one when it was acknowledged.
 * Arguments: data directory, first sequence number, seed.
 */

import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";

import { createBucket, getBucket, updateBucket } from "../../src/engine/buckets.ts";
import { copyObject } from "../../src/engine/copy-object.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { completeUpload, createUpload, putPart } from "../../src/engine/multipart.ts";
import { listVersions } from "../../src/engine/list-versions.ts";
import { openObject } from "../../src/engine/open-object.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { emptyTrash } from "../../src/engine/trash.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";
import {
  bodyOf,
  bucketName,
  inlineBytes,
  keysOfWorker,
  kinds,
  versionedBucketName,
  versionedKinds,
  workers,
} from "./operations.ts";
import type { Line, Operation } from "./operations.ts";

const [dataDir = "", firstSequence = "0", seed = "1"] = process.argv.slice(2);
const owner = { id: "c".repeat(64), displayName: "crash" };
const access = {
  owner,
  grants: [{ grantee: { type: "user" as const, ...owner }, permission: "FULL_CONTROL" as const }],
};

const engine = await openEngine({ dataDir, limits: { inlineBytes, minPartBytes: 1, trashGraceMs: 20 } });
const bucket = await open(bucketName);
await open(versionedBucketName);
const versioned = await updateBucket(engine, versionedBucketName, () => ({ versioning: "Enabled" }));
let sequence = Number(firstSequence);
await Promise.all([...Array.from({ length: workers }, (_, worker) => work(worker)), collect()]);

async function open(name: string): Promise<Bucket> {
  const found = await getBucket(engine, name);
  return found ?? (await createBucket(engine, { name, ...access, region: "us-east-1" }));
}

async function work(worker: number): Promise<never> {
  const random = randomFrom(Number(seed) * 1000 + worker);
  const pick = (count: number): number => Math.floor(random() * count);
  for (;;) {
    const isVersioned = pick(2) === 0;
    const kind = isVersioned
      ? (versionedKinds[pick(versionedKinds.length)] ?? "version")
      : (kinds[pick(kinds.length)] ?? "small");
    const key = `${isVersioned ? "v" : ""}${worker}/${pick(keysOfWorker)}`;
    const operation: Operation = { kind, key, sequence: sequence++ };
    say({ ...operation, state: "begun" });
    await perform(engine, isVersioned ? versioned : bucket, operation);
    say({ ...operation, state: "done" });
  }
}

async function perform(engine: Engine, bucket: Bucket, operation: Operation): Promise<void> {
  const { kind, key } = operation;
  const body = bodyOf(operation);
  switch (kind) {
    case "delete":
    case "marker":
      await deleteObject(engine, bucket, key);
      break;
    case "remove oldest":
    case "remove newest": {
      const { versions } = await listVersions(engine, bucket, { prefix: key, limit: 10_000 });
      const version = versions.at(kind === "remove newest" ? 0 : -1);
      if (version !== undefined) await deleteObject(engine, bucket, key, version);
      break;
    }
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
