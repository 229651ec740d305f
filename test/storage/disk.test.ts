/** What the disk backend does beyond the contract. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import fs, {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import {
  disk,
  type DiskOptions,
  type DiskStorage,
  StorageError,
  SuspiciousFileOperation,
} from "../../src/storage.ts";

describe("disk()", () => {
  let root = "";
  let location = "";
  let storage: DiskStorage;
  let count = 0;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "stowage-disk-"));
  });
  after(() => rm(root, { recursive: true, force: true }));
  beforeEach(() => {
    location = join(root, String(count++));
    storage = disk({ location });
  });

  const on = (options: Partial<DiskOptions>): DiskStorage => disk({ location, ...options });
  /** What is left of files that were not finished. */
  const parts = async (): Promise<string[]> =>
    (await readdir(location, { recursive: true })).filter((name) => /part/.test(name));

  it("names no option that there is not, and needs a location", () => {
    // @ts-expect-error: an unknown option does not compile.
    assert.throws(() => disk({ location, base_url: "/" }), /disk\(\) has no option "base_url"/);
    assert.throws(() => disk({ location: "" }), /needs a location/);
  });

  it("stores a file at its path, and makes its directories", async () => {
    const name = await storage.save("a/b/c.txt", "content");
    assert.equal(storage.path(name), join(location, "a", "b", "c.txt"));
    assert.equal(await readFile(storage.path(name), "utf8"), "content");
    assert.deepEqual(await readdir(join(location, ".stowage-parts")), []);
  });

  it("keeps every path inside its location, in each method", async () => {
    await writeFile(join(root, "secret.txt"), "secret");
    for (const name of [
      "../secret.txt",
      "a/../../secret.txt",
      join(root, "secret.txt"),
      "..\\secret.txt",
      "/etc/passwd",
    ]) {
      assert.throws(() => storage.path(name), SuspiciousFileOperation, name);
      for (const call of [
        () => storage.save(name, "x"),
        () => storage.open(name),
        () => storage.open(name, "w"),
        () => storage.exists(name),
        () => storage.delete(name),
        () => storage.listdir(name),
        () => storage.size(name),
        () => storage.createdTime(name),
      ]) {
        await assert.rejects(call, SuspiciousFileOperation, name);
      }
    }
    assert.equal(await readFile(join(root, "secret.txt"), "utf8"), "secret");
  });

  it("keeps the directory of unfinished files to itself", async () => {
    await storage.save("a.txt", "x");
    for (const name of [".stowage-parts", ".stowage-parts/x", "a/../.stowage-parts/x"]) {
      await assert.rejects(storage.exists(name), SuspiciousFileOperation, name);
      await assert.rejects(storage.delete(name), SuspiciousFileOperation, name);
    }
    assert.deepEqual(await storage.listdir(), [[], ["a.txt"]]);
    await storage.delete("a.txt");
    assert.equal(await storage.exists(""), false);
  });

  it("gives files and directories the modes that are asked for, whatever the umask", async () => {
    const umask = process.umask(0o077);
    try {
      const shared = on({ fileMode: 0o664, directoryMode: 0o775 });
      await shared.save("made/by/us.txt", "x");
      assert.equal((await stat(join(location, "made/by/us.txt"))).mode & 0o777, 0o664);
      for (const made of ["", "made", "made/by"]) {
        assert.equal((await stat(join(location, made))).mode & 0o777, 0o775, made);
      }
      await chmod(join(location, "made"), 0o700);
      await shared.save("made/again.txt", "x");
      assert.equal((await stat(join(location, "made"))).mode & 0o777, 0o700, "what is there stays as it is");
      await storage.save("plain.txt", "x");
      assert.equal((await stat(join(location, "plain.txt"))).mode & 0o777, 0o600);
    } finally {
      process.umask(umask);
    }
  });

  it("gives URLs below baseUrl, and none without", async () => {
    await assert.rejects(storage.url("a.txt"), /Give disk\(\{ baseUrl: "\/media\/" \}\)/);
    assert.equal(await on({ baseUrl: "/media/" }).url("a b/ä.txt"), "/media/a%20b/%C3%A4.txt");
    assert.equal(
      await on({ baseUrl: "https://files.example" }).url("//evil.example"),
      "https://files.example/evil.example",
    );
  });

  it("leaves no file, no part and no name behind when the content fails", async () => {
    await storage.save("before.txt", "x");
    const broken = (async function* () {
      yield Buffer.alloc(100_000);
      throw new Error("the source broke");
    })();
    await assert.rejects(storage.save("a/broken.bin", broken), /the source broke/);
    assert.equal(existsSync(join(location, "a/broken.bin")), false);
    assert.deepEqual(await parts(), [".stowage-parts"]);
  });

  it("shows a file under its name only when it is whole", async () => {
    const replacing = on({ allowOverwrite: true });
    await replacing.save("a.txt", "old and long");
    let seen = "";
    const slow = (async function* () {
      yield "new";
      seen = await readFile(join(location, "a.txt"), "utf8");
      yield "er";
    })();
    assert.equal(await replacing.save("a.txt", slow), "a.txt");
    assert.equal(seen, "old and long");
    assert.equal(await readFile(join(location, "a.txt"), "utf8"), "newer");
  });

  it("shows nothing of a new file before it is whole, and gives its name to whoever is done first", async () => {
    let [go, begin] = [(): void => {}, (): void => {}];
    const waiting = new Promise<void>((resolve) => (go = resolve));
    const begun = new Promise<void>((resolve) => (begin = resolve));
    let pieces = 0;
    const slow = (async function* () {
      begin();
      pieces++;
      yield "slow";
      await waiting;
      pieces++;
      yield "er";
    })();
    const saved = storage.save("a.tar.gz", slow);
    await begun;
    assert.equal((await parts()).length, 2);
    assert.equal(await storage.exists("a.tar.gz"), false);
    assert.deepEqual(await storage.listdir(), [[], []]);
    assert.equal(await storage.save("a.tar.gz", "fast"), "a.tar.gz");
    go();
    const name = await saved;
    assert.match(name, /^a_[A-Za-z0-9]{7}\.tar\.gz$/);
    const texts = ["a.tar.gz", name].map((one) => readFile(join(location, one), "utf8"));
    assert.deepEqual([await Promise.all(texts), pieces], [["fast", "slower"], 2]);
    assert.deepEqual(await parts(), [".stowage-parts"]);
  });

  it("leaves no part behind where no name is free for it", async () => {
    storage.getAlternativeName = () => {
      throw new Error("there are no more names");
    };
    const late = (async function* () {
      await on({}).save("a.txt", "first");
      yield "second";
    })();
    await assert.rejects(storage.save("a.txt", late), /there are no more names/);
    assert.equal(await readFile(join(location, "a.txt"), "utf8"), "first");
    assert.deepEqual(await parts(), [".stowage-parts"]);
  });

  it("leaves nothing under the name of a file when the process is killed while it saves", async () => {
    const program = `
      import { disk } from ${JSON.stringify(new URL("../../src/storage.js", import.meta.url).href)};
      async function* slow() {
        yield Buffer.alloc(300_000);
        process.stdout.write("writing");
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      }
      await disk({ location: ${JSON.stringify(location)} }).save("deep/a.bin", slow());`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.equal((await parts()).length, 2, "it was writing");
    assert.deepEqual(await storage.listdir(), [[], []]);
    assert.equal(await storage.exists("deep/a.bin"), false);
    assert.equal(await storage.save("deep/a.bin", "x"), "deep/a.bin");
  });

  for (const code of ["EPERM", "ENOTSUP", "EXDEV"] as const) {
    it(`creates and replaces files where links fail with ${code}`, async (t) => {
      const fail = (name: "link" | "rename"): void => {
        const real = fs[name];
        t.mock.method(fs, name, async (from: string, to: string) => {
          const isPart = from.includes(".stowage-parts");
          if (code === "EXDEV" ? isPart : name === "link") throw Object.assign(new Error(code), { code });
          return real(from, to);
        });
      };
      fail("link");
      if (code === "EXDEV") fail("rename");
      syncBuiltinESMExports();
      try {
        assert.equal(await storage.save("d/a.txt", "one"), "d/a.txt");
        const [other, replaced] = [await storage.save("d/a.txt", "two"), on({ allowOverwrite: true })];
        assert.match(other, /^d\/a_/);
        assert.equal(await replaced.save("d/a.txt", "three"), "d/a.txt");
        const late = (async function* () {
          yield "la";
          await storage.save("d/b.txt", "first");
          yield "te";
        })();
        const drawn = await storage.save("d/b.txt", late);
        const texts = ["d/a.txt", other, "d/b.txt", drawn].map((name) =>
          readFile(join(location, name), "utf8"),
        );
        assert.deepEqual(await Promise.all(texts), ["three", "two", "first", "late"]);
        assert.deepEqual(await parts(), [".stowage-parts"]);
      } finally {
        t.mock.restoreAll();
        syncBuiltinESMExports();
      }
    });
  }

  it("flushes a file, gives it its name, and flushes the directories that have changed", async (t) => {
    const steps: string[] = [];
    const { open, link } = fs;
    const nameOf = (path: string): string =>
      path.startsWith(join(location, ".stowage-parts", "/")) ? "part" : relative(root, path);
    t.mock.method(fs, "open", async (...input: Parameters<typeof open>) => {
      const file = await open(...input);
      t.mock.method(file, "sync", async () => void steps.push(`flush ${nameOf(String(input[0]))}`));
      return file;
    });
    t.mock.method(fs, "link", async (from: string, to: string) => {
      steps.push(`link ${nameOf(from)} ${nameOf(to)}`);
      await link(from, to);
    });
    syncBuiltinESMExports();
    try {
      await storage.save("deep/a.bin", "x");
    } finally {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    }
    const place = relative(root, location);
    assert.deepEqual(steps.slice(-4), [
      `link part ${place}/deep/a.bin`,
      `flush ${place}`,
      `link part ${place}/deep/a.bin`,
      `flush ${place}/deep`,
    ]);
    assert.ok(steps.indexOf("flush part") < steps.indexOf(`link part ${place}/deep/a.bin`));
    assert.ok(steps.includes("flush "), "the directory in which the location was made");
  });

  it("removes what a process that is gone has left, after a day", async () => {
    await storage.save("a.txt", "x");
    const [old, young] = ["old", "young"].map((name) => join(location, ".stowage-parts", name));
    await writeFile(old!, "x");
    await writeFile(young!, "x");
    const dayAndHour = Date.now() / 1000 - 25 * 3600;
    await utimes(old!, dayAndHour, dayAndHour);
    await disk({ location }).save("b.txt", "x");
    assert.deepEqual([existsSync(old!), existsSync(young!)], [false, true]);
  });

  it("saves while others remove the directory, and deletes what others have deleted", async () => {
    const saves = Array.from({ length: 20 }, (_, index) => storage.save(`d/${index}.txt`, "x"));
    const removals = Array.from({ length: 5 }, () =>
      rm(join(location, "d"), { recursive: true, force: true }).catch(() => {}),
    );
    await Promise.all([...saves, ...removals]);
    await storage.save("gone.txt", "x");
    await Promise.all([storage.delete("gone.txt"), storage.delete("gone.txt"), storage.delete("gone.txt")]);
  });

  it("surfaces other errors: a file where a directory should be, a directory where a file should be", async () => {
    await storage.save("file", "x");
    await assert.rejects(storage.save("file/below.txt", "x"), (error) => {
      return (
        error instanceof StorageError &&
        error.code === "NotADirectory" &&
        error.message.includes(join(location, "file"))
      );
    });
    await mkdir(join(location, "directory"));
    await assert.rejects(on({ allowOverwrite: true }).save("directory", "x"), { code: "EISDIR" });
    assert.match(
      await storage.save("directory", "x"),
      /^directory_[A-Za-z0-9]{7}$/,
      "an empty directory takes a name too",
    );
  });

  it("counts a broken link as there, and never writes through one", async () => {
    await storage.save("a.txt", "x");
    await symlink(join(root, "nowhere"), join(location, "link.txt"));
    assert.equal(await storage.exists("link.txt"), true);
    assert.match(await storage.save("link.txt", "x"), /^link_/);
    assert.equal(await on({ allowOverwrite: true }).save("link.txt", "y"), "link.txt");
    assert.equal(existsSync(join(root, "nowhere")), false);
    assert.equal((await lstat(join(location, "link.txt"))).isFile(), true);
  });

  it("deletes a link, and nothing of what it leads to", async () => {
    await storage.save("a.txt", "x");
    const elsewhere = join(root, `elsewhere-${count}`);
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, "kept.txt"), "kept");
    await symlink(elsewhere, join(location, "linked"));
    await mkdir(join(location, "tree"));
    await symlink(elsewhere, join(location, "tree/linked"));
    await symlink(join(root, "nowhere"), join(location, "broken"));
    assert.deepEqual(await storage.listdir("linked"), [[], ["kept.txt"]]);
    await storage.delete("linked");
    await storage.delete("tree");
    await storage.delete("broken");
    assert.equal(await readFile(join(elsewhere, "kept.txt"), "utf8"), "kept");
    assert.deepEqual(await storage.listdir(), [[], ["a.txt"]]);
  });

  it("tells times as instants, to the file system's precision", async () => {
    await storage.save("a.txt", "x");
    await utimes(join(location, "a.txt"), 1_000_000_000, 1_100_000_000.5);
    assert.equal((await storage.accessedTime("a.txt")).toISOString(), "2001-09-09T01:46:40.000Z");
    assert.equal((await storage.modifiedTime("a.txt")).toISOString(), "2004-11-09T11:33:20.500Z");
    assert.ok((await storage.createdTime("a.txt")).getTime() <= Date.now());
  });

  it("opens no fifo and no directory", async () => {
    await mkdir(join(location, "directory"), { recursive: true });
    await assert.rejects(storage.open("directory"), { code: "FileNotFound" });
  });
});
