/** The contract: files that are opened for writing. */

import assert from "node:assert/strict";
import type { ContractTest } from "../contract.ts";
import { allNames, patternBytes, textOf } from "./helpers.ts";

export const writerTests: readonly ContractTest[] = [
  [
    'open(name, "w") stores what was written when it is closed, and not before',
    async (storage) => {
      const file = await storage.open("deep/report.csv", "w");
      assert.equal(file.name, "deep/report.csv");
      await file.write("a,b\n");
      await file.write(new TextEncoder().encode("1,"));
      await file.write(new TextEncoder().encode("2\n").buffer);
      assert.equal(file.bytesWritten, 8);
      const early = await storage.open("deep/report.csv").catch(() => null);
      if (early !== null) assert.equal(await early.text(), "");
      await file.close();
      await file.close();
      assert.equal(await textOf(storage, "deep/report.csv"), "a,b\n1,2\n");
      await assert.rejects(file.write("late"), TypeError);
    },
  ],
  [
    'open(name, "w") replaces a file under exactly its name, also with less',
    async (storage) => {
      await storage.save("notes.txt", "something long");
      await using file = await storage.open("notes.txt", "w");
      await file.write("short");
      await file.close();
      assert.equal(await textOf(storage, "notes.txt"), "short");
      assert.deepEqual(await allNames(storage), ["notes.txt"]);
    },
  ],
  [
    "close() of an unwritten file makes an empty one, and leaves one that is there",
    async (storage) => {
      await (await storage.open("new.txt", "w")).close();
      assert.equal(await storage.size("new.txt"), 0);
      await storage.save("old.txt", "kept");
      await (await storage.open("old.txt", "w")).close();
      assert.equal(await textOf(storage, "old.txt"), "kept");
    },
  ],
  [
    "abort() stores nothing and leaves what was there",
    async (storage) => {
      await storage.save("old.txt", "kept");
      for (const name of ["old.txt", "new.txt"]) {
        const file = await storage.open(name, "w");
        await file.write("half");
        await file.abort();
        await assert.rejects(file.write("more"), TypeError);
      }
      assert.deepEqual(await allNames(storage), ["old.txt"]);
      assert.equal(await textOf(storage, "old.txt"), "kept");
    },
  ],
  [
    "writable() takes a stream",
    async (storage) => {
      const whole = Buffer.from(patternBytes(500_000));
      const file = await storage.open("piped.bin", "w");
      await new Blob([whole]).stream().pipeTo(file.writable());
      assert.ok(whole.equals(await (await storage.open("piped.bin")).bytes()));
    },
  ],
  [
    "a signal stops the writing and leaves what was there",
    async (storage) => {
      await storage.save("old.txt", "kept");
      const controller = new AbortController();
      const file = await storage.open("old.txt", "w", { signal: controller.signal });
      await file.write("half");
      controller.abort();
      await assert.rejects(file.close(), { name: "AbortError" });
      assert.equal(await textOf(storage, "old.txt"), "kept");
    },
  ],
];
