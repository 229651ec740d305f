import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Bucket } from "../../src/client/bucket.ts";
import { Key } from "../../src/client/key.ts";
import { Prefix } from "../../src/client/listed.ts";
import { describeClient } from "./endpoints.ts";

const names = ["a", "b/1", "b/2", "b/c/3", "d", "e/4", "ü", "\u{1f642}", "\uffee"];

describeClient("listings", (context) => {
  let bucket: Bucket;
  before(async () => {
    bucket = await context().bucket();
    await Promise.all(names.map((name) => bucket.newKey(name).put(name)));
  });
  const namesOf = (entries: Iterable<Key | Prefix>): string[] => Array.from(entries, ({ name }) => name);

  test("all keys come in the order of their bytes, over as many pages as it takes", async () => {
    // U+FFEE comes before U+1F642 by UTF-8, and after it by UTF-16.
    const sorted = ["a", "b/1", "b/2", "b/c/3", "d", "e/4", "ü", "\uffee", "\u{1f642}"];
    assert.deepEqual(namesOf(await bucket.list({ maxKeys: 2 }).toArray()), sorted);
    const sizes: number[] = [];
    for await (const page of bucket.list({ maxKeys: 4 }).pages()) sizes.push(page.length);
    assert.deepEqual(sizes, [4, 4, 1]);
    const iterated: string[] = [];
    for await (const key of bucket) iterated.push(key.name);
    assert.deepEqual(iterated, sorted);
  });

  test("keys tell size, ETag, time and owner", async () => {
    const [key] = await bucket.list({ prefix: "b/1" }).toArray();
    assert.ok(key instanceof Key);
    assert.deepEqual(
      [key.size, key.etag, key.storageClass],
      [3, (await bucket.getKey("b/1"))?.etag, "STANDARD"],
    );
    assert.ok(Math.abs(Date.now() - (key.lastModified?.getTime() ?? 0)) < 600_000);
    assert.equal(key.owner?.id, await context().conn.getCanonicalUserId());
  });

  test("a prefix and a delimiter show a level", async () => {
    const entries = await bucket.list({ prefix: "b/", delimiter: "/" }).toArray();
    assert.deepEqual(
      entries.map((entry) => [entry.name, entry instanceof Prefix]),
      [
        ["b/1", false],
        ["b/2", false],
        ["b/c/", true],
      ],
    );
    const level = await bucket.list({ delimiter: "/", maxKeys: 2 }).toArray();
    assert.deepEqual(namesOf(level).sort(), ["a", "b/", "d", "e/", "ü", "\u{1f642}", "\uffee"].sort());
    assert.deepEqual(await bucket.list({ prefix: "nothing" }).toArray(), []);
  });

  test("a marker begins in the middle, and pages can be taken one by one", async () => {
    assert.deepEqual(namesOf(await bucket.list({ marker: "d" }).toArray()).slice(0, 2), ["e/4", "ü"]);
    const page = await bucket.getAllKeys({ maxKeys: 3 });
    assert.deepEqual([namesOf(page), page.isTruncated, page.nextMarker], [["a", "b/1", "b/2"], true, "b/2"]);
    const rest = await bucket.getAllKeys({ marker: page.nextMarker });
    assert.deepEqual([rest.length, rest.isTruncated], [6, false]);
  });

  test("leaving a listing early fetches no more", async () => {
    const seen: string[] = [];
    for await (const key of bucket.list({ maxKeys: 1 })) {
      seen.push(key.name);
      if (seen.length === 2) break;
    }
    assert.deepEqual(seen, ["a", "b/1"]);
  });

  test("more than a thousand keys are listed and deleted", async () => {
    const many = await context().bucket();
    const count = 1005;
    const keys = Array.from({ length: count }, (_, i) => many.newKey(`many/${String(i).padStart(4, "0")}`));
    for (let i = 0; i < count; i += 50) await Promise.all(keys.slice(i, i + 50).map((key) => key.put("")));
    assert.equal((await many.list().toArray()).length, count);
    const { deleted, errors } = await many.deleteKeys(many.list({ prefix: "many/" }));
    assert.deepEqual([deleted.length, errors.length], [count, 0]);
    assert.deepEqual(await many.list().toArray(), []);
  });
});
