// Storages, and files as answers of Hono, whose application is the web's own `fetch`.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { S3Client } from "stowage/client";
import { sendFile, uploads } from "stowage/hono";
import { fileResponse } from "stowage/http";
import { disk, memory, s3 } from "stowage/storage";

const bucket = "storages";
const client = new S3Client();
await client.createBucket({ bucket });
const location = await mkdtemp(join(tmpdir(), "stowage-runtime-"));
const storages = { s3: s3({ bucketName: bucket }), disk: disk({ location }), memory: memory() };

for (const [name, storage] of Object.entries(storages)) {
  const saved = await storage.save("notes/hello.txt", "Hello, world\n");
  const file = await storage.open(saved);
  assert.deepEqual([file.size, await file.text()], [13, "Hello, world\n"], name);
  assert.deepEqual(await storage.listdir("notes"), [[], ["hello.txt"]], name);

  const ranged = new Request("http://127.0.0.1/hello.txt", { headers: { range: "bytes=0-4" } });
  const answer = fileResponse(await storage.open(saved), ranged);
  assert.deepEqual([answer.status, await answer.text()], [206, "Hello"], name);

  const app = new Hono();
  app.post("/", uploads({ storage }), (c) => c.json(c.get("uploads").files, 201));
  app.get("/:name", async (c) => sendFile(c, await storage.open(c.req.param("name"))));
  const form = new FormData();
  form.set("photo", new File(["a,b\n".repeat(100_000)], "figures.csv", { type: "text/csv" }));
  const posted = await app.request("/", { method: "POST", body: form });
  assert.equal(posted.status, 201, await posted.clone().text());
  const [{ name: stored }] = await posted.json();
  const got = await app.request(`/${stored}`);
  assert.deepEqual([got.status, (await got.arrayBuffer()).byteLength], [200, 400_000], name);
  await storage.delete(stored);
  await storage.delete(saved);
}

await rm(location, { recursive: true });
await client.deleteBucket({ bucket });
await client.close();
console.log("done");
