/**
 * A disk that is full, fails, or does half of what it was told, at each call that a write, a read or a removal makes: the
 * error says which, the old object is intact, deleting works, and so does everything when the disk is well again.
 */

import assert from "node:assert/strict";
import { mkdtemp, open, rm, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { S3Error } from "../../src/s3/errors.ts";
import { type BlobFiles, openDiskBlobs } from "../../src/engine/blobs/disk.ts";
import { createBucket } from "../../src/engine/buckets.ts";
import { check } from "../../src/engine/check.ts";
import { deleteObject } from "../../src/engine/delete-object.ts";
import { openEngine } from "../../src/engine/engine.ts";
import { headObject } from "../../src/engine/open-object.ts";
import { putObject } from "../../src/engine/put-object.ts";
import { emptyTrash } from "../../src/engine/trash.ts";
import type { Bucket, Engine } from "../../src/engine/types.ts";
import { access, grants, inPieces, owner, readObject } from "./engines.ts";

/** Breaks the n-th call from now on, or every one. */
interface Fault {
  readonly at: number | "every";
  readonly how: "ENOSPC" | "EIO" | "short";
}

/** Files whose calls can be told to fail. */
class FaultyFiles {
  fault: Fault | null = null;
  calls = 0;

  readonly files: BlobFiles = {
    open: (...given) => this.#call(async () => this.#handle(await open(...given))),
    unlink: (path) => this.#call(() => unlink(path)),
  };

  arm(fault: Fault): void {
    this.calls = 0;
    this.fault = fault;
  }

  #isDue(): boolean {
    this.calls++;
    return this.fault !== null && (this.fault.at === "every" || this.fault.at === this.calls);
  }

  async #call<T>(work: () => Promise<T>, halve?: () => Promise<T>): Promise<T> {
    if (!this.#isDue()) return work();
    const { how } = this.fault as Fault;
    if (how === "short") return halve === undefined ? work() : halve();
    throw Object.assign(new Error(`${how}: told to fail`), { code: how });
  }

  #handle(file: FileHandle): FileHandle {
    const calls = {
      write: (bytes: Buffer, offset: number, length: number, position: number) =>
        this.#call(
          () => file.write(bytes, offset, length, position),
          () => file.write(bytes, offset, Math.min(1000, length), position),
        ),
      read: (bytes: Buffer, offset: number, length: number, position: number) =>
        this.#call(
          () => file.read(bytes, offset, length, position),
          () => file.read(bytes, offset, Math.min(1000, length), position),
        ),
      datasync: () => this.#call(() => file.datasync()),
      sync: () => this.#call(() => file.sync()),
      // A file is closed whatever the system says.
      close: async () => {
        await file.close();
        await this.#call(async () => {});
      },
    };
    return calls as unknown as FileHandle;
  }
}

const first = Buffer.alloc(2_500_000, "first ");
const second = Buffer.alloc(2_500_000, "second ");

describe("a disk that fails", () => {
  let directory: string;
  let own: Engine;
  let engine: Engine;
  let bucket: Bucket;
  const disk = new FaultyFiles();
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "stowage-faults-"));
    own = await openEngine({ dataDir: join(directory, "data"), maintenance: false });
    const blobs = await openDiskBlobs({ root: join(directory, "blobs"), files: disk.files });
    engine = { ...own, blobs };
    bucket = await createBucket(engine, { name: "bucket", owner, grants, region: "us-east-1" });
  });
  after(async () => {
    disk.fault = null;
    await engine.blobs.close();
    await own.close();
    await rm(directory, { recursive: true });
  });

  const put = (body: Buffer): Promise<unknown> =>
    putObject(engine, { bucket, key: "k", body: inPieces(body, 400_000), ...access });
  const read = async (): Promise<string | undefined> =>
    (await readObject(engine, bucket, "k"))?.toString("latin1", 0, 6);
  /** The calls of one PUT that goes well. */
  const callsOfPut = async (): Promise<number> => {
    disk.fault = null;
    disk.calls = 0;
    await put(first);
    return disk.calls;
  };

  for (const [how, code] of [
    ["ENOSPC", "InsufficientStorage"],
    ["EIO", "InternalError"],
  ] as const) {
    it(`each call of a PUT fails with ${how}: ${code}, and the old object is there`, async () => {
      const calls = await callsOfPut();
      assert.ok(calls >= 6, `a PUT makes ${calls} calls`);
      for (let at = 1; at <= calls; at++) {
        disk.arm({ at, how });
        await assert.rejects(put(second), { code }, `call ${at} of ${calls}`);
        disk.fault = null;
        assert.equal(await read(), "first ", `call ${at} of ${calls}`);
      }
      await put(second);
      assert.equal(await read(), "second");
      await emptyTrash(engine, { graceMs: 0 });
      assert.deepEqual(await check(engine), []);
    });
  }

  it("whatever the disk does not do at once is done in the end", async () => {
    const calls = await callsOfPut();
    for (let at = 1; at <= calls; at++) {
      disk.arm({ at, how: "short" });
      await put(second);
      disk.fault = null;
      assert.equal((await readObject(engine, bucket, "k"))?.equals(second), true, `call ${at}`);
    }
    disk.arm({ at: "every", how: "short" });
    assert.equal((await readObject(engine, bucket, "k", { start: 5, end: 100_000 }))?.length, 99_996);
    disk.fault = null;
  });

  it("each call of a GET fails with EIO: an error and never other bytes", async () => {
    await put(first);
    disk.fault = null;
    disk.calls = 0;
    await read();
    const calls = disk.calls;
    for (let at = 1; at <= calls; at++) {
      disk.arm({ at, how: "EIO" });
      await assert.rejects(read(), `call ${at} of ${calls}`);
      disk.fault = null;
      assert.equal(await read(), "first ");
    }
  });

  it("deleting works on a disk on which nothing does, and what could not be removed is removed later", async () => {
    await put(first);
    disk.arm({ at: "every", how: "EIO" });
    await deleteObject(engine, bucket, "k");
    assert.equal(await headObject(engine, bucket, "k"), null);
    await emptyTrash(engine, { graceMs: 0 });
    disk.fault = null;
    assert.notEqual(await engine.index.count("trash"), 0);
    await emptyTrash(engine, { graceMs: 0 });
    assert.equal(await engine.index.count("trash"), 0);
    assert.deepEqual(await check(engine), []);
  });

  it("a commit that is refused leaves the old object, and one of which nobody knows leaves one of both", async () => {
    await put(first);
    const commitFails = async (code: string, isDone: boolean): Promise<void> => {
      const index = Object.create(engine.index, {
        commit: {
          value: async (draft: Parameters<Engine["index"]["commit"]>[0]) => {
            if (isDone) await engine.index.commit(draft);
            throw new S3Error(code);
          },
        },
        get: { value: (...given: Parameters<Engine["index"]["get"]>) => engine.index.get(...given) },
      }) as Engine["index"];
      await assert.rejects(
        putObject({ ...engine, index }, { bucket, key: "k", body: inPieces(second, 400_000), ...access }),
        { code },
      );
    };
    await commitFails("InsufficientStorage", false);
    assert.equal(await read(), "first ");
    await commitFails("InternalError", false);
    assert.equal(await read(), "first ");
    await commitFails("InternalError", true);
    assert.equal(await read(), "second");
    const damage = (await check(engine)).filter(({ kind }) => kind === "damage");
    assert.deepEqual(damage, []);
  });
});
