// The client's main path, as a program of somebody who runs Bun or Deno.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { connectS3, S3ConnectionError, S3Client, S3ResponseError } from "stowage/client";

const client = new S3Client({ responseChecksums: "whenSupported" });
const bucket = "main-path";
await client.createBucket({ bucket });

const key = "a folder/ä+b (1).txt";
const put = { bucket, key, body: "Hello, Grüezi", contentType: "text/plain", metadata: { town: "Köln" } };
await client.putObject({ ...put, checksumAlgorithm: "CRC32C" });
const head = await client.headObject({ bucket, key });
assert.deepEqual([head.size, head.contentType, head.metadata.town], [14, "text/plain", "Köln"]);
assert.equal(await (await client.getObject({ bucket, key })).body.text(), "Hello, Grüezi");
assert.equal(await (await client.getObject({ bucket, key, range: "bytes=7-" })).body.text(), "Grüezi");
assert.equal(await (await fetch(client.presign({ bucket, key }))).text(), "Hello, Grüezi");
// Sent as it is: whoever folds this path asks for another key.
await client.putObject({ bucket, key: "a/../b//c", body: "dots" });
assert.equal(await (await client.getObject({ bucket, key: "a/../b//c" })).body.text(), "dots");

const bytes = new Uint8Array(20_000_000).map((_, at) => at * 31 + (at >> 8));
const pieces = Readable.from(
  (function* () {
    for (let at = 0; at < bytes.length; at += 60_000) yield bytes.subarray(at, at + 60_000);
  })(),
);
let loaded = 0;
const onProgress = ({ loadedBytes }) => (loaded = loadedBytes);
const film = { bucket, key: "film.mp4" };
const uploaded = await client.upload(
  { ...film, body: pieces },
  { onProgress, partSizeBytes: 5 * 1024 * 1024 },
);
assert.deepEqual([uploaded.size, loaded], [bytes.length, bytes.length]);
let size = 0;
for await (const chunk of (await client.getObject(film)).body) {
  assert.ok(chunk.every((byte, at) => byte === bytes[size + at]));
  size += chunk.length;
}
assert.equal(size, bytes.length);
const folder = await mkdtemp(join(tmpdir(), "stowage-runtime-"));
await client.downloadFile(film, join(folder, "film.mp4"), { partSizeBytes: 5 * 1024 * 1024 });
assert.ok((await readFile(join(folder, "film.mp4"))).equals(bytes));
await rm(folder, { recursive: true });
await client.copy({ bucket, key: "copy.mp4", copySource: film });

const keys = [];
for await (const object of client.list({ bucket })) keys.push(object.key);
assert.deepEqual(keys, [key, "a/../b//c", "copy.mp4", "film.mp4"]);
const { deleted } = await client.deleteMany(bucket, keys);
assert.equal(deleted.length, 4);

await assert.rejects(client.getObject({ bucket, key }), (error) => {
  return error instanceof S3ResponseError && error.code === "NoSuchKey" && error.status === 404;
});
await assert.rejects(client.getObject(film, { signal: AbortSignal.abort(new Error("enough")) }), /enough/);
const nobody = new S3Client({ endpoint: "http://127.0.0.1:1", retries: { maxAttempts: 2 } });
await assert.rejects(nobody.listBuckets(), (error) => {
  return error instanceof S3ConnectionError && error.code === "ECONNREFUSED" && error.attempts === 2;
});
await nobody.close();

const conn = connectS3();
const boto = await conn.getBucket(bucket);
await boto.newKey("boto.json").put(JSON.stringify({ a: 1 }), { policy: "public-read" });
assert.deepEqual(await boto.newKey("boto.json").json(), { a: 1 });
assert.equal((await (await boto.getKey("boto.json")).getAcl()).acl.grants.length, 2);
await boto.deleteKey("boto.json");
await conn.close();
await client.deleteBucket({ bucket });
await client.close();
console.log("done");
