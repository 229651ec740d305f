/** The store whose bits are flipped, and what it holds. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createBucket, updateBucket } from "../../src/engine/buckets.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { completeUpload, createUpload, putPart } from "../../src/engine/multipart.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { setQuota } from "../../src/engine/quotas.ts";
import { emptyTrash } from "../../src/engine/trash.ts";
import { access, grants, owner } from "./engines.ts";

export const limits = { inlineBytes: 3000, minPartBytes: 1, trashGraceMs: 0 };
/** Bytes in the index, some on overflow pages, and bytes in files. */
const sizes = [0, 10, 900, 2900, 3500, 70_000];
const keysOfBucket = 60;

export const buckets = ["plain", "kept"] as const;

export function keysOf(): string[] {
  return Array.from({ length: keysOfBucket }, (_, at) => `folder ${at % 3}/${at}`);
}

export function bodyOf(bucket: string, key: string): Buffer {
  const at = Number(key.split("/")[1]);
  return Buffer.alloc(sizes[at % sizes.length] as number, `${bucket} ${key} `);
}

/** A file that a crash has left: what sweeps finds it. */
export const stray = "0000000000010000aabbccddeeff0011";

export async function makeStore(dataDir: string): Promise<void> {
  const engine = await openEngine({ dataDir, limits, maintenance: false });
  for (const name of buckets) {
    const made = await createBucket(engine, { name, owner, grants, region: "us-east-1" });
    const bucket =
      name === "kept" ? await updateBucket(engine, name, () => ({ versioning: "Enabled" as const })) : made;
    for (const key of keysOf()) {
      if (key.endsWith("7")) {
        const body = bodyOf(name, key);
        const upload = await createUpload(engine, { bucket, key, ...access });
        const parts = await Promise.all(
          [body.subarray(0, 4), body.subarray(4)].map((piece, at) =>
            putPart(engine, { upload, partNumber: at + 1, body: piece }),
          ),
        );
        await completeUpload(engine, { bucket, key, uploadId: upload.uploadId, parts });
      } else await putObject(engine, { bucket, key, body: bodyOf(name, key), ...access });
    }
    await putObject(engine, { bucket, key: "deleted", body: Buffer.alloc(5000, "d"), ...access });
    await deleteObject(engine, bucket, "deleted");
    const upload = await createUpload(engine, { bucket, key: "under way", ...access });
    await putPart(engine, { upload, partNumber: 1, body: Buffer.alloc(4000, "u") });
  }
  await setQuota(engine, "kept", { maxObjects: 1000 });
  await emptyTrash(engine, { graceMs: 0 });
  await engine.close();
  await mkdir(join(dataDir, "blobs", stray.slice(-2)), { recursive: true });
  await writeFile(join(dataDir, "blobs", stray.slice(-2), stray), "");
}
