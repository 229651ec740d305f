/** The contract: contents that are stored. */

import assert from "node:assert/strict";
import { Readable } from "node:stream";
import type { Content } from "../../storage/content.ts";
import type { ContractTest } from "../contract.ts";
import { allNames, emptyFile, patternBytes, pieces, textOf } from "./helpers.ts";

const text = "Grüße, \u{1f600}";
const bytes = new TextEncoder().encode(text);

/** The same content in every form. */
const forms: readonly (readonly [form: string, make: () => Content])[] = [
  ["a string", () => text],
  ["a Uint8Array", () => bytes],
  ["a Buffer", () => Buffer.from(bytes)],
  ["part of a larger buffer", () => Buffer.concat([Buffer.from("before"), bytes]).subarray(6)],
  ["an ArrayBuffer", () => bytes.slice().buffer],
  ["a DataView", () => new DataView(bytes.slice().buffer)],
  ["a Blob", () => new Blob([bytes])],
  ["a File", () => new File([bytes], "own.txt")],
  ["a web stream", () => new Blob([bytes]).stream()],
  ["a Node stream", () => Readable.from([bytes.subarray(0, 3), bytes.subarray(3)])],
  ["a Node stream of text", () => Readable.from([text.slice(0, 3), text.slice(3)])],
  ["an async iterable", () => pieces(bytes.subarray(0, 5), new Uint8Array(0), bytes.subarray(5))],
];

async function* failing(): AsyncGenerator<string> {
  yield "begun";
  throw new Error("the source broke");
}

export const contentTests: readonly ContractTest[] = [
  [
    "save() stores the same from every form of content",
    async (storage) => {
      for (const [form, make] of forms) {
        const name = await storage.save("form.txt", make());
        assert.equal(await textOf(storage, name), text, form);
        assert.equal(await storage.size(name), bytes.length, form);
      }
    },
  ],
  [
    "save() stores an empty content",
    async (storage) => {
      for (const content of [emptyFile, new Blob([]), pieces<Uint8Array>()]) {
        const name = await storage.save("empty.txt", content);
        assert.equal(await storage.size(name), 0);
        assert.equal(await textOf(storage, name), "");
      }
    },
  ],
  [
    "save() stores a StorageFile and leaves it open",
    async (storage) => {
      await storage.save("original.txt", text);
      const original = await storage.open("original.txt");
      const copy = await storage.save("directory/copy.txt", original);
      assert.equal(copy, "directory/copy.txt");
      assert.equal(await textOf(storage, copy), text);
      assert.equal(original.closed, false);
      assert.equal(await original.text(), text);
      await original.close();
    },
  ],
  [
    "save() stores many pieces in their order",
    async (storage) => {
      const whole = patternBytes(1_000_003);
      const cut = (async function* () {
        for (let at = 0; at < whole.length; at += 8191) yield whole.subarray(at, at + 8191);
      })();
      const name = await storage.save("large.bin", cut);
      const file = await storage.open(name);
      assert.ok(Buffer.from(whole).equals(await file.bytes()));
      await file.close();
    },
  ],
  [
    "save() refuses what is no content",
    async (storage) => {
      for (const content of [undefined, null, 7, { a: 1 }, pieces(7)]) {
        await assert.rejects(storage.save("x.txt", content as unknown as Content), TypeError);
      }
      assert.deepEqual(await allNames(storage), []);
    },
  ],
  [
    "save() surfaces a failing source and leaves nothing",
    async (storage) => {
      await assert.rejects(storage.save("a/broken.txt", failing()), /the source broke/);
      await assert.rejects(storage.save("a/broken.txt", Readable.from(failing())), /the source broke/);
      assert.equal(await storage.exists("a/broken.txt"), false);
      assert.deepEqual(await allNames(storage), []);
    },
  ],
  [
    "save() stops when its signal is aborted, and leaves nothing",
    async (storage) => {
      await assert.rejects(storage.save("x.txt", "x", { signal: AbortSignal.abort() }), {
        name: "AbortError",
      });
      const controller = new AbortController();
      const stuck = new ReadableStream<Uint8Array>({
        pull: (stream) => {
          stream.enqueue(bytes);
          if (!controller.signal.aborted) setTimeout(() => controller.abort(), 10);
          return new Promise(() => {});
        },
      });
      await assert.rejects(storage.save("stuck.txt", stuck, { signal: controller.signal }), {
        name: "AbortError",
      });
      const slow = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
      // The timer of a signal alone does not keep a process alive.
      const alive = setTimeout(() => {}, 5000);
      await assert.rejects(storage.save("slow.txt", slow, { signal: AbortSignal.timeout(10) }), {
        name: "TimeoutError",
      });
      clearTimeout(alive);
      assert.deepEqual(await allNames(storage), []);
    },
  ],
  [
    "save() lets saves of one name at the same time all survive, or the last of them",
    async (storage) => {
      const contents = Array.from({ length: 8 }, (_, index) => `content ${index}`);
      const names = await Promise.all(contents.map((content) => storage.save("same.txt", pieces(content))));
      const different = new Set(names).size;
      if (different === 1) {
        assert.ok(contents.includes(await textOf(storage, "same.txt")));
        return;
      }
      assert.equal(different, contents.length);
      const stored = await Promise.all(names.map((name) => textOf(storage, name)));
      assert.deepEqual(stored, contents);
      assert.ok(names.includes("same.txt"));
    },
  ],
];
