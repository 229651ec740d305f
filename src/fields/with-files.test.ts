import assert from "node:assert/strict";
import { test } from "node:test";
import { memory } from "../storage/backends/memory.ts";
import type { MemoryStorage } from "../storage/backends/memory.ts";
import { fileField } from "./file-field.ts";
import { withFiles } from "./with-files.ts";

const cat = (): File => new File(["cat"], "cat.jpg", { type: "image/jpeg" });

/** All names in a storage, sorted. */
async function namesIn(storage: MemoryStorage, directory = ""): Promise<string[]> {
  const [directories, files] = await storage.listdir(directory);
  const below = await Promise.all(directories.map((one) => namesIn(storage, `${directory}${one}/`)));
  return [...files.map((file) => directory + file), ...below.flat()].sort();
}

test("withFiles() stores what was assigned and deletes what it replaced, after the work", async () => {
  const storage = memory();
  await storage.save("dummy/old.jpg", "old");
  const photo = fileField("photo", { uploadTo: "dummy", storage });
  const file = photo.of({}, "dummy/old.jpg").assign(cat());
  assert.deepEqual(await namesIn(storage), ["dummy/old.jpg"]);
  const during = await withFiles(async (files) => {
    assert.equal(await files.save(file), "dummy/cat.jpg");
    return namesIn(storage);
  });
  assert.deepEqual(during, ["dummy/cat.jpg", "dummy/old.jpg"]);
  assert.deepEqual(await namesIn(storage), ["dummy/cat.jpg"]);
  assert.equal((await storage.open("dummy/cat.jpg")).contentType, "image/jpeg");
});

test("withFiles() removes what it stored when the work rejects, and the file can be saved again", async () => {
  const storage = memory();
  await storage.save("dummy/old.jpg", "old");
  const photo = fileField("photo", { uploadTo: "dummy", storage });
  const file = photo.of({}, "dummy/old.jpg").assign(cat());
  const failing = withFiles(async (files) => {
    await files.save(file);
    throw new Error("no");
  });
  await assert.rejects(failing, /^Error: no$/);
  assert.deepEqual(await namesIn(storage), ["dummy/old.jpg"]);
  assert.deepEqual([file.name, file.committed], ["cat.jpg", false]);
  await withFiles((files) => files.save(file));
  assert.deepEqual(await namesIn(storage), ["dummy/cat.jpg"]);
});

test("withFiles() never replaces a file in place, even where the storage would", async () => {
  const storage = memory({ allowOverwrite: true });
  await storage.save("cat.jpg", "another record's");
  const photo = fileField("photo", { storage });
  const failing = withFiles(async (files) => {
    const { photo: name } = await files.store({ photo }, { photo: cat() });
    assert.match(String(name), /^cat_[A-Za-z0-9]{7}\.jpg$/);
    throw new Error("no");
  });
  await assert.rejects(failing, /no/);
  assert.equal(await (await storage.open("cat.jpg")).text(), "another record's");
  assert.deepEqual(await namesIn(storage), ["cat.jpg"]);
});

test("withFiles() waits for uploads that the work left behind, and removes them", async () => {
  const storage = memory();
  const photo = fileField("photo", { storage });
  const slow = new File(["x".repeat(10)], "slow.txt");
  const failing = withFiles(async (files) => {
    const left = files.save(photo.of({}).assign(slow));
    left.catch(() => {});
    throw new Error("no");
  });
  await assert.rejects(failing, /no/);
  assert.deepEqual(await namesIn(storage), []);
});

for (const [what, error, stays] of [
  ["a unique key at the commit", Object.assign(new Error("duplicate"), { code: "23505" }), false],
  ["a serialization failure at the commit", Object.assign(new Error("retry"), { code: "40001" }), false],
  ["an ORM's error around it", new Error("failed", { cause: { code: "23505" } }), false],
  ["Prisma's write conflict", Object.assign(new Error("conflict"), { code: "P2034" }), false],
  ["a lost connection at the commit", Object.assign(new Error("gone"), { code: "ECONNRESET" }), true],
  ["a server that shuts down", Object.assign(new Error("gone"), { code: "57P01" }), true],
  ["something unheard of", new Error("?"), true],
] as const) {
  test(`withFiles() ${stays ? "keeps" : "removes"} new files after ${what}`, async () => {
    const storage = memory();
    const photo = fileField("photo", { storage });
    await storage.save("streamed.jpg", "what parseUploads() stored");
    let kept = false;
    const uploads = {
      discard: async () => storage.delete("streamed.jpg"),
      keep: () => {
        kept = true;
      },
    };
    const failing = withFiles(
      async (files) => {
        await files.within(async () => {
          await files.save(photo.of({}).assign(cat()));
        });
        throw error;
      },
      { uploads },
    );
    await assert.rejects(failing, error);
    assert.deepEqual(await namesIn(storage), stays ? ["cat.jpg", "streamed.jpg"] : []);
    assert.equal(kept, stays, "nobody else may discard what a record may name");
  });
}

test("withFiles() removes new files after an error inside the transaction, whatever it is", async () => {
  const storage = memory();
  const photo = fileField("photo", { storage });
  const failing = withFiles((files) =>
    files.within(async () => {
      await files.save(photo.of({}).assign(cat()));
      throw Object.assign(new Error("gone"), { code: "ECONNRESET" });
    }),
  );
  await assert.rejects(failing, /gone/);
  assert.deepEqual(await namesIn(storage), []);
});

test("withFiles() commits all the same when an old file cannot be removed, and tells of it", async () => {
  const storage = memory();
  await storage.save("old.jpg", "old");
  storage.delete = async () => {
    throw new Error("the network is down");
  };
  const photo = fileField("photo", { storage });
  const told: string[] = [];
  const onLeftover = (name: string, error: unknown): void => void told.push(`${name}: ${String(error)}`);
  const { photo: name } = await withFiles(
    (files) => files.store({ photo }, { photo: cat() }, { previous: { photo: "old.jpg" } }),
    {
      onLeftover,
    },
  );
  assert.equal(name, "cat.jpg");
  assert.deepEqual(told, ["old.jpg: Error: the network is down"]);
});

test("FileChanges.store() leaves out null, undefined and an empty input, and false becomes null", async () => {
  const storage = memory();
  for (const name of ["a", "b", "c", "d", "e"]) await storage.save(`${name}.txt`, name);
  const fields = Object.fromEntries(
    ["a", "b", "c", "d", "e"].map((name) => [name, fileField(name, { storage })]),
  );
  const previous = { a: "a.txt", b: "b.txt", c: "c.txt", d: fields["d"]!.of({}, "d.txt"), e: "e.txt" };
  const values = { title: "t", a: null, b: undefined, c: new File([], ""), d: false, e: "a.txt" };
  const stored = await withFiles((files) => files.store(fields, values, { previous }));
  assert.deepEqual(stored, { title: "t", d: null, e: "a.txt" });
  assert.deepEqual(await namesIn(storage), ["a.txt", "b.txt", "c.txt"]);
});

test("FileChanges.deleteRecord() deletes the files of fields that say so, and only files", async () => {
  const storage = memory();
  await storage.save("kept.txt", "1");
  await storage.save("gone.txt", "2");
  await storage.save("directory/file.txt", "3");
  const fields = {
    kept: fileField("kept", { storage }),
    gone: fileField("gone", { storage, deleteWith: "record" }),
    strange: fileField("strange", { storage, deleteWith: "record" }),
  };
  await withFiles(async (files) =>
    files.deleteRecord(fields, { kept: "kept.txt", gone: "gone.txt", strange: "directory" }),
  );
  assert.deepEqual(await namesIn(storage), ["directory/file.txt", "kept.txt"]);
});

test("withFiles() keeps a file that one record gave to another", async () => {
  const storage = memory();
  await storage.save("cat.jpg", "cat");
  const photo = fileField("photo", { storage });
  const [from, to] = [photo.of({}, "cat.jpg"), photo.of({})];
  to.assign(from);
  from.assign(false);
  await withFiles(async (files) => {
    await files.save(from);
    await files.save(to);
  });
  assert.deepEqual([from.name, to.name, await namesIn(storage)], ["", "cat.jpg", ["cat.jpg"]]);
});

test("withFiles() removes the first of two files that one record was given in turn", async () => {
  const storage = memory();
  const photo = fileField("photo", { storage });
  const file = photo.of({});
  await withFiles(async (files) => {
    await files.save(file.assign(cat()));
    await files.save(file.assign(new File(["dog"], "dog.jpg")));
  });
  assert.deepEqual([file.name, await namesIn(storage)], ["dog.jpg", ["dog.jpg"]]);
});

test("FileChanges.within() forgets what was done in a transaction that is tried anew, or in a savepoint", async () => {
  const storage = memory();
  await storage.save("old.jpg", "old");
  const photo = fileField("photo", { storage });
  const file = photo.of({}, "old.jpg").assign(cat());
  const cleared = photo.of({}, "old.jpg").assign(false);
  let attempts = 0;
  await withFiles(async (files) => {
    const attempt = (): Promise<void> =>
      files.within(async () => {
        await files.save(file);
        if (attempts++ === 0) throw new Error("serialization failure");
        const savepoint = files.within(async () => {
          await files.save(cleared);
          await files.store({ photo }, { photo: new File(["dog"], "dog.jpg") });
          throw new Error("back to the savepoint");
        });
        await assert.rejects(savepoint, /savepoint/);
      });
    await assert.rejects(attempt(), /serialization/);
    assert.equal(file.committed, false);
    await attempt();
  });
  assert.deepEqual([attempts, await namesIn(storage)], [2, [file.name]]);
  assert.match(file.name, /^cat_/);
  assert.equal(cleared.savedName, "old.jpg");
});
