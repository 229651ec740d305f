import assert from "node:assert/strict";
import { copyFile, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import type { Blobs } from "./blobs.ts";
import { openDiskBlobs } from "./disk.ts";

const id = Buffer.from("0190a7c5b1f40000aabbccddeeff013f", "hex");
const other = Buffer.from("0190a7c5b1f40001aabbccddeeff013e", "hex");
const size = 200_000;
const bytes = Buffer.alloc(size, "stowage ");

let root: string;
let blobs: Blobs;
before(async () => {
  root = await mkdtemp(join(tmpdir(), "stowage-disk-"));
  blobs = await openDiskBlobs({ root });
});
after(async () => {
  await blobs.close();
  await rm(root, { recursive: true });
});

/** One store for all: each test has its blob anew. */
async function withBlob(use: (blobs: Blobs, path: string, root: string) => Promise<void>): Promise<void> {
  const source = async function* (): AsyncIterable<Buffer> {
    yield bytes;
  };
  await blobs.write(id, source());
  try {
    await use(blobs, join(root, "3f", id.toString("hex")), root);
  } finally {
    for await (const one of blobs.list()) await blobs.remove(one);
  }
}

async function read(blobs: Blobs, start = 0, end: number = size - 1, of: Buffer = id): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of blobs.read(of, { size, start, end })) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  await file.write(Buffer.of((byte[0] as number) ^ 0x10), 0, 1, at);
  await file.close();
}

describe("openDiskBlobs()", () => {
  it("makes a file of the bytes, the blocks' checksums and a trailer, for its owner only", () =>
    withBlob(async (_, path) => {
      const file = await readFile(path);
      assert.equal(file.length, size + 4 * 8 + 32);
      assert.equal(file.subarray(0, size).equals(bytes), true);
      assert.equal(file.toString("latin1", size + 32, size + 40), "STOWBLOB");
      assert.equal((await stat(path)).mode & 0o777, 0o600);
    }));

  it("keeps its directories from everybody else", () =>
    withBlob(async (_, path, root) => {
      assert.equal((await readdir(root)).length, 256);
      assert.equal((await stat(join(path, ".."))).mode & 0o777, 0o700);
    }));

  // First and last byte of a block, every field of the footer.
  for (const at of [0, 65_535, 65_536, 131_072, size - 1]) {
    it(`read() refuses a block with a flipped byte (${at}), and gives the other blocks`, () =>
      withBlob(async (blobs, path) => {
        await flip(path, at);
        await assert.rejects(read(blobs), /fails its checksum/);
        await assert.rejects(read(blobs, at, at), /fails its checksum/);
        const elsewhere = at < 65_536 ? 150_000 : 10;
        const expected = bytes.subarray(elsewhere, elsewhere + 5);
        assert.deepEqual(await read(blobs, elsewhere, elsewhere + 4), expected);
      }));
  }
  for (const at of [0, 8, 31, 32, 40, 44, 48, 52, 56, 60]) {
    it(`read() refuses a footer with a flipped byte (${at})`, () =>
      withBlob(async (blobs, path) => {
        await flip(path, size + at);
        await assert.rejects(read(blobs, 0, 4), /footer is damaged/);
      }));
  }

  it("read() gives and verifies what earlier versions wrote, with CRC-32 of the blocks", () =>
    withBlob(async (blobs, path) => {
      const footer =
        "98292053982920539829205302871bcb" +
        "53544f57424c4f420100000000000100400d03000000000080c3dfe800000000";
      await writeFile(path, Buffer.concat([bytes, Buffer.from(footer, "hex")]));
      assert.equal((await read(blobs)).equals(bytes), true);
      assert.equal((await read(blobs, 199_990)).equals(bytes.subarray(199_990)), true);
      for (const at of [0, 199_999, size, size + 15, size + 24, size + 47]) {
        await flip(path, at);
        await assert.rejects(read(blobs), /fails its checksum|footer is damaged/, `byte ${at}`);
        await flip(path, at);
      }
      assert.equal((await read(blobs)).equals(bytes), true);
    }));

  it("read() refuses a file that was cut, at whatever length", () =>
    withBlob(async (blobs, path) => {
      for (const length of [size + 63, size, size - 1, 65_536, 0]) {
        await truncate(path, length);
        await assert.rejects(read(blobs), /Cannot read blob/);
      }
    }));

  it("read() refuses a file that is another blob's", () =>
    withBlob(async (blobs, path, root) => {
      await copyFile(path, join(root, "3e", other.toString("hex")));
      await assert.rejects(read(blobs, 0, size - 1, other), /footer is damaged/);
    }));

  it("list() passes over files that are no blobs", () =>
    withBlob(async (blobs, _path, root) => {
      await writeFile(join(root, "3f", "lost+found"), "");
      const found: Buffer[] = [];
      for await (const one of blobs.list()) found.push(one);
      assert.deepEqual(found, [id]);
    }));
});
