/** The contract: names. */

import assert from "node:assert/strict";
import { SuspiciousFileOperation } from "../../storage/errors.ts";
import type { Storage } from "../../storage/storage.ts";
import type { ContractTest } from "../contract.ts";
import { emptyFile, isSuspicious, textOf } from "./helpers.ts";

/** Names that nothing can be stored under. */
const noNames = [
  "",
  ".",
  "..",
  "/",
  "/etc/passwd",
  "../up.txt",
  "a/../../up.txt",
  "a/..",
  "a/../b.txt",
  "a/.",
  "directory/",
  "..\\up.txt",
  "a\\..\\..\\up.txt",
  "\\root.txt",
];

/** Names that every backend refuses, whatever its file system or server would say. */
const unfitNames = [
  "nul\0.txt",
  "line\n.txt",
  "tab\t.txt",
  "delete\u007f.txt",
  "c1\u0085.txt",
  "half\ud800.txt",
];

/** Names that lead out, of whatever method. */
const outsideNames = ["..", "../up.txt", "a/../../up.txt", "..\\up.txt", "/etc/passwd"];

/** Names that are unusual, and nothing else. */
const fineNames = [
  "UPPER and lower.TXT",
  "späte Größe.txt",
  "日本語/ファイル.txt",
  "smile \u{1f600}.txt",
  "\u202eright to left.txt",
  "percent%20%2F.txt",
  "plus+and&equals=.txt",
  "question?hash#.txt",
  "quotes'\"`.txt",
  ".hidden",
  "..dots..txt",
  "-dash",
  "~tilde",
];

export const nameTests: readonly ContractTest[] = [
  [
    "save() refuses what is no name before it reads the content",
    async (storage) => {
      for (const name of [...noNames, ...unfitNames]) {
        let read = false;
        const content = (async function* () {
          read = true;
          yield "x";
        })();
        await assert.rejects(storage.save(name, content), isSuspicious, JSON.stringify(name));
        assert.equal(read, false, `the content for ${JSON.stringify(name)} was read`);
      }
      assert.deepEqual(await storage.listdir(), [[], []]);
    },
  ],
  [
    "every method refuses names that lead out, and control characters",
    async (storage) => {
      for (const name of [...outsideNames, ...unfitNames]) {
        for (const [method, call] of callsWith(storage, name)) {
          await assert.rejects(call, SuspiciousFileOperation, `${method}(${JSON.stringify(name)})`);
        }
      }
    },
  ],
  [
    "save() keeps unusual names as they are",
    async (storage) => {
      for (const name of fineNames) {
        assert.equal(await storage.save(name, name), name);
        assert.equal(await textOf(storage, name), name);
        assert.equal(await storage.exists(name), true, name);
      }
      const [directories, files] = await storage.listdir();
      const found = [...files, ...directories.map((directory) => `${directory}/ファイル.txt`)];
      assert.deepEqual(found.sort(), fineNames.slice().sort());
    },
  ],
  [
    "save() takes a backslash for a slash and returns a plain name",
    async (storage) => {
      assert.equal(await storage.save("a\\b//./c.txt", "x"), "a/b/c.txt");
      assert.equal(await textOf(storage, "a/b/c.txt"), "x");
    },
  ],
  [
    "save() takes the name of the content where none is given",
    async (storage) => {
      assert.equal(await storage.save(null, new File(["x"], "photo.jpg")), "photo.jpg");
      await assert.rejects(storage.save(null, "no name"), TypeError);
    },
  ],
  [
    "save() replaces a file, or draws seven characters before the suffixes",
    async (storage) => {
      for (const [name, alternative] of [
        ["archive.tar.gz", /^archive_[A-Za-z0-9]{7}\.tar\.gz$/],
        ["dir/.test", /^dir\/\.test_[A-Za-z0-9]{7}$/],
      ] as const) {
        assert.equal(await storage.save(name, "first, and longer"), name);
        const second = await storage.save(name, "second");
        assert.equal(await textOf(storage, second), "second");
        if (second === name) continue;
        assert.match(second, alternative);
        assert.equal(await textOf(storage, name), "first, and longer");
      }
    },
  ],
  [
    "save() takes a dot that is in the directory only for no suffix",
    async (storage) => {
      const name = "dir.with.dots/plain";
      assert.equal(await storage.save(name, "first", { overwrite: false }), name);
      const second = await storage.save(name, "second", { overwrite: false });
      assert.match(second, /^dir\.with\.dots\/plain_[A-Za-z0-9]{7}$/);
      const cut = await storage.save("dir.with.dots/much-longer", "third", { maxLength: 23 });
      assert.match(cut, /^dir\.with\.dots\/m_[A-Za-z0-9]{7}$/);
      assert.deepEqual(await Promise.all([name, second, cut].map((one) => textOf(storage, one))), [
        "first",
        "second",
        "third",
      ]);
    },
  ],
  [
    "save() with overwrite false keeps every one of many files of the same name",
    async (storage) => {
      const contents = ["one", "two", "three", "four"];
      const names = await Promise.all(
        contents.map((content) => storage.save("dir/same.txt", content, { overwrite: false })),
      );
      assert.equal(new Set(names).size, contents.length, names.join());
      assert.deepEqual(await Promise.all(names.map((name) => textOf(storage, name))), contents);
    },
  ],
  [
    "save() shortens a name to maxLength, counted in characters with the directory",
    async (storage) => {
      const name = "dir/\u{1f600}234567890123456789.txt";
      assert.equal(await storage.save(name, "x", { maxLength: 28 }), name, "exactly maxLength stays");
      const shorter = await storage.save(`dir/${"y".repeat(60)}.txt`, "x", { maxLength: 28 });
      assert.ok(Array.from(shorter).length <= 28, shorter);
      assert.match(shorter, /^dir\/y+_[A-Za-z0-9]{7}\.txt$/);
      await assert.rejects(
        storage.save(`dir/a.${"suffix".repeat(5)}`, "x", { maxLength: 28 }),
        isSuspicious,
        "a suffix that leaves no room",
      );
    },
  ],
  [
    "save() refuses a name that some file system or server could not hold",
    async (storage) => {
      const tooLong = { code: "NameTooLong" };
      await assert.rejects(storage.save("ä".repeat(128), emptyFile), tooLong);
      await assert.rejects(storage.save(`${"directory/".repeat(110)}x`, emptyFile), tooLong);
      for (const name of ["ä".repeat(128), "directory/".repeat(110) + "x", "x".repeat(2000)]) {
        assert.equal(await storage.exists(name), false);
        await assert.rejects(storage.open(name), { code: "FileNotFound" });
        await storage.delete(name);
      }
      const longest = `${"ä".repeat(127)}x`;
      assert.equal(await storage.save(longest, emptyFile), longest);
    },
  ],
  [
    "url() never leads to another host, and path() stays inside",
    async (storage) => {
      const origin = await originOf(storage, "evil.example");
      for (const name of [
        "/evil.example",
        "///evil.example",
        "\\\\evil.example",
        "@evil.example",
        "https:/evil.example",
      ]) {
        assert.equal(await originOf(storage, name), origin, name);
      }
    },
  ],
];

function callsWith(storage: Storage, name: string): [method: string, call: () => Promise<unknown>][] {
  return [
    ["open", () => storage.open(name)],
    ["open to write", () => storage.open(name, "w")],
    ["delete", () => storage.delete(name)],
    ["exists", () => storage.exists(name)],
    ["listdir", () => storage.listdir(name)],
    ["size", () => storage.size(name)],
    ["modifiedTime", () => storage.modifiedTime(name)],
    ["getAvailableName", () => storage.getAvailableName(name)],
    ["generateFilename", async () => storage.generateFilename(`${name}/x`)],
  ];
}

/** The origin of a file's URL, or null where the storage has no URLs. */
async function originOf(storage: Storage, name: string): Promise<string | null> {
  let url: string;
  try {
    url = await storage.url(name);
  } catch (error) {
    assert.equal((error as { code?: string }).code, "NotImplemented");
    return null;
  }
  return new URL(url, "https://own.example/page").origin;
}
