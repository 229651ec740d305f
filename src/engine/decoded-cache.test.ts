import assert from "node:assert/strict";
import { it } from "node:test";

import { createDecodedCache } from "./decoded-cache.ts";
import type { Entry } from "./index/index.ts";
import { createMemoryIndex } from "./index/memory.ts";

const key = (name: string): Buffer => Buffer.from(name);
const decode = (entry: Entry): { text: string } => ({ text: entry.value.toString() });

it("a decoded row is made once, and again when its row has changed", async () => {
  const index = createMemoryIndex();
  const cache = createDecodedCache(index);
  const get = async (): Promise<{ text: string } | null> => cache.get("users", "a", key, decode);
  assert.equal(await get(), null);
  await index.commit({ puts: [{ table: "users", key: key("a"), value: Buffer.from("1") }] });
  const first = await get();
  assert.deepEqual(first, { text: "1" });
  assert.equal(await get(), first);
  await index.commit({ puts: [{ table: "users", key: key("other"), value: Buffer.from("1") }] });
  assert.equal(await get(), first, "another row's change costs a read, not a decoding");
  await index.commit({ puts: [{ table: "users", key: key("a"), value: Buffer.from("2") }] });
  assert.deepEqual(await get(), { text: "2" });
  await index.commit({ deletes: [{ table: "users", key: key("a") }] });
  assert.equal(await get(), null);
});

it("rows of many bytes are forgotten, and decoded again when they are asked for", async () => {
  const index = createMemoryIndex();
  const cache = createDecodedCache(index);
  const names = Array.from({ length: 20 }, (_, at) => `row ${at}`);
  for (const name of names) {
    await index.commit({ puts: [{ table: "users", key: key(name), value: Buffer.alloc(1024 * 1024, "x") }] });
  }
  const get = async (name: string): Promise<object | null> => cache.get("users", name, key, decode);
  const first = await get("row 0");
  const others = names.slice(1, 16);
  for (const name of others) await get(name);
  assert.equal(await get("row 0"), first, "16 MiB are kept");
  for (const name of names) await get(name);
  assert.notEqual(await get("row 0"), first);
});

it("a row is read once in a moment, and the same name in two tables is two rows", async () => {
  const index = createMemoryIndex();
  let reads = 0;
  const cache = createDecodedCache({
    ...index,
    get: (table, name) => {
      reads++;
      return index.get(table, name);
    },
  });
  await index.commit({
    puts: [
      { table: "users", key: key("a"), value: Buffer.from("user") },
      { table: "keys", key: key("a"), value: Buffer.from("key") },
    ],
  });
  for (let time = 0; time < 3; time++) {
    assert.deepEqual(await cache.get("users", "a", key, decode), { text: "user" });
    assert.deepEqual(await cache.get("keys", "a", key, decode), { text: "key" });
  }
  assert.equal(reads, 2);
});
