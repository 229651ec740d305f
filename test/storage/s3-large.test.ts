/** Large contents in the S3 backend, and those that can be read only once. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { before, it } from "node:test";
import { s3, type S3Options, type S3Storage } from "../../src/storage.ts";
import { describeTargets, type S3Target } from "./targets.ts";

const MiB = 1024 * 1024;

describeTargets("s3() with large contents", (targetOf) => {
  let target: S3Target;
  let count = 0;
  before(() => {
    target = targetOf();
  });

  function storageWith(options: S3Options = {}): S3Storage {
    return s3({ ...target.options, location: `large/${count++}`, ...options });
  }
  const head = (storage: S3Storage, name: string) =>
    target.client.headObject({ bucket: target.bucket, key: storage.keyOf(name) });
  const bytesOf = async (storage: S3Storage, name: string): Promise<Buffer> => {
    const { body } = await target.client.getObject({ bucket: target.bucket, key: storage.keyOf(name) });
    return Buffer.from(await body.bytes());
  };

  it("stores a stream of any length in parts, in their order, within the memory that it may take", async () => {
    const storage = storageWith({ maxMemorySize: 5 * MiB, transferConfig: { partSizeBytes: 5 * MiB } });
    const piece = (index: number): Buffer => Buffer.alloc(MiB, index);
    const name = await storage.save(
      "large.bin",
      Readable.from(Array.from({ length: 12 }, (_, index) => piece(index))),
    );
    const stored = await bytesOf(storage, name);
    assert.equal(stored.length, 12 * MiB);
    for (let index = 0; index < 12; index++) assert.equal(stored[index * MiB], index);
    assert.match((await head(storage, name)).etag, /-3$/, "three parts of 5 MiB");
  });

  it("stores non-seekable content: a pipe and a response's body, small and large, also where the name is taken", async () => {
    const storage = storageWith({ fileOverwrite: false });
    for (const [name, size] of [
      ["small.bin", 3],
      ["large.bin", 18 * MiB],
    ] as const) {
      await storage.save(name, "taken");
      const pipe = spawn(process.execPath, ["-e", `process.stdout.write(Buffer.alloc(${size}, 7))`], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const { body } = new Response(Buffer.alloc(size, 8));
      for (const [fill, content] of [
        [7, pipe.stdout],
        [8, body!],
      ] as const) {
        const stored = await storage.save(name, content);
        assert.notEqual(stored, name);
        const bytes = await bytesOf(storage, stored);
        assert.ok(
          bytes.length === size && bytes.every((byte) => byte === fill),
          `${stored}: ${bytes.length}`,
        );
      }
      assert.equal((await bytesOf(storage, name)).toString(), "taken");
    }
  });

  it("does not overwrite a large file either, and takes its name while it is on the way", async () => {
    const storage = storageWith({ fileOverwrite: false });
    let during: boolean | undefined;
    const stream = async function* (fill: number): AsyncGenerator<Buffer> {
      for (let index = 0; index < 18; index++) {
        if (index === 17) during = await storage.exists("large.bin");
        yield Buffer.alloc(MiB, fill);
      }
    };
    const names = await Promise.all([
      storage.save("large.bin", stream(1)),
      storage.save("large.bin", stream(2)),
    ]);
    assert.equal(during, true);
    assert.equal(new Set(names).size, 2);
    for (const [index, name] of names.entries()) {
      const stored = await bytesOf(storage, name);
      assert.ok(stored.length === 18 * MiB && stored.every((byte) => byte === index + 1), name);
    }
  });

  it("leaves neither parts nor a name behind when a large content fails or is stopped", async () => {
    const storage = storageWith({ fileOverwrite: false });
    const broken = async function* (): AsyncGenerator<Buffer> {
      for (let index = 0; index < 20; index++) yield Buffer.alloc(MiB);
      throw new Error("the source broke");
    };
    await assert.rejects(storage.save("broken.bin", broken()), /the source broke/);
    const controller = new AbortController();
    const stopped = async function* (): AsyncGenerator<Buffer> {
      for (let index = 0; ; index++) {
        if (index === 20) controller.abort();
        yield Buffer.alloc(MiB);
      }
    };
    await assert.rejects(storage.save("stopped.bin", stopped(), { signal: controller.signal }), {
      name: "AbortError",
    });
    assert.deepEqual(await storage.listdir(), [[], []]);
    const replaced = async function* (): AsyncGenerator<Buffer> {
      for (let index = 0; index < 20; index++) yield Buffer.alloc(MiB);
      await storage.save("replaced.bin", "somebody else's", { overwrite: true });
      throw new Error("the source broke");
    };
    await assert.rejects(storage.save("replaced.bin", replaced()), /the source broke/);
    assert.equal((await bytesOf(storage, "replaced.bin")).toString(), "somebody else's");
    const { uploads } = await target.client.listMultipartUploads({ bucket: target.bucket });
    assert.deepEqual(uploads, []);
  });
});
