/** The contract: files that are opened, and what is told of them. */

import assert from "node:assert/strict";
import { FileNotFoundError, NotImplementedError, StorageError } from "../../storage/errors.ts";
import type { ContractTest } from "../contract.ts";
import { patternBytes, pieces } from "./helpers.ts";

export const fileTests: readonly ContractTest[] = [
  [
    "open() tells name, size, type and time",
    async (storage) => {
      const before = Date.now();
      const name = await storage.save("photos/cat.jpg", patternBytes(1000));
      await using file = await storage.open(name);
      assert.equal(file.name, "photos/cat.jpg");
      assert.equal(file.size, 1000);
      assert.equal(file.contentType, "image/jpeg");
      const { lastModified } = file;
      // S3 has whole seconds, and another machine's clock.
      assert.ok(Math.abs(lastModified.getTime() - before) < 60_000, lastModified.toISOString());
      assert.deepEqual(await storage.modifiedTime(name), lastModified);
    },
  ],
  [
    "open() gives a type by the name, and octet-stream where it says nothing",
    async (storage) => {
      for (const [name, type] of [
        ["page.html", "text/html"],
        ["backup.tar.gz", "application/gzip"],
        ["README", "application/octet-stream"],
        ["x.unknown-suffix", "application/octet-stream"],
      ] as const) {
        await storage.save(name, pieces("x"));
        await using file = await storage.open(name);
        assert.equal(file.contentType, type, name);
      }
    },
  ],
  [
    "open() reads several times, as text, bytes, Blob, stream and loop",
    async (storage) => {
      const name = await storage.save("notes.txt", "Grüße");
      await using file = await storage.open(name);
      assert.equal(await file.text(), "Grüße");
      assert.deepEqual(Buffer.from(await file.bytes()), Buffer.from("Grüße"));
      const blob = await file.blob();
      assert.equal(blob.type, "text/plain");
      assert.equal(await blob.text(), "Grüße");
      assert.equal(await new Response(file.stream()).text(), "Grüße");
      let size = 0;
      for await (const chunk of file) size += chunk.length;
      assert.equal(size, 7);
    },
  ],
  [
    "open() reads ranges, at once and in any order",
    async (storage) => {
      const whole = Buffer.from(patternBytes(300_000));
      const name = await storage.save("range.bin", whole);
      for (const lazy of [false, true]) {
        await using file = await storage.open(name, "r", { lazy });
        const ranges = [
          { start: 299_999 },
          { end: 1 },
          { start: 100_000, end: 200_000 },
          { start: 5, end: 5 },
          {},
        ];
        const read = await Promise.all(ranges.map((range) => file.bytes(range)));
        for (const [index, { start, end }] of ranges.entries()) {
          assert.ok(whole.subarray(start, end).equals(read[index]!), `${start} to ${end}`);
        }
        assert.throws(() => file.stream({ start: 0, end: 300_001 }), RangeError);
        assert.throws(() => file.stream({ start: 2, end: 1 }), RangeError);
      }
    },
  ],
  [
    "open() gives what it opened, or an error, but no mixture with what replaced it",
    async (storage) => {
      await write("old content");
      const opened = await Promise.all([false, true].map((lazy) => storage.open("swap.txt", "r", { lazy })));
      await write("new content, longer");
      for (const file of opened) {
        for (let time = 0; time < 2; time++) {
          const read = await file.text().catch((error: unknown) => error);
          if (read instanceof StorageError) assert.equal(read.code, "FileChanged");
          else assert.equal(read, "old content");
        }
        await file.close();
      }

      async function write(text: string): Promise<void> {
        await using file = await storage.open("swap.txt", "w");
        await file.write(text);
      }
    },
  ],
  [
    "close() ends a file, also one that was not read",
    async (storage) => {
      const name = await storage.save("closed.txt", "x");
      const file = await storage.open(name);
      await file.close();
      await file.close();
      assert.equal(file.closed, true);
      await assert.rejects(file.text(), TypeError);
      const left = await storage.open(name);
      for await (const _ of left) break;
      await left.stream().cancel();
      await left.close();
    },
  ],
  [
    "what is not there is a FileNotFoundError with its name",
    async (storage) => {
      await storage.save("directory/file.txt", "x");
      for (const name of ["missing.txt", "directory", "directory/file.txt/below", "directory/file"]) {
        const isMissing = (error: unknown): boolean =>
          error instanceof FileNotFoundError && error.file === name;
        await assert.rejects(storage.open(name), isMissing, name);
        await assert.rejects(storage.open(name, "r", { lazy: true }), isMissing, name);
        await assert.rejects(storage.size(name), isMissing, name);
        await assert.rejects(storage.modifiedTime(name), isMissing, name);
      }
    },
  ],
  [
    "createdTime(), accessedTime(), path() and url() answer, or say that the backend has none",
    async (storage) => {
      const name = await storage.save("times.txt", "x");
      for (const call of [
        () => storage.createdTime(name),
        () => storage.accessedTime(name),
        async () => storage.path(name),
        () => storage.url(name),
      ]) {
        const answer = await call().catch((error: unknown) => error);
        const known = answer instanceof Date ? Math.abs(answer.getTime() - Date.now()) < 60_000 : answer;
        assert.ok(
          known === true || typeof known === "string" || known instanceof NotImplementedError,
          String(answer),
        );
      }
    },
  ],
  [
    "open() refuses other modes than r and w",
    async (storage) => {
      await storage.save("mode.txt", "x");
      await assert.rejects(storage.open("mode.txt", "a" as "r"), /"a".*"r" or "w"/);
    },
  ],
];
