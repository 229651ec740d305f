import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStorage } from "./backends/memory.ts";
import type { ContentSource } from "./content.ts";
import { SuspiciousFileOperation } from "./errors.ts";
import type { StorageFile } from "./file.ts";
import type { FileStat, WriteOptions } from "./call-options.ts";
import { Storage } from "./storage.ts";

/** The smallest backend: what it gets is kept. */
class ListStorage extends Storage {
  readonly files = new Map<string, string>();

  protected override async write(name: string, content: ContentSource): Promise<string | null> {
    this.files.set(name, Buffer.from((await content.head(100)).bytes).toString());
    return name;
  }
  protected override async read(): Promise<StorageFile> {
    throw new Error("not in these tests");
  }
  protected override async stat(name: string): Promise<FileStat | null> {
    const content = this.files.get(name);
    return content === undefined ? null : { size: content.length, modifiedTime: new Date(0) };
  }
  protected override async list(directory: string): Promise<[string[], string[]]> {
    const below = [...this.files.keys()].filter((name) => name.startsWith(`${directory}/`));
    return [[], below.map((name) => name.slice(directory.length + 1))];
  }
  protected override async remove(name: string): Promise<void> {
    this.files.delete(name);
  }
}

test("Storage.delete() and exists() of a directory need nothing but list() and remove()", async () => {
  const storage = new ListStorage();
  await storage.save("a/b.txt", "x");
  await storage.save("a/c.txt", "x");
  assert.equal(await storage.exists("a"), true);
  await storage.delete("a");
  assert.equal(await storage.exists("a"), false);
  assert.equal(storage.files.size, 0);
});

test("Storage says which backend has no paths, URLs and times", async () => {
  const storage = new ListStorage();
  await storage.save("a.txt", "x");
  assert.throws(() => storage.path("a.txt"), /ListStorage has no local paths\. .*open\(\).*url\(\)/);
  await assert.rejects(storage.url("a.txt"), /ListStorage has no URLs/);
  await assert.rejects(storage.createdTime("a.txt"), { name: "NotImplementedError", code: "NotImplemented" });
  await assert.rejects(storage.accessedTime("a.txt"), /ListStorage does not keep when a file was read/);
});

test("Storage.save() refuses a bad name that getAvailableName() was made to return, before it writes", async () => {
  for (const bad of ["../up.txt", "/abs.txt", "a/..", "a/", ""]) {
    const storage = new (class extends ListStorage {
      override async getAvailableName(): Promise<string> {
        return bad;
      }
    })();
    await assert.rejects(storage.save("fine.txt", "x"), SuspiciousFileOperation, bad);
    assert.equal(storage.files.size, 0, bad);
  }
});

test("Storage.save() refuses a bad name that the backend returns", async () => {
  const storage = new (class extends ListStorage {
    protected override async write(): Promise<string> {
      return "../elsewhere.txt";
    }
  })();
  await assert.rejects(storage.save("fine.txt", "x"), SuspiciousFileOperation);
});

/** Two others are faster: they take every name that is free, and then every name that was drawn. */
class BusyStorage extends ListStorage {
  readonly asked: string[] = [];

  protected override async write(name: string, content: ContentSource): Promise<string | null> {
    this.asked.push(name);
    if (this.asked.length < 3) {
      await content.head(2);
      return null;
    }
    return super.write(name, content);
  }

  override getAlternativeName(root: string, suffixes: string): string {
    return `${root}_${this.asked.length}${suffixes}`;
  }
}

test("Storage.save() draws another name as often as the backend says that one is taken, with the whole content", async () => {
  const storage = new BusyStorage();
  assert.equal(await storage.save("a.txt", new Blob(["whole content"]).stream()), "a_2.txt");
  assert.deepEqual(storage.asked, ["a.txt", "a_1.txt", "a_2.txt"]);
  assert.equal(storage.files.get("a_2.txt"), "whole content");
});

test("Storage.save() draws itself where getAvailableName() insists on a name that is taken", async () => {
  const storage = new (class extends BusyStorage {
    override async getAvailableName(name: string): Promise<string> {
      return name;
    }
  })();
  assert.equal(await storage.save("a.txt", "x"), "a_2.txt");
});

test("Storage.save() ends when every name is taken", async () => {
  const storage = new (class extends ListStorage {
    protected override async write(): Promise<null> {
      return null;
    }
  })();
  await assert.rejects(storage.save("a.txt", "x"), { code: "NoFreeName" });
});

test("Storage.save() passes type and signal on, and its own name to a backend that overwrites", async () => {
  let seen: WriteOptions | undefined;
  const storage = new (class extends ListStorage {
    protected override get overwrites(): boolean {
      return true;
    }
    protected override async write(
      name: string,
      content: ContentSource,
      options?: WriteOptions,
    ): Promise<string | null> {
      seen = options;
      return super.write(name, content);
    }
  })();
  await storage.save("a.txt", "1");
  const { signal } = new AbortController();
  assert.equal(await storage.save("a.txt", "2", { contentType: "text/x-two", signal }), "a.txt");
  assert.deepEqual(seen, { overwrite: true, contentType: "text/x-two", signal });
});

test("Storage.getAlternativeName() adds seven letters and digits of the random source", () => {
  const storage = new ListStorage({ random: () => 0.5 });
  assert.equal(storage.getAlternativeName("a", ".tar.gz"), "a_fffffff.tar.gz");
});

test("Storage.generateFilename() keeps the directory and makes the base name valid", () => {
  const storage = new ListStorage();
  assert.equal(
    storage.generateFilename("uploads/2004/john's portrait.jpg"),
    "uploads/2004/johns_portrait.jpg",
  );
  assert.equal(storage.generateFilename("a\\.\\b//c d.txt"), "a/b/c_d.txt");
  for (const name of ["../a.txt", "a/../b.txt", "/abs/a.txt", "a/???", "a/"]) {
    assert.throws(() => storage.generateFilename(name), SuspiciousFileOperation, name);
  }
});

test("Storage.save() stores the type that is asked for, else the content's, else the name's", async () => {
  const storage = new MemoryStorage();
  const typeOf = async (name: string): Promise<string> => (await storage.open(name)).contentType;
  const png = new File(["x"], "a.png", { type: "image/x-own" });
  assert.equal(
    await typeOf(await storage.save("1.png", png, { contentType: "image/x-asked" })),
    "image/x-asked",
  );
  assert.equal(await typeOf(await storage.save("2.png", png)), "image/x-own");
  assert.equal(await typeOf(await storage.save("3.png", "x")), "image/png");
  assert.equal(await typeOf(await storage.save("4", "x")), "application/octet-stream");
  const own = await storage.open("2.png");
  assert.equal(await typeOf(await storage.save("copy.txt", own)), "image/x-own");
});

test("Storage.save() refuses an option that there is not, and stores nothing", async () => {
  const storage = new ListStorage();
  await assert.rejects(storage.save("a.txt", "x", { maxlength: 5 } as object), {
    name: "TypeError",
    message: 'save() has no option "maxlength". Did you mean maxLength?',
  });
  assert.equal(storage.files.size, 0);
});
