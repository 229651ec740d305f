import assert from "node:assert/strict";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { headOf, pageBytes, rootOf } from "../../../test/engine/table-root.ts";
import { tables } from "./index.ts";
import type { IndexFinding } from "./index.ts";
import { openLmdbIndex } from "./lmdb.ts";
import { verifyPages } from "./verify-pages.ts";

const flag = { branch: 1, leaf: 2, overflow: 4 };

describe("verifyPages()", () => {
  let directory: string;
  let sound: Buffer;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "stowage-pages-"));
    const index = openLmdbIndex({ path: directory });
    // Commits one after the other: what the earlier ones wrote is free, and used again.
    for (let commit = 0; commit < 20; commit++) {
      const puts = Array.from({ length: 40 }, (_, at) => ({
        table: at % 2 === 0 ? ("objects" as const) : ("inline" as const),
        key: Buffer.from(`key ${String((at * 37 + commit * 11) % 400).padStart(4, "0")}`),
        value: Buffer.alloc(at === 0 ? 9000 : 100, "v"),
      }));
      await index.commit({ puts });
    }
    assert.deepEqual(await index.verify(), []);
    await index.close();
    sound = await readFile(join(directory, "data.mdb"));
  });
  after(() => rm(directory, { recursive: true }));

  async function verify(change: (bytes: Buffer) => void): Promise<string[]> {
    const bytes = Buffer.from(sound);
    change(bytes);
    const path = join(directory, "changed");
    const file = await open(path, "w+");
    try {
      await file.write(bytes);
      const walk = verifyPages(file.fd, tables);
      for (;;) {
        const step = walk.next();
        if (step.done === true) return step.value.map((finding) => textOf(finding));
      }
    } finally {
      await file.close();
    }
  }

  const textOf = ({ table, problem }: IndexFinding): string => `${table ?? "index"}: ${problem}`;

  it("keeps no writer waiting, however long it takes: the index is not opened anew meanwhile", async () => {
    const path = await mkdtemp(join(directory, "long-"));
    const index = openLmdbIndex({ path });
    const stop = new AbortController();
    let verifying: Promise<unknown> = Promise.resolve();
    try {
      const puts = Array.from({ length: 20_000 }, (_, at) => ({
        table: "objects" as const,
        key: Buffer.from(`key ${at}`),
        value: Buffer.alloc(100, "v"),
      }));
      await index.commit({ puts });
      verifying = index.verify({ pauseMs: 3_600_000, signal: stop.signal });
      assert.equal(await index.remap(), false);
      assert.equal(await index.commit({ puts: puts.slice(0, 1) }), true);
    } finally {
      stop.abort();
      await assert.rejects(verifying, { name: "AbortError" });
      await index.close();
    }
  });

  it("finds nothing in a sound file", async () => {
    assert.deepEqual(await verify(() => {}), []);
  });

  it("finds a head that tells of other pages or rows than there are", async () => {
    assert.deepEqual(
      await verify((bytes) => {
        const head = headOf(bytes, "objects");
        bytes.writeBigUInt64LE(bytes.readBigUInt64LE(head + 32) ^ 4n, head + 32);
      }),
      ["objects: it has 176 rows, and should have 180"],
    );
  });

  it("finds a table whose tree is another's", async () => {
    const found = await verify((bytes) => {
      bytes.writeBigUInt64LE(BigInt(rootOf(bytes, "inline")), headOf(bytes, "objects") + 40);
    });
    assert.match(found.join("\n"), /page \d+ is used twice/);
  });

  it("finds a page that stands in the place of another", async () => {
    const found = await verify((bytes) => {
      const root = rootOf(bytes, "objects") * pageBytes;
      assert.equal(bytes.readUInt16LE(root + 18), flag.branch);
      const first = root + 24 + bytes.readUInt16LE(root + 24);
      const second = root + 24 + bytes.readUInt16LE(root + 26);
      const page = bytes.readUInt32LE(first);
      bytes.writeUInt32LE(bytes.readUInt32LE(second), first);
      bytes.writeUInt32LE(page, second);
    });
    assert.match(found.join("\n"), /^objects: page \d+ has a key in the wrong place/);
  });

  it("finds a page that is free and in use", async () => {
    const found = await verify((bytes) => {
      const newest = bytes.readBigUInt64LE(152) > bytes.readBigUInt64LE(pageBytes + 152) ? 0 : pageBytes;
      const free = Number(bytes.readBigUInt64LE(newest + 48 + 40)) * pageBytes;
      assert.equal(bytes.readUInt16LE(free + 18), flag.leaf);
      // The last row of the list: its length, then the first of its pages.
      const node = free + 24 + bytes.readUInt16LE(free + 24 + bytes.readUInt16LE(free + 20) - 2);
      bytes.writeBigInt64LE(BigInt(rootOf(bytes, "objects")), node + 8 + 8 + 8);
    });
    assert.match(found.join("\n"), /^index: the list of free pages is damaged: page \d+ is used twice$/);
  });

  it("finds first pages of transactions that do not follow each other", async () => {
    assert.deepEqual(
      await verify((bytes) => bytes.writeBigUInt64LE(bytes.readBigUInt64LE(152) ^ 0x1_0000n, 152)),
      ["index: its first two pages are not those of one transaction and the next"],
    );
  });
});
