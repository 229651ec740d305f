import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { openEngine } from "../engine.ts";
import { prepareDataFile } from "./data-file.ts";
import { tables } from "./index.ts";
import { openLmdbIndex } from "./lmdb.ts";

const key = (at: number): Buffer => Buffer.from(`key ${String(at).padStart(4, "0")}`);

describe("prepareDataFile()", () => {
  let directory: string;
  let sound: Buffer;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "stowage-data-file-"));
    const path = join(directory, "sound");
    const index = openLmdbIndex({ path });
    const puts = Array.from({ length: 200 }, (_, at) => ({
      table: "meta" as const,
      key: key(at),
      value: Buffer.alloc(1000, "v"),
    }));
    await index.commit({ puts });
    await index.close();
    sound = await readFile(join(path, "data.mdb"));
  });
  after(() => rm(directory, { recursive: true }));

  let made = 0;
  const withFile = async (bytes: Buffer): Promise<string> => {
    const path = join(directory, `case ${++made}`);
    await mkdir(path);
    await writeFile(join(path, "data.mdb"), bytes);
    return path;
  };
  const changed = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(sound);
    change(bytes);
    return bytes;
  };

  it("finds nothing wrong with a sound file, an empty one and none", async () => {
    assert.equal(prepareDataFile(join(await withFile(sound), "data.mdb"), tables), null);
    assert.equal(prepareDataFile(join(await withFile(Buffer.alloc(0)), "data.mdb"), tables), null);
    assert.equal(prepareDataFile(join(directory, "none"), tables), null);
  });

  // Each of these ended the process with a segmentation fault.
  for (const [what, bytesOf] of [
    ["cut within its first page", (): Buffer => sound.subarray(0, 100)],
    ["of zeros", (): Buffer => Buffer.alloc(8192)],
    ["of something else", (): Buffer => Buffer.alloc(20_000, "x")],
    ["whose first page is gone", (): Buffer => changed((bytes) => bytes.fill(0, 0, 4096))],
    ["with a flipped bit in the magic", (): Buffer => changed((bytes) => (bytes[24] = 0xdf))],
    ["of another version", (): Buffer => changed((bytes) => (bytes[28] = 9))],
  ] as const) {
    it(`openLmdbIndex() refuses a file ${what}, in words`, async () => {
      const path = await withFile(bytesOf());
      assert.throws(
        () => openLmdbIndex({ path }),
        /The index is damaged: ".*" cannot be opened, its first page is damaged/,
      );
    });
  }

  it("openLmdbIndex() refuses a file that LMDB would read as it was a commit earlier", async () => {
    for (const page of [0, 4096]) {
      const flipped = changed((bytes) => (bytes[page + 152] = (bytes[page + 152] as number) ^ 0x40));
      const path = await withFile(flipped);
      assert.throws(
        () => openLmdbIndex({ path }),
        /^Error: The index is damaged: ".*" cannot be opened, its first two pages are not those of one transaction/,
      );
    }
  });

  it("openLmdbIndex() opens what a power cut has left of commits that were not flushed one by one", async () => {
    const path = join(directory, "relaxed");
    const index = openLmdbIndex({ path, durability: "relaxed" });
    for (const value of ["1", "2", "3", "4", "5"]) {
      await index.commit({ puts: [{ table: "meta", key: key(0), value: Buffer.from(value) }] });
    }
    await index.close();
    const file = join(path, "data.mdb");
    const bytes = await readFile(file);
    // The older of the two is of a commit long before.
    const older = bytes.readBigUInt64LE(152) < bytes.readBigUInt64LE(4096 + 152) ? 0 : 4096;
    bytes.writeBigUInt64LE(bytes.readBigUInt64LE(older + 152) - 2n, older + 152);
    await writeFile(file, bytes);
    const again = openLmdbIndex({ path });
    assert.equal((await again.get("meta", key(0)))?.value.toString(), "5");
    assert.deepEqual(await again.verify(), []);
    await again.close();
  });

  it("a file that was cut is an error where it is read, and not the end of the process", async () => {
    for (const pages of [2, 3, Math.floor(sound.length / 4096 / 2)]) {
      const path = await withFile(sound.subarray(0, pages * 4096));
      await assert.rejects(async () => {
        const index = openLmdbIndex({ path });
        try {
          for (let at = 0; at < 200; at++) assert.notEqual(await index.get("meta", key(at)), null);
        } finally {
          await index.close();
        }
      });
      assert.ok((await stat(join(path, "data.mdb"))).size >= 4096 * 3);
    }
  });

  it("openEngine() makes the owner's lock anew when a power cut has torn it", async () => {
    const dataDir = join(directory, "torn");
    await (await openEngine({ dataDir, maintenance: false })).close();
    const lock = join(dataDir, "owner", "data.mdb");
    const bytes = await readFile(lock);
    for (const torn of [bytes.subarray(0, 512), Buffer.alloc(8192), bytes.subarray(0, 0)]) {
      await writeFile(lock, torn);
      const engine = await openEngine({ dataDir, maintenance: false });
      await assert.rejects(openEngine({ dataDir }), { code: "DATA_DIRECTORY_IN_USE" });
      await engine.close();
    }
  });
});
