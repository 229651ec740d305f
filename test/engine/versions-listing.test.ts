import assert from "node:assert/strict";
import { it } from "node:test";

import * as fc from "fast-check";

import { updateBucket } from "../../src/engine/buckets.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import type { Index } from "../../src/engine/index/index.ts";
import { listObjects } from "../../src/engine/list-objects.ts";
import { listVersions } from "../../src/engine/list-versions.ts";
import type { ListVersionsOptions } from "../../src/engine/list-versions.ts";
import { putObject } from "../../src/engine/put-object.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";
import { access, eachEngine } from "./engines.ts";

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Versions of keys: for each letter of the history a version, `d` a delete marker; the oldest first. */
async function fill(engine: Engine, bucket: Bucket, histories: ReadonlyMap<string, string>): Promise<void> {
  await Promise.all(
    [...histories].map(async ([key, history]) => {
      for (const what of history) {
        if (what === "d") await deleteObject(engine, bucket, key);
        else await putObject(engine, { bucket, key, body: Buffer.alloc(0), ...access });
      }
    }),
  );
}

/** What a listing shows, in the order of the keys: versions by key and kind, common prefixes by themselves. */
function expected(histories: ReadonlyMap<string, string>, prefix: string, delimiter: string): string[] {
  const shown: string[] = [];
  for (const [key, history] of [...histories].toSorted(([a], [b]) => byBytes(a, b))) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (end < 0)
      shown.push(
        ...history
          .split("")
          .toReversed()
          .map((what) => `${key}: ${what}`),
      );
    else {
      const commonPrefix = key.slice(0, end + delimiter.length);
      if (shown.at(-1) !== commonPrefix) shown.push(commonPrefix);
    }
  }
  return shown;
}

async function walk(
  engine: Engine,
  bucket: Bucket,
  options: ListVersionsOptions,
): Promise<{ shown: string[]; latest: number }> {
  const shown: string[] = [];
  let latest = 0;
  for (let at: Pick<ListVersionsOptions, "keyMarker" | "versionIdMarker"> = {}; ;) {
    const page = await listVersions(engine, bucket, { ...options, ...at });
    const versions = page.versions.map(({ key, deleteMarker }) => ({
      key,
      text: `${key}: ${deleteMarker === true ? "d" : "v"}`,
    }));
    latest += page.versions.filter(({ isLatest }) => isLatest).length;
    const prefixes = page.commonPrefixes.map((key) => ({ key, text: key }));
    // Within a page the two are lists of their own; sorting is stable, and keeps the versions of a key in their order.
    shown.push(
      ...[...versions, ...prefixes].toSorted((a, b) => byBytes(a.key, b.key)).map(({ text }) => text),
    );
    assert.ok(versions.length + prefixes.length <= options.limit);
    if (!page.isTruncated) return { shown, latest };
    assert.equal(versions.length + prefixes.length, options.limit);
    at = {
      keyMarker: page.nextKeyMarker ?? assert.fail(),
      versionIdMarker: page.nextVersionIdMarker ?? undefined,
    };
  }
}

/** An engine that counts the rows which its snapshots give away. */
function counting(engine: Engine): { engine: Engine; rows: () => number } {
  let rows = 0;
  const index: Index = {
    ...engine.index,
    get: (table, key) => engine.index.get(table, key),
    commit: (commit) => engine.index.commit(commit),
    async snapshot() {
      const snapshot = await engine.index.snapshot();
      return {
        get: (table, key) => snapshot.get(table, key),
        async range(table, range) {
          const found = await snapshot.range(table, range);
          rows += found.length;
          return found;
        },
        close: () => snapshot.close(),
      };
    },
  };
  return { engine: { ...engine, index }, rows: () => rows };
}

eachEngine("listVersions()", (open) => {
  async function versionedBucket(): Promise<Bucket> {
    const { engine, newBucket } = open();
    const { name } = await newBucket();
    return updateBucket(engine, name, () => ({ versioning: "Enabled" }));
  }

  it("is the sorted list for any keys, histories, prefix, delimiter and page size", async () => {
    const { engine } = open();
    const character = fc.oneof(
      fc.constantFrom("a", "b", "/", ".", "-", "é", "\uffee", "\u{1f600}", "\u0001"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((one) => one !== "\0"),
    );
    const text = (maxLength: number): fc.Arbitrary<string> =>
      fc.array(character, { maxLength }).map((characters) => characters.join(""));
    const key = text(5).filter((one) => one !== "");
    const history = fc
      .array(fc.constantFrom("v", "v", "d"), { minLength: 1, maxLength: 4 })
      .map((all) => all.join(""));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(key, history), { maxLength: 20, selector: ([name]) => name }),
        text(2),
        fc.oneof(fc.constantFrom("", "/", "a", "//", "ab"), text(2)),
        fc.integer({ min: 1, max: 7 }),
        async (entries, prefix, delimiter, limit) => {
          const histories = new Map(entries);
          const bucket = await versionedBucket();
          await fill(engine, bucket, histories);
          const { shown } = await walk(engine, bucket, { prefix, delimiter, limit });
          assert.deepEqual(shown, expected(histories, prefix, delimiter));
          const whole = await walk(engine, bucket, { limit });
          assert.equal(whole.latest, histories.size);
          const { objects } = await listObjects(engine, bucket, { limit: 1000 });
          assert.deepEqual(
            objects.map((object) => object.key),
            [...histories.keys()].filter((name) => !histories.get(name)?.endsWith("d")).toSorted(byBytes),
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  it("goes on where a page ended, also when what it ended with is gone", async () => {
    const { engine } = open();
    const bucket = await versionedBucket();
    await fill(
      engine,
      bucket,
      new Map([
        ["k", "vvv"],
        ["l", "v"],
      ]),
    );
    const first = await listVersions(engine, bucket, { limit: 2 });
    const marks = {
      keyMarker: first.nextKeyMarker ?? "",
      versionIdMarker: first.nextVersionIdMarker ?? "",
      limit: 5,
    };
    // As a tool does that empties a bucket, page by page.
    for (const { key, versionId } of first.versions) await deleteObject(engine, bucket, key, { versionId });
    const rest = await listVersions(engine, bucket, marks);
    assert.deepEqual(
      rest.versions.map(({ key, isLatest }) => [key, isLatest]),
      [
        ["k", true],
        ["l", true],
      ],
    );
  });

  it("goes on where the null version was, also when it is gone", async () => {
    const { engine, newBucket } = open();
    const plain = await newBucket();
    await putObject(engine, { bucket: plain, key: "k", body: Buffer.alloc(0), ...access });
    const bucket = await updateBucket(engine, plain.name, () => ({ versioning: "Enabled" }));
    await fill(engine, bucket, new Map([["k", "v"]]));
    const suspended = await updateBucket(engine, plain.name, () => ({ versioning: "Suspended" }));
    await putObject(engine, { bucket: suspended, key: "k", body: Buffer.alloc(0), ...access });
    const first = await listVersions(engine, suspended, { limit: 1 });
    assert.equal(first.nextVersionIdMarker, "null");
    const at = { keyMarker: "k", versionIdMarker: "null", limit: 5 };
    assert.equal((await listVersions(engine, suspended, at)).versions.length, 1);
    await deleteObject(engine, suspended, "k", { versionId: "null" });
    assert.equal((await listVersions(engine, suspended, at)).versions.length, 1);
  });

  it("seeks: what a common prefix stands for costs nothing, nor do old versions a listing of objects", async () => {
    const { engine } = open();
    const bucket = await versionedBucket();
    const many = new Map(Array.from({ length: 40 }, (_, at) => [`a/${at}`, "vvvvv"] as const));
    await fill(engine, bucket, new Map([...many, ["b", "v"], ["c/1", "vv"]]));
    const versions = counting(engine);
    const page = await listVersions(versions.engine, bucket, { delimiter: "/", limit: 10 });
    assert.deepEqual([page.commonPrefixes, page.versions.length], [["a/", "c/"], 1]);
    // Of 43 current versions and 161 others.
    assert.ok(versions.rows() <= 80, `${versions.rows()} rows`);
    const objects = counting(engine);
    assert.equal((await listObjects(objects.engine, bucket, { limit: 1000 })).objects.length, 42);
    assert.equal(objects.rows(), 42);
  });
});
