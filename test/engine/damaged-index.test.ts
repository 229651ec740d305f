import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { backup } from "../../src/engine/backup.ts";
import { requireBucket } from "../../src/engine/buckets.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { decodeManifest } from "../../src/engine/records/manifest.ts";
import { decodeTrash } from "../../src/engine/records/references.ts";
import { sweep } from "../../src/engine/sweep.ts";
import type { Engine } from "../../src/engine/types.ts";
import { keysOf, makeStore, stray } from "./damaged-store.ts";

describe("an index that is damaged", () => {
  let directory: string;
  let made = 0;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "stowage-damaged-"));
    await makeStore(join(directory, "store"));
  });
  after(() => rm(directory, { recursive: true }));

  /** A copy of the store. */
  async function copy(): Promise<string> {
    const dataDir = join(directory, `copy ${++made}`);
    await cp(join(directory, "store"), dataDir, { recursive: true });
    return dataDir;
  }

  async function blobsOf(dataDir: string): Promise<string[]> {
    const names = await readdir(join(dataDir, "blobs"), { recursive: true });
    return names.filter((name) => /[0-9a-f]{32}$/.test(name)).sort();
  }

  async function swept(dataDir: string, change: (engine: Engine) => Promise<void>): Promise<string[]> {
    const lines: string[] = [];
    const engine = await openEngine({
      dataDir,
      maintenance: false,
      log: (level, message) => lines.push(`${level}: ${message}`),
    });
    await change(engine);
    await sweep(engine);
    await engine.close();
    return lines;
  }

  it("is not opened with a table under another name, which would be made anew and empty", async () => {
    for (const table of ["blobs", "objects"]) {
      const dataDir = await copy();
      const path = join(dataDir, "index", "data.mdb");
      const bytes = await readFile(path);
      const name = Buffer.from(`${table}\0`);
      // It stands on free pages too.
      for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) {
        bytes[at + table.length - 1] = "r".charCodeAt(0);
      }
      await writeFile(path, bytes);
      const blobs = await blobsOf(dataDir);
      await assert.rejects(openEngine({ dataDir }), {
        message: new RegExp(
          `^The index is damaged: ".*" cannot be opened, it has a table of the unknown name "(?:blob|object)r"`,
        ),
      });
      assert.deepEqual(await blobsOf(dataDir), blobs);
    }
  });

  it("keeps a start from removing files that no row names, and nothing else does", async () => {
    const dataDir = await copy();
    const blobs = await blobsOf(dataDir);
    assert.deepEqual(await swept(dataDir, async () => {}), []);
    const without = blobs.filter((name) => !name.endsWith(stray));
    assert.equal(without.length, blobs.length - 1);
    assert.deepEqual(await blobsOf(dataDir), without);

    // As an earlier version has left it, which made the table anew that it did not find.
    const emptied = await copy();
    const lines = await swept(emptied, async ({ index }) => {
      const snapshot = await index.snapshot();
      const rows = await snapshot.range("blobs", { start: Buffer.of(0), limit: 1000 });
      snapshot.close();
      assert.ok(rows.length > 0);
      await index.commit({ deletes: rows.map(({ key }) => ({ table: "blobs", key })) });
    });
    assert.deepEqual(await blobsOf(emptied), blobs);
    assert.match(
      lines.join("\n"),
      /^error: Left \d+ files that no row of the index names: a record of "\w+" names the blob [0-9a-f]{32}\. Stop the server, run `stowage check`/,
    );

    // A list of parts that is being thrown away: its blobs' rows go before it, and a power cut may bring files back.
    const inTrash = await copy();
    const said = await swept(inTrash, async (engine) => {
      const bucket = await requireBucket(engine, "plain");
      await deleteObject(engine, bucket, keysOf().find((key) => key.endsWith("/17")) ?? "");
      const snapshot = await engine.index.snapshot();
      const [row] = await snapshot.range("trash", { start: Buffer.of(0), limit: 2 });
      snapshot.close();
      const manifest = await engine.index.get("manifests", decodeTrash(row?.value ?? Buffer.alloc(0)).id);
      const parts = decodeManifest(manifest?.value ?? Buffer.alloc(0));
      const ids = parts.flatMap(({ content }) => (content.kind === "blob" ? [content.id] : []));
      assert.ok(ids.length > 0);
      await engine.index.commit({ deletes: ids.map((id) => ({ table: "blobs", key: id })) });
    });
    assert.deepEqual(said, []);
    assert.ok((await blobsOf(inTrash)).length < without.length);

    const hidden = await copy();
    await hideRows(hidden);
    assert.match(
      (await swept(hidden, async () => {})).join("\n"),
      /^error: Left \d+ files .*: the index is damaged \(table "\w+": page \d+ has rows that/,
    );
    assert.deepEqual(await blobsOf(hidden), blobs);
  });

  it("is not backed up without the rows that are hidden, and the backup that has them stays", async () => {
    const dataDir = await copy();
    const to = join(directory, "backup");
    await backup({ from: dataDir, to });
    const backed = await readFile(join(to, "index", "data.mdb"));
    const blobs = await blobsOf(to);
    await hideRows(dataDir);
    await assert.rejects(
      backup({ from: dataDir, to }),
      /^Error: The index is damaged \(table "\w+": page \d+ has rows/,
    );
    assert.equal((await readFile(join(to, "index", "data.mdb"))).equals(backed), true);
    assert.deepEqual(await blobsOf(to), blobs);
  });
});

/** Flips bits in the counts of rows of the pages that have keys of objects: all but the first of each are not found. */
async function hideRows(dataDir: string): Promise<void> {
  const path = join(dataDir, "index", "data.mdb");
  const bytes = await readFile(path);
  const pageBytes = 4096;
  for (let page = 2; page < bytes.length / pageBytes; page++) {
    const header = page * pageBytes;
    const isLeaf = bytes.readUInt16LE(header + 18) === 2;
    if (isLeaf && bytes.subarray(header, header + pageBytes).includes("folder 2/")) {
      bytes.writeUInt16LE(2, header + 20);
    }
  }
  await writeFile(path, bytes);
}
