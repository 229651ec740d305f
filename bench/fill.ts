/**
 * Puts many small objects straight into a data directory, through the engine: a million through a socket would take
 * most of a run. Arguments: directory, then `bucket:directories:objectsInEach` for each bucket; with `:versions` behind it
 * the bucket keeps that many versions of each object, and as many of another object, deleted, beside it.
 */

import { createBucket, updateBucket } from "../src/engine/buckets.ts";
import { deleteObject } from "../src/engine/delete-object.ts";
import { openEngine } from "../src/engine/engine.ts";
import { putObject } from "../src/engine/put-object.ts";
import { addUser } from "../src/engine/users.ts";

const [dataDir = "", accessKey = "", secretKey = "", ...layouts] = process.argv.slice(2);
const writers = 512;
const body = Buffer.alloc(256, "o");

const engine = await openEngine({ dataDir, durability: "relaxed" });
const { user } = await addUser(engine, { name: "admin", admin: true, accessKey, secretKey });
const owner = { id: user.id, displayName: user.name };
const grants = [{ grantee: { type: "user" as const, ...owner }, permission: "FULL_CONTROL" as const }];
let objects = 0;
for (const layout of layouts) {
  const [name = "", directories = "0", each = "0", versions] = layout.split(":");
  const made = await createBucket(engine, { name, owner, grants, region: "us-east-1" });
  const bucket =
    versions === undefined ? made : await updateBucket(engine, name, () => ({ versioning: "Enabled" }));
  const put = async (key: string): Promise<void> => {
    for (let version = 0; version < Number(versions ?? 1); version++) {
      await putObject(engine, { bucket, key, body, owner, grants, headers: {}, metadata: {} });
    }
  };
  const count = Number(directories) * Number(each);
  let next = 0;
  const write = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const key = keyAt(index, Number(each));
      await put(key);
      if (versions === undefined) continue;
      await put(`${key} deleted`);
      await deleteObject(engine, bucket, `${key} deleted`);
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  objects += count;
}
await engine.close();
process.stdout.write(`${JSON.stringify({ objects })}\n`);

function keyAt(index: number, each: number): string {
  const directory = String(Math.floor(index / each)).padStart(4, "0");
  return `d${directory}/${String(index % each).padStart(6, "0")}`;
}
