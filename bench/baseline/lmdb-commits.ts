/**
 * The floor under every durable PUT: LMDB committing values of that size, each awaited until it is on the disk.
 * Arguments: directory, writers, size in bytes, milliseconds. Writes `{"operationsPerSecond": …}`.
 */

import { open } from "lmdb";

const [directory = "", writers = "64", size = "4096", durationMs = "3000"] = process.argv.slice(2);
const store = open({ path: directory, encoding: "binary", keyEncoding: "binary", overlappingSync: false });
const value = Buffer.alloc(Number(size), "v");
const warmUntil = performance.now() + 500;
const until = warmUntil + Number(durationMs);
let count = 0;
let next = 0;

async function write(): Promise<void> {
  for (;;) {
    const key = Buffer.alloc(24);
    key.writeUInt32BE(next++, 20);
    await store.put(key, value);
    const now = performance.now();
    if (now >= until) return;
    if (now >= warmUntil) count += 1;
  }
}

await Promise.all(Array.from({ length: Number(writers) }, write));
await store.close();
process.stdout.write(`${JSON.stringify({ operationsPerSecond: count / (Number(durationMs) / 1000) })}\n`);
