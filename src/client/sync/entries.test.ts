import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

import * as fc from "fast-check";

import { compareKeys } from "../../s3/keys.ts";
import { rangesName, resumableName, temporaryName } from "../part-names.ts";
import type { S3Client } from "../s3-client.ts";
import { entriesOf, mergeEntries, type SyncEntry } from "./entries.ts";

const noClient = {} as S3Client;

async function* entries(names: readonly string[]): AsyncGenerator<SyncEntry> {
  for (const name of names) yield { name, size: 0, modifiedMs: 0 };
}

async function namesIn(directory: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of entriesOf(noClient, { directory })) names.push(name);
  return names;
}

test("two streams come together as their sorted names do, whatever is in them", async () => {
  const names = fc.uniqueArray(fc.string({ unit: "binary", minLength: 1, maxLength: 4 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(names, names, async (left, right) => {
      const [a, b] = [left.toSorted(compareKeys), right.toSorted(compareKeys)];
      const found: [string, boolean, boolean][] = [];
      for await (const { name, source, target } of mergeEntries(entries(a), entries(b))) {
        found.push([name, source !== undefined, target !== undefined]);
      }
      const all = [...new Set([...a, ...b])].toSorted((x, y) =>
        Buffer.compare(Buffer.from(x), Buffer.from(y)),
      );
      assert.deepEqual(
        found,
        all.map((name) => [name, a.includes(name), b.includes(name)]),
      );
    }),
    { numRuns: 300 },
  );
});

test("a directory is read in the order in which S3 lists its names", async () => {
  const directory = await mkdtemp(join(tmpdir(), "stowage-walk-"));
  try {
    const names = ["a/b", "a.b", "a.b2/x", "a-b", "a0", "B", "größe", "\uffee", "😀/x", "z/y/x", ".hidden"];
    // Of other programs, or of a person.
    names.push(".hidden.part", ".film.mp4.part.ranges", ".0123456789ab.part");
    for (const name of names) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), "");
    }
    const sorted = names.toSorted((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    assert.deepEqual(await namesIn(directory), sorted);
    // What does not count: downloads under way, circles, links to nothing.
    for (const name of [temporaryName("a.b"), resumableName("a.b"), rangesName(resumableName("a.b"))]) {
      await writeFile(join(directory, name), "");
    }
    await symlink(directory, join(directory, "circle"));
    await symlink(join(directory, "nothing"), join(directory, "broken"));
    assert.deepEqual(await namesIn(directory), sorted);
    await symlink(join(directory, "B"), join(directory, "C"));
    assert.ok((await namesIn(directory)).includes("C"));
  } finally {
    await rm(directory, { recursive: true });
  }
});
