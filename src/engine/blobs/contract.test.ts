import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";

import * as fc from "fast-check";

import { createIdSource } from "../ids.ts";
import { createRandomPool } from "../random-pool.ts";
import type { Blobs } from "./blobs.ts";
import { openDiskBlobs } from "./disk.ts";
import { createMemoryBlobs } from "./memory.ts";

/** Every implementation passes this suite: a row to be added here is all that a new one needs. */
const stores: Record<string, (root: string) => Promise<Blobs>> = {
  memory: async () => createMemoryBlobs(),
  "disk strict": (root) => openDiskBlobs({ root, durability: "strict" }),
  "disk relaxed": (root) => openDiskBlobs({ root, durability: "relaxed" }),
};

const ids = createIdSource(Date.now, createRandomPool());
const blockBytes = 65_536;

/** Bytes of which no two stretches are alike. */
function bytesOf(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 32) {
    createHash("sha256").update(String(at)).digest().copy(bytes, at);
  }
  return bytes;
}

async function* inPieces(bytes: Buffer, pieceBytes = 10_000): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

async function list(blobs: Blobs): Promise<string[]> {
  const found: string[] = [];
  for await (const id of blobs.list()) found.push(id.toString("hex"));
  return found.toSorted();
}

for (const [name, openStore] of Object.entries(stores)) {
  describe(`blobs: ${name}`, () => {
    let root: string;
    let blobs: Blobs;
    before(async () => {
      root = await mkdtemp(join(tmpdir(), "stowage-blobs-"));
      blobs = await openStore(root);
    });
    after(async () => {
      await blobs.close();
      await rm(root, { recursive: true });
    });
    /** One store for all: each test leaves it empty. */
    const withBlobs = async (use: (blobs: Blobs) => Promise<void>): Promise<void> => {
      await use(blobs);
      for await (const id of blobs.list()) await blobs.remove(id);
    };

    for (const size of [0, 1, blockBytes - 1, blockBytes, blockBytes + 1, 3_000_001]) {
      it(`write() and read() keep ${size} bytes`, () =>
        withBlobs(async (blobs) => {
          const id = ids.next();
          const bytes = bytesOf(size);
          assert.equal(await blobs.write(id, inPieces(bytes)), size);
          assert.equal(await blobs.size(id), size);
          assert.equal(
            (await collect(blobs.read(id, { size, start: 0, end: size - 1 }))).equals(bytes),
            true,
          );
        }));
    }

    it("write() takes pieces of any size, empty ones too", () =>
      withBlobs(async (blobs) => {
        const bytes = bytesOf(200_000);
        for (const pieceBytes of [1000, 65_536, 65_537, 150_000]) {
          const id = ids.next();
          const pieces = async function* (): AsyncIterable<Buffer> {
            yield Buffer.alloc(0);
            yield* inPieces(bytes, pieceBytes);
            yield Buffer.alloc(0);
          };
          await blobs.write(id, pieces());
          const read = await collect(blobs.read(id, { size: bytes.length, start: 0, end: bytes.length - 1 }));
          assert.equal(read.equals(bytes), true, `pieces of ${pieceBytes}`);
        }
      }));

    it("read() gives any range of bytes", () =>
      withBlobs(async (blobs) => {
        const id = ids.next();
        const bytes = bytesOf(1_500_000);
        const size = bytes.length;
        await blobs.write(id, inPieces(bytes));
        const position = fc.oneof(
          fc.integer({ min: 0, max: size - 1 }),
          fc.constantFrom(0, 65_535, 65_536, 65_537, 524_287, 524_288, size - 1),
        );
        await fc.assert(
          fc.asyncProperty(position, position, async (one, other) => {
            const [start, end] = [Math.min(one, other), Math.max(one, other)];
            const read = await collect(blobs.read(id, { size, start, end }));
            assert.equal(read.equals(bytes.subarray(start, end + 1)), true);
          }),
          { numRuns: 100 },
        );
      }));

    it("read() into buffers that are used again gives the ends of blobs of any size", () =>
      withBlobs(async (blobs) => {
        const mebi = 1024 * 1024;
        for (const size of [600_000, 5 * mebi, 8 * mebi, 8 * mebi + 1, 30 * mebi + 777]) {
          const id = ids.next();
          const bytes = bytesOf(size);
          await blobs.write(id, inPieces(bytes));
          // What is read is whole blocks, half a mebibyte at most, and the footer where there is room for it.
          for (const length of [1, 65_536, 300_000, 458_752, 500_000, 524_288, 524_289, 600_000]) {
            const start = size - length;
            let at = start;
            for await (const piece of blobs.read(id, { size, start, end: size - 1, reusesBuffers: true })) {
              assert.equal(piece.equals(bytes.subarray(at, at + piece.length)), true);
              at += piece.length;
            }
            assert.equal(at, size, `the last ${length} of ${size}`);
          }
        }
      }));

    it("read() into buffers that are used again gives each reader its own bytes, as long as they are its", () =>
      withBlobs(async (blobs) => {
        const size = 3_000_001;
        const made = await Promise.all(
          ["a", "b", "c", "d"].map(async (letter) => {
            const id = ids.next();
            const bytes = Buffer.alloc(size, letter);
            await blobs.write(id, inPieces(bytes, 100_000));
            return { id, bytes };
          }),
        );
        const read = async ({ id, bytes }: (typeof made)[number], end: number): Promise<void> => {
          let at = 5;
          for await (const piece of blobs.read(id, { size, start: at, end, reusesBuffers: true })) {
            // Others read meanwhile, into buffers that must not be this one.
            await setImmediate();
            assert.equal(piece.equals(bytes.subarray(at, at + piece.length)), true);
            at += piece.length;
          }
          assert.equal(at, end + 1);
        };
        // In the middle of it some leave, and their buffers go to others.
        const leave = async ({ id }: (typeof made)[number]): Promise<void> => {
          for await (const _ of blobs.read(id, { size, start: 0, end: size - 1, reusesBuffers: true })) break;
        };
        for (let round = 0; round < 3; round++) {
          await Promise.all([
            ...made.map((one) => read(one, size - 1)),
            ...made.map((one) => leave(one)),
            ...made.map((one) => read(one, 70_000)),
          ]);
        }
      }));

    it("read() can be left in the middle", () =>
      withBlobs(async (blobs) => {
        const id = ids.next();
        await blobs.write(id, inPieces(bytesOf(3_000_000)));
        for await (const piece of blobs.read(id, { size: 3_000_000, start: 0, end: 2_999_999 })) {
          assert.ok(piece.length > 0);
          break;
        }
        await blobs.remove(id);
      }));

    it("read() refuses a blob that is not there or has another size", () =>
      withBlobs(async (blobs) => {
        const id = ids.next();
        await assert.rejects(collect(blobs.read(id, { size: 5, start: 0, end: 4 })));
        await blobs.write(id, inPieces(Buffer.from("hello")));
        await assert.rejects(collect(blobs.read(id, { size: 4, start: 0, end: 3 })));
        await assert.rejects(collect(blobs.read(id, { size: 6, start: 0, end: 5 })));
      }));

    it("write() leaves nothing when its source fails, and fails as the source did", () =>
      withBlobs(async (blobs) => {
        const failure = new Error("the client went away");
        const source = async function* (): AsyncIterable<Buffer> {
          yield* inPieces(bytesOf(2_500_000));
          throw failure;
        };
        await assert.rejects(blobs.write(ids.next(), source()), failure);
        assert.deepEqual(await list(blobs), []);
      }));

    it("write() never writes over a blob", () =>
      withBlobs(async (blobs) => {
        const id = ids.next();
        await blobs.write(id, inPieces(Buffer.from("first")));
        await assert.rejects(blobs.write(id, inPieces(Buffer.from("second"))));
        const read = await collect(blobs.read(id, { size: 5, start: 0, end: 4 }));
        assert.equal(read.toString(), "first");
      }));

    it("size() is an error where there is no blob", () =>
      withBlobs(async (blobs) => {
        await assert.rejects(blobs.size(ids.next()), /^Error: Cannot read blob [0-9a-f]{32}: /);
      }));

    it("remove() removes, and does not mind what is not there", () =>
      withBlobs(async (blobs) => {
        const id = ids.next();
        await blobs.write(id, inPieces(Buffer.from("hello")));
        await blobs.remove(id);
        await blobs.remove(id);
        await assert.rejects(collect(blobs.read(id, { size: 5, start: 0, end: 4 })));
      }));

    it("list() names every blob", () =>
      withBlobs(async (blobs) => {
        const made = Array.from({ length: 5 }, () => ids.next());
        await Promise.all(made.map((id) => blobs.write(id, inPieces(id))));
        assert.deepEqual(await list(blobs), made.map((id) => id.toString("hex")).toSorted());
      }));
  });
}
