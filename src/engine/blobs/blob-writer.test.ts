import assert from "node:assert/strict";
import { constants } from "node:fs";
import { mkdtemp, open, readFile, rm, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { systemHasDirectWrites } from "./blob-writer.ts";
import { openDiskBlobs } from "./disk.ts";

const id = Buffer.from("0190a7c5b1f40000aabbccddeeff013f", "hex");
const size = 3 * 1024 * 1024 + 12_345;
const bytes = Buffer.alloc(size, "past the page cache ");

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), "stowage-writer-"));
});
after(() => rm(root, { recursive: true }));

/** Counts how files are opened and written, and may refuse what is direct. */
class WatchedFiles {
  directOpens = 0;
  directBytes = 0;
  cachedBytes = 0;
  readonly #refuses: "open" | "write" | "nothing";

  constructor(refuses: "open" | "write" | "nothing") {
    this.#refuses = refuses;
  }

  readonly open = (async (path: string, flags: number, mode?: number): Promise<FileHandle> => {
    const isDirect = systemHasDirectWrites && (flags & constants.O_DIRECT) !== 0;
    if (isDirect) this.directOpens++;
    if (isDirect && this.#refuses === "open") throw invalid();
    const file = await open(path, flags, mode);
    const write = file.write.bind(file) as (
      bytes: Buffer,
      ...place: number[]
    ) => Promise<{ bytesWritten: number }>;
    const watched = async (from: Buffer, ...place: number[]): Promise<{ bytesWritten: number }> => {
      if (isDirect && this.#refuses === "write") throw invalid();
      const result = await write(from, ...place);
      if (isDirect) this.directBytes += result.bytesWritten;
      else this.cachedBytes += result.bytesWritten;
      return result;
    };
    return Object.assign(file, { write: watched });
  }) as typeof open;
}

function invalid(): Error {
  return Object.assign(new Error("EINVAL: invalid argument"), { code: "EINVAL" });
}

/** Writes the blob twice, in pieces that fit nothing, and reads what is in the file. */
async function writeTwice(files: WatchedFiles, durability: "strict" | "relaxed" = "strict"): Promise<void> {
  const blobs = await openDiskBlobs({ root, durability, files: { open: files.open, unlink } });
  try {
    for (let time = 0; time < 2; time++) {
      const source = async function* (): AsyncIterable<Buffer> {
        for (let at = 0; at < size; at += 77_777) {
          const piece = Buffer.from(bytes.subarray(at, at + 77_777));
          yield piece;
          // A source may use its memory again.
          piece.fill(0);
        }
      };
      assert.equal(await blobs.write(id, source()), size);
      assert.equal(
        (await readFile(join(root, "3f", id.toString("hex")))).subarray(0, size).equals(bytes),
        true,
      );
      const read: Buffer[] = [];
      for await (const piece of blobs.read(id, { size, start: 0, end: size - 1 })) read.push(piece);
      assert.equal(Buffer.concat(read).equals(bytes), true);
      await blobs.remove(id);
    }
  } finally {
    await blobs.close();
  }
}

describe("BlobWriter", () => {
  it("writes whole megabytes past the page cache, and the rest through it", async (t) => {
    if (!systemHasDirectWrites) return t.skip("this system has no O_DIRECT");
    const files = new WatchedFiles("nothing");
    await writeTwice(files);
    if (files.directBytes === 0) return t.skip("the file system of the temporary directory has no O_DIRECT");
    assert.equal(files.directOpens, 2);
    assert.equal(files.directBytes, 2 * 3 * 1024 * 1024);
    // The rest, and the footer: 49 blocks' checksums of 8 bytes, and 32.
    assert.equal(files.cachedBytes, 2 * (12_345 + 49 * 8 + 32));
  });

  for (const refuses of ["open", "write"] as const) {
    it(`asks once where the file system refuses that at ${refuses}()`, async (t) => {
      if (!systemHasDirectWrites) return t.skip("this system has no O_DIRECT");
      const files = new WatchedFiles(refuses);
      await writeTwice(files);
      assert.equal(files.directOpens, 1);
      assert.equal(files.directBytes, 0);
    });
  }

  it("writes through the page cache where nobody waits for the disk", async () => {
    const files = new WatchedFiles("nothing");
    await writeTwice(files, "relaxed");
    assert.equal(files.directOpens, 0);
  });
});
