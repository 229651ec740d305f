/** The option preloadMetadata of the S3 backend. */

import assert from "node:assert/strict";
import { before, it } from "node:test";
import { s3, type S3Options, type S3Storage } from "../../src/storage.ts";
import { describeTargets, type S3Target } from "./targets.ts";

describeTargets("s3({ preloadMetadata })", (targetOf) => {
  let target: S3Target;
  let count = 0;
  before(() => {
    target = targetOf();
  });

  /** A storage at a place of its own. */
  function storageWith(options: S3Options = {}): S3Storage {
    return s3({ ...target.options, location: `preloaded/${count++}`, ...options });
  }

  it("answers from one listing, and knows what it changed itself", async () => {
    const writer = storageWith();
    await writer.save("dir/a.txt", "12345");
    const storage = storageWith({ location: writer.settings.location, preloadMetadata: true });
    assert.equal(await storage.exists("dir/a.txt"), true);
    assert.equal(await storage.exists("dir"), true);
    await writer.save("later.txt", "x");
    assert.equal(await storage.exists("later.txt"), false, "not asked again");
    assert.equal(await storage.size("dir/a.txt"), 5);
    assert.deepEqual(await storage.modifiedTime("dir/a.txt"), await writer.modifiedTime("dir/a.txt"));
    await storage.save("own.txt", "123");
    assert.equal(await storage.size("own.txt"), 3);
    await storage.delete("dir");
    assert.equal(await storage.exists("dir/a.txt"), false);
  });

  it("deletes what is there now, and not what was listed", async () => {
    const other = storageWith();
    await other.save("x/deep/a.txt", "a");
    const storage = storageWith({ location: other.settings.location, preloadMetadata: true });
    assert.equal(await storage.exists("x"), true);
    await other.save("x", "a file");
    await storage.delete("x");
    assert.deepEqual(
      [await other.listdir(), await other.listdir("x/deep")],
      [
        [["x"], []],
        [[], ["a.txt"]],
      ],
    );
    await storage.delete("x", { recursive: false });
    assert.equal(await other.exists("x/deep/a.txt"), true);
    await storage.delete("x");
    assert.deepEqual(await other.listdir(), [[], []]);
  });

  it("asks anew with live, whatever was listed", async () => {
    const other = storageWith();
    await other.save("a.txt", "old");
    const storage = storageWith({ location: other.settings.location, preloadMetadata: true });
    assert.equal(await storage.size("a.txt"), 3);
    await other.save("a.txt", "newer");
    await other.save("dir/b.txt", "b");
    assert.deepEqual([await storage.size("a.txt"), await storage.size("a.txt", { live: true })], [3, 5]);
    for (const name of ["dir/b.txt", "dir"]) {
      const seen = [await storage.exists(name), await storage.exists(name, { live: true })];
      assert.deepEqual(seen, [false, true], name);
    }
  });

  it("stores a file although the listing failed meanwhile", async () => {
    const storage = storageWith({ preloadMetadata: true });
    const { client } = storage;
    let fail: (error: Error) => void = () => {};
    Object.assign(client, {
      list: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => new Promise((_, reject) => (fail = reject)) }),
      }),
    });
    const asked = assert.rejects(storage.exists("a.txt"), /no right to list/);
    const saved = storage.save("a.txt", "x");
    setTimeout(() => fail(new Error("no right to list")), 50);
    await asked;
    assert.equal(await saved, "a.txt");
  });
});
