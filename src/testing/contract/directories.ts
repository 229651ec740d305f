/** The contract: directories, which are there as long as something is in them. */

import assert from "node:assert/strict";
import type { Storage } from "../../storage/storage.ts";
import type { ContractTest } from "../contract.ts";
import { allNames, isSuspicious } from "./helpers.ts";

const tree = ["foo/a.txt", "foo/deep/er/b.txt", "foobar/c.txt", "foo.txt", "top.txt"];

async function plant(storage: Storage): Promise<void> {
  for (const name of tree) await storage.save(name, name);
}

export const directoryTests: readonly ContractTest[] = [
  [
    "exists() is true for files and for directories with something in them",
    async (storage) => {
      assert.equal(await storage.exists(""), false);
      await plant(storage);
      for (const name of [
        "top.txt",
        "foo",
        "foo/",
        "foo/deep",
        "foo/deep/er/b.txt",
        "foo\\deep",
        "",
        "/",
        ".",
      ]) {
        assert.equal(await storage.exists(name), true, name);
      }
      for (const name of [
        "fo",
        "foob",
        "top",
        "foo/b.txt",
        "TOP.TXT2",
        "top.txt/",
        "top.txt/x",
        "foo/deep/e",
      ]) {
        assert.equal(await storage.exists(name), false, name);
      }
    },
  ],
  [
    "listdir() gives directories and files of the root and below, by name",
    async (storage) => {
      await plant(storage);
      for (const root of ["", "/", ".", "///"]) {
        assert.deepEqual(await storage.listdir(root), [
          ["foo", "foobar"],
          ["foo.txt", "top.txt"],
        ]);
      }
      for (const foo of ["foo", "foo/", "./foo"]) {
        assert.deepEqual(await storage.listdir(foo), [["deep"], ["a.txt"]]);
      }
      assert.deepEqual(await storage.listdir("foo/deep"), [["er"], []]);
    },
  ],
  [
    "listdir() gives nothing for what is no directory",
    async (storage) => {
      await plant(storage);
      for (const name of ["missing", "fo", "top.txt", "top.txt/below"]) {
        assert.deepEqual(await storage.listdir(name), [[], []], name);
      }
    },
  ],
  [
    "delete() removes a file, and nothing beside it",
    async (storage) => {
      await plant(storage);
      await storage.delete("foo.txt");
      await storage.delete("foo/deep/er/b.txt");
      assert.deepEqual(await allNames(storage), ["foo/a.txt", "foobar/c.txt", "top.txt"]);
    },
  ],
  [
    "delete() removes a directory with all that is in it, and no sibling",
    async (storage) => {
      await plant(storage);
      await storage.delete("foo");
      assert.deepEqual(await allNames(storage), ["foo.txt", "foobar/c.txt", "top.txt"]);
      assert.equal(await storage.exists("foo"), false);
      assert.deepEqual(await storage.listdir("foo"), [[], []]);
      await storage.delete("foobar/");
      assert.deepEqual(await allNames(storage), ["foo.txt", "top.txt"]);
    },
  ],
  [
    "delete() that is not recursive removes a file alone",
    async (storage) => {
      await plant(storage);
      for (const name of ["foo", "foobar/", "foo/deep", "missing", "missing/deep.txt", "top.txt/"]) {
        await storage.delete(name, { recursive: false });
      }
      assert.deepEqual(await allNames(storage), tree.slice().sort());
      await storage.delete("foo.txt", { recursive: false });
      assert.deepEqual(await allNames(storage), [
        "foo/a.txt",
        "foo/deep/er/b.txt",
        "foobar/c.txt",
        "top.txt",
      ]);
    },
  ],
  [
    "delete() of what is not there is no error",
    async (storage) => {
      await plant(storage);
      for (const name of ["missing", "missing/deep.txt", "top.txt/", "top.txt/below", "fo", "foo/deep/e"]) {
        await storage.delete(name);
      }
      assert.deepEqual(await allNames(storage), tree.slice().sort());
    },
  ],
  [
    "delete() refuses the root",
    async (storage) => {
      await plant(storage);
      for (const name of ["", "/", ".", "./", "//", "foo/..", "\\"]) {
        await assert.rejects(storage.delete(name), isSuspicious, name);
      }
      assert.deepEqual(await allNames(storage), tree.slice().sort());
    },
  ],
];
