import assert from "node:assert/strict";
import { it } from "node:test";

import * as fc from "fast-check";

import { access, eachEngine } from "./engines.ts";
import { listObjects } from "../../src/engine/list-objects.ts";
import type { ListObjectsOptions } from "../../src/engine/list-objects.ts";
import { putObject } from "../../src/engine/put-object.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";

async function fill(engine: Engine, bucket: Bucket, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => putObject(engine, { bucket, key, body: Buffer.alloc(0), ...access })));
}

/** Keys and common prefixes of one page, in one list. */
async function page(
  engine: Engine,
  bucket: Bucket,
  options: Partial<ListObjectsOptions>,
): Promise<{ found: string[]; isTruncated: boolean; last: string | null }> {
  const { objects, commonPrefixes, isTruncated, last } = await listObjects(engine, bucket, {
    limit: 1000,
    ...options,
  });
  return { found: [...objects.map(({ key }) => key), ...commonPrefixes], isTruncated, last };
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What a listing is, said as simply as can be. */
function expected(keys: readonly string[], prefix: string, delimiter: string): string[] {
  const found = new Set<string>();
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    found.add(end < 0 ? key : key.slice(0, end + delimiter.length));
  }
  return [...found].toSorted(byBytes);
}

eachEngine("listObjects()", (open) => {
  it("keeps the order of UTF-8 bytes, and keys that a file system would not", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const keys = ["", ".", "..", "/", "//", "a", "a.b/c", "a/", "a/b", "a0", "é", "\uffee", "\u{1f600}"];
    const sorted = keys.slice(1);
    await fill(engine, bucket, sorted.toReversed());
    assert.deepEqual((await page(engine, bucket, {})).found, sorted);
  });

  it("counts common prefixes towards the limit, and a limit of 0 is empty and not truncated", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    await fill(engine, bucket, ["a", "b/1", "b/2", "c", "d/1"]);
    const options = { delimiter: "/", limit: 2 };
    assert.deepEqual(await page(engine, bucket, options), {
      found: ["a", "b/"],
      isTruncated: true,
      last: "b/",
    });
    assert.deepEqual(await page(engine, bucket, { ...options, after: "b/" }), {
      found: ["c", "d/"],
      isTruncated: false,
      last: "d/",
    });
    assert.deepEqual(await page(engine, bucket, { limit: 0 }), { found: [], isTruncated: false, last: null });
  });

  it("skips a common prefix given as `after` whole, but starts inside one at a key", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    await fill(engine, bucket, ["a", "b/1", "b/2", "c"]);
    assert.deepEqual((await page(engine, bucket, { delimiter: "/", after: "b/" })).found, ["c"]);
    assert.deepEqual((await page(engine, bucket, { delimiter: "/", after: "b/1" })).found, ["c", "b/"]);
    assert.deepEqual((await page(engine, bucket, { after: "b/" })).found, ["b/1", "b/2", "c"]);
    assert.deepEqual((await page(engine, bucket, { prefix: "b/", delimiter: "/", after: "b/" })).found, [
      "b/1",
      "b/2",
    ]);
  });

  it("sees no other bucket's keys", async () => {
    const { engine, newBucket } = open();
    const [one, two, three] = [await newBucket(), await newBucket(), await newBucket()];
    await fill(engine, one, ["a", "z"]);
    await fill(engine, three, ["a", "z"]);
    assert.deepEqual((await page(engine, two, {})).found, []);
    assert.deepEqual((await page(engine, one, { after: "z" })).found, []);
    assert.deepEqual((await page(engine, one, {})).found, ["a", "z"]);
  });

  it("pages through many keys under few prefixes without losing or repeating any", async () => {
    const { engine, newBucket } = open();
    const bucket = await newBucket();
    const keys = Array.from({ length: 600 }, (_, at) => `d${at % 7}/${Math.floor(at / 7)}`);
    await fill(engine, bucket, [...keys, "d3", "d30", "e"]);
    assert.deepEqual((await page(engine, bucket, { delimiter: "/" })).found, [
      "d3",
      "d30",
      "e",
      ...[0, 1, 2, 3, 4, 5, 6].map((one) => `d${one}/`),
    ]);
    const walked: string[] = [];
    for (let after: string | undefined = ""; after !== undefined;) {
      const { found, isTruncated, last }: Awaited<ReturnType<typeof page>> = await page(engine, bucket, {
        after,
        limit: 97,
      });
      walked.push(...found);
      after = isTruncated ? (last ?? undefined) : undefined;
    }
    assert.deepEqual(walked, [...keys, "d3", "d30", "e"].toSorted(byBytes));
  });

  it("is the sorted list for any keys, prefix, delimiter and page size", async () => {
    const { engine, newBucket } = open();
    const character = fc.oneof(
      fc.constantFrom("a", "b", "/", ".", "-", "é", "\uffee", "\u{1f600}", "\u0001"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((one) => one !== "\0"),
    );
    const text = (maxLength: number): fc.Arbitrary<string> =>
      fc.array(character, { maxLength }).map((characters) => characters.join(""));
    const key = text(6).filter((one) => one !== "");
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 40 }),
        text(2),
        fc.oneof(fc.constantFrom("", "/", "a", "//", "ab"), text(2)),
        fc.integer({ min: 1, max: 7 }),
        async (keys, prefix, delimiter, limit) => {
          const bucket = await newBucket();
          await fill(engine, bucket, keys);
          const walked: string[] = [];
          let after = "";
          for (;;) {
            const { found, isTruncated, last } = await page(engine, bucket, {
              prefix,
              delimiter,
              after,
              limit,
            });
            walked.push(...found.toSorted(byBytes));
            assert.ok(found.length <= limit);
            if (!isTruncated) break;
            assert.equal(found.length, limit);
            after = last as string;
          }
          assert.deepEqual(walked, expected(keys, prefix, delimiter));
        },
      ),
      { numRuns: 30 },
    );
  });
});
