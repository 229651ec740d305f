import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";

import * as fc from "fast-check";

import { maxKeyBytes, tables } from "./index.ts";
import type { Check, Entry, Index } from "./index.ts";
import { openLmdbIndex } from "./lmdb.ts";
import { createMemoryIndex } from "./memory.ts";

interface OpenIndex {
  readonly index: Index;
  readonly close: () => Promise<void>;
}

/** Every implementation passes this suite: a row to be added here is all that a new one needs. */
const indexes: Record<string, (path: string) => OpenIndex> = {
  memory: () => opened(createMemoryIndex()),
  "lmdb strict": (path) => opened(openLmdbIndex({ path, durability: "strict" })),
  "lmdb relaxed": (path) => opened(openLmdbIndex({ path, durability: "relaxed" })),
  "lmdb, opened anew all the time": (path) => {
    const index = openLmdbIndex({ path });
    const over = new AbortController();
    const remapping = (async (): Promise<void> => {
      while (!over.signal.aborted) {
        await index.remap();
        await setImmediate();
      }
    })();
    return {
      index,
      async close(): Promise<void> {
        over.abort();
        await remapping;
        await index.close();
      },
    };
  },
};

function opened(index: Index): OpenIndex {
  return { index, close: () => index.close() };
}

const key = (text: string): Buffer => Buffer.from(text);
const put = (name: string, value: string): { table: "meta"; key: Buffer; value: Buffer } => ({
  table: "meta",
  key: key(name),
  value: Buffer.from(value),
});

async function read(index: Index, name: string): Promise<string | null> {
  return (await index.get("meta", key(name)))?.value.toString() ?? null;
}

async function versionOf(index: Index, name: string): Promise<number> {
  return ((await index.get("meta", key(name))) as Entry).version;
}

async function all(index: Index): Promise<Record<string, string>> {
  const snapshot = await index.snapshot();
  const rows = await snapshot.range("meta", { start: Buffer.alloc(0), limit: 100_000 });
  snapshot.close();
  return Object.fromEntries(rows.map((row) => [row.key.toString(), row.value.toString()]));
}

for (const [name, openIndex] of Object.entries(indexes)) {
  describe(`index: ${name}`, () => {
    let path: string;
    let open: OpenIndex;
    before(async () => {
      path = await mkdtemp(join(tmpdir(), "stowage-index-"));
      open = openIndex(path);
    });
    after(async () => {
      await open.close();
      await rm(path, { recursive: true });
    });
    /** One index for all: each test finds it empty. */
    const withIndex = async (use: (index: Index) => Promise<void>): Promise<void> => {
      const { index } = open;
      for (const table of tables) {
        const snapshot = await index.snapshot();
        const rows = await snapshot.range(table, { start: Buffer.alloc(0), limit: 1000 });
        snapshot.close();
        if (rows.length > 0) await index.commit({ deletes: rows.map((row) => ({ table, key: row.key })) });
      }
      await use(index);
    };

    it("get() returns null for a key that is not there", () =>
      withIndex(async (index) => {
        assert.equal(await index.get("meta", key("a")), null);
      }));

    it("get() returns what was committed, table by table", () =>
      withIndex(async (index) => {
        assert.equal(
          await index.commit({
            puts: [put("a", "1"), { table: "users", key: key("a"), value: Buffer.from("2") }],
          }),
          true,
        );
        assert.equal(await read(index, "a"), "1");
        assert.equal((await index.get("users", key("a")))?.value.toString(), "2");
        assert.equal(await index.get("keys", key("a")), null);
      }));

    it("get() gives buffers of the caller's own", () =>
      withIndex(async (index) => {
        await index.commit({ puts: [put("a", "1")] });
        (await index.get("meta", key("a")))?.value.fill(0);
        assert.equal(await read(index, "a"), "1");
      }));

    it("commit() keeps empty values and values of a megabyte", () =>
      withIndex(async (index) => {
        const large = Buffer.alloc(1_048_576, "x");
        await index.commit({
          puts: [put("empty", ""), { table: "meta", key: key("large"), value: large }],
        });
        assert.equal(await read(index, "empty"), "");
        assert.equal((await index.get("meta", key("large")))?.value.equals(large), true);
      }));

    it("commit() removes, and does not mind what is not there", () =>
      withIndex(async (index) => {
        await index.commit({ puts: [put("a", "1"), put("b", "2")] });
        assert.equal(
          await index.commit({
            deletes: [
              { table: "meta", key: key("a") },
              { table: "meta", key: key("none") },
            ],
          }),
          true,
        );
        assert.deepEqual(await all(index), { b: "2" });
      }));

    it("commit() does nothing at all when any check fails, whichever and of whatever kind", () =>
      withIndex(async (index) => {
        await index.commit({ puts: [put("there", "0")] });
        const version = await versionOf(index, "there");
        const holds: Check[] = [
          { table: "meta", key: key("there"), version },
          { table: "users", key: key("absent"), version: null },
        ];
        const fails: Check[] = [
          { table: "meta", key: key("there"), version: version + 1 },
          { table: "meta", key: key("there"), version: null },
          { table: "users", key: key("absent"), version },
        ];
        const every = [...holds, ...fails];
        for (const first of every) {
          for (const second of every) {
            for (const third of every) {
              const checks = [first, second, third];
              const expected = checks.every((check) => holds.includes(check));
              const done = await index.commit({ checks, puts: [put("new", "1"), put("other", "1")] });
              assert.equal(done, expected);
              assert.equal(await read(index, "new"), expected ? "1" : null);
              assert.equal(await read(index, "other"), expected ? "1" : null);
              await index.commit({ deletes: [put("new", ""), put("other", "")] });
            }
          }
        }
      }));

    it("commit() lets one of those win that depend on the same row and come in the same moment", () =>
      withIndex(async (index) => {
        await index.commit({ puts: [put("row", "0")] });
        const checks = [{ table: "meta" as const, key: key("row"), version: await versionOf(index, "row") }];
        const results = await Promise.all(
          Array.from({ length: 20 }, (_, at) =>
            index.commit({ checks, puts: [put("row", String(at)), put(`by ${at}`, "1")] }),
          ),
        );
        const winners = results.flatMap((won, at) => (won ? [at] : []));
        assert.equal(winners.length, 1);
        assert.deepEqual(await all(index), { row: String(winners[0]), [`by ${winners[0]}`]: "1" });
      }));

    it("commit() lets one of many win that want the same new key", () =>
      withIndex(async (index) => {
        const results = await Promise.all(
          Array.from({ length: 20 }, (_, at) =>
            index.commit({
              checks: [{ table: "meta", key: key("new"), version: null }],
              puts: [put("new", String(at))],
            }),
          ),
        );
        assert.equal(results.filter(Boolean).length, 1);
        assert.equal(await read(index, "new"), String(results.indexOf(true)));
      }));

    it("commit() counts right when many add one at a time", () =>
      withIndex(async (index) => {
        await index.commit({ puts: [put("counter", "0")] });
        const add = async (): Promise<void> => {
          for (;;) {
            const entry = (await index.get("meta", key("counter"))) as Entry;
            const done = await index.commit({
              checks: [{ table: "meta", key: key("counter"), version: entry.version }],
              puts: [put("counter", String(Number(entry.value.toString()) + 1))],
            });
            if (done) return;
          }
        };
        await Promise.all(Array.from({ length: 30 }, add));
        assert.equal(await read(index, "counter"), "30");
      }));

    it("commit() gives every row a version that its key never had", () =>
      withIndex(async (index) => {
        const versions = new Set<number>();
        for (let round = 0; round < 10; round++) {
          await index.commit({ puts: [put("a", "same")] });
          versions.add(await versionOf(index, "a"));
          await index.commit({ deletes: [put("a", "")] });
        }
        assert.equal(versions.size, 10);
      }));

    it("commit() takes a key of the greatest length, and refuses a longer one with all else", () =>
      withIndex(async (index) => {
        const longest = Buffer.alloc(maxKeyBytes, "k");
        await index.commit({ puts: [{ table: "meta", key: longest, value: Buffer.from("1") }] });
        assert.equal((await index.get("meta", longest))?.value.toString(), "1");
        await assert.rejects(
          index.commit({
            puts: [put("a", "1"), { table: "meta", key: Buffer.alloc(maxKeyBytes + 1), value: longest }],
          }),
          RangeError,
        );
        await assert.rejects(index.commit({ puts: [put("a", "1"), put("", "1")] }), RangeError);
        assert.equal(await read(index, "a"), null);
      }));

    it("snapshot() sees one moment", () =>
      withIndex(async (index) => {
        await index.commit({ puts: [put("a", "1"), put("b", "1")] });
        const snapshot = await index.snapshot();
        await index.commit({ puts: [put("a", "2"), put("c", "2")], deletes: [put("b", "")] });
        assert.equal((await snapshot.get("meta", key("a")))?.value.toString(), "1");
        assert.equal((await snapshot.get("meta", key("c"))) ?? null, null);
        const rows = await snapshot.range("meta", { start: key("a"), limit: 10 });
        assert.deepEqual(
          rows.map((row) => `${row.key.toString()}=${row.value.toString()}`),
          ["a=1", "b=1"],
        );
        snapshot.close();
        assert.deepEqual(await all(index), { a: "2", c: "2" });
      }));

    it("moment() differs once a commit has been done", () =>
      withIndex(async (index) => {
        const moments = [index.moment()];
        for (const value of ["1", "2", "3"]) {
          await index.commit({ puts: [put("a", value)] });
          moments.push(index.moment());
        }
        assert.equal(new Set(moments).size, 4);
        index.refresh();
        assert.equal(await read(index, "a"), "3");
      }));

    it("moment() that is still the same means that get() answers the same", () =>
      withIndex(async (index) => {
        await index.commit({ puts: [put("a", "0")] });
        const writing = (async (): Promise<void> => {
          for (let value = 1; value <= 50; value++) await index.commit({ puts: [put("a", String(value))] });
        })();
        const seen = new Map<number, string | null>();
        for (let done = false; !done;) {
          const moment = index.moment();
          const value = await read(index, "a");
          if (index.moment() === moment) {
            assert.equal(seen.get(moment) ?? value, value);
            seen.set(moment, value);
          }
          done = value === "50";
          await setImmediate();
        }
        await writing;
      }));

    it("range() goes by the bytes of the keys, from start on and up to end", () =>
      withIndex(async (index) => {
        // UTF-16 would put the last one, which is above U+FFFF, before the one before it.
        const names = ["a", "a.b", "a/", "a/b", "a0", "é", "\uffee", "\u{1f600}"];
        await index.commit({ puts: [...names].reverse().map((one) => put(one, "")) });
        const range = async (start: string, end: string | undefined, limit: number): Promise<string[]> => {
          const snapshot = await index.snapshot();
          const rows = await snapshot.range("meta", {
            start: key(start),
            end: end === undefined ? undefined : key(end),
            limit,
          });
          snapshot.close();
          return rows.map((row) => row.key.toString());
        };
        assert.deepEqual(await range("", undefined, 100), names);
        assert.deepEqual(await range("a/", undefined, 2), ["a/", "a/b"]);
        assert.deepEqual(await range("a.", "a/b", 100), ["a.b", "a/"]);
        assert.deepEqual(await range("b", "a", 100), []);
        assert.deepEqual(await range("\u{1f601}", undefined, 100), []);
        assert.deepEqual(await range("", undefined, 0), []);
      }));

    it("get() and range() take what is longer than any key", () =>
      withIndex(async (index) => {
        const longest = "b".repeat(maxKeyBytes);
        await index.commit({ puts: [put("a", ""), put(longest, ""), put("c", "")] });
        for (const bytes of [maxKeyBytes + 1, 1979, 5000, 100_000]) {
          const long = key("b".repeat(bytes));
          assert.equal(await index.get("meta", long), null);
          const snapshot = await index.snapshot();
          assert.equal(await snapshot.get("meta", long), null);
          const after = await snapshot.range("meta", { start: long, limit: 9 });
          const before = await snapshot.range("meta", { start: key("a"), end: long, limit: 9 });
          const within = await snapshot.range("meta", {
            start: long,
            end: key(`${long.toString()}b`),
            limit: 9,
          });
          snapshot.close();
          const names = [after, before, within].map((rows) => rows.map((row) => row.key.toString()));
          assert.deepEqual(names, [["c"], ["a", longest], []]);
        }
      }));

    it("count() follows the rows", () =>
      withIndex(async (index) => {
        assert.equal(await index.count("meta"), 0);
        await index.commit({ puts: [put("a", ""), put("b", "")] });
        await index.commit({ puts: [put("a", "1")] });
        assert.equal(await index.count("meta"), 2);
        await index.commit({ deletes: [put("a", "")] });
        assert.equal(await index.count("meta"), 1);
      }));

    it("is what a map would be after any commits", () =>
      withIndex((index) =>
        fc.assert(
          fc.asyncProperty(
            fc.array(
              fc.array(
                fc.record({ name: fc.stringMatching(/^[a-d]{1,3}$/), value: fc.option(fc.string()) }),
                {
                  minLength: 1,
                  maxLength: 6,
                },
              ),
              { maxLength: 20 },
            ),
            async (commits) => {
              await index.commit({ deletes: Object.keys(await all(index)).map((one) => put(one, "")) });
              const model = new Map<string, string>();
              for (const commit of commits) {
                const changes = new Map(commit.map(({ name, value }) => [name, value]));
                await index.commit({
                  puts: [...changes].flatMap(([one, value]) => (value === null ? [] : [put(one, value)])),
                  deletes: [...changes].flatMap(([one, value]) => (value === null ? [put(one, "")] : [])),
                });
                for (const [one, value] of changes) {
                  if (value === null) model.delete(one);
                  else model.set(one, value);
                }
              }
              assert.deepEqual(await all(index), Object.fromEntries(model));
            },
          ),
          { numRuns: 50 },
        ),
      ));
  });
}
