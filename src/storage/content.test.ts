import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { test } from "node:test";
import { ContentSource } from "./content.ts";

async function collect(source: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test("ContentSource.head() reads ahead, answers the same again, and the iteration begins with it", async () => {
  const source = new ContentSource(Readable.from(["abc", "def", "ghi"]));
  for (let time = 0; time < 2; time++) {
    const { bytes, whole } = await source.head(4);
    assert.equal(Buffer.from(bytes).toString(), "abcdef");
    assert.equal(whole, false);
  }
  assert.equal(await collect(source), "abcdefghi");
  await assert.rejects(collect(source), /read already/);
});

test("ContentSource.head() says when that was all, also at exactly the limit", async () => {
  for (const content of ["abcd", new Blob(["abcd"]), Readable.from(["ab", "cd"])]) {
    const source = new ContentSource(content);
    const { bytes, whole } = await source.head(4);
    assert.equal(Buffer.from(bytes).toString(), "abcd");
    assert.equal(whole, true);
    assert.equal(await collect(source), "abcd");
  }
});

test("ContentSource knows name, type and size where the content does", async () => {
  const file = new ContentSource(new File(["abc"], "a.txt", { type: "text/plain" }));
  assert.deepEqual([file.name, file.contentType, file.size], ["a.txt", "text/plain", 3]);
  const stream = createReadStream(import.meta.filename);
  assert.equal(new ContentSource(stream).name, "content.test.js");
  stream.destroy();
  const text = new ContentSource("ä");
  assert.deepEqual([text.name, text.contentType, text.size], [undefined, undefined, 2]);
});

test("ContentSource lets go of a stream that is not read to its end", async () => {
  const node = Readable.from(["a", "b", "c"]);
  for await (const _ of new ContentSource(node)) break;
  assert.equal(node.destroyed, true);

  let reason: unknown;
  const web = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel: (why) => {
      reason = why;
    },
  });
  const source = new ContentSource(web);
  await source.head(0);
  source.release("enough");
  assert.equal(reason, "enough");
});

test("ContentSource leaves a loop and destroys a Node stream that is stuck when its signal is aborted", async () => {
  const controller = new AbortController();
  const stuck = new Readable({ read: () => {} });
  const source = new ContentSource(stuck, { signal: controller.signal });
  setTimeout(() => controller.abort(), 5);
  await assert.rejects(collect(source), { name: "AbortError" });
  assert.equal(stuck.destroyed, true);
});

test("ContentSource takes a File of another implementation", async () => {
  const file = new File(["abc"], "a.txt", { type: "text/plain" });
  const foreign = {
    name: file.name,
    type: file.type,
    size: file.size,
    stream: () => file.stream(),
    [Symbol.toStringTag]: "File",
  };
  const source = new ContentSource(foreign as unknown as File);
  assert.deepEqual([source.name, source.contentType, source.size], ["a.txt", "text/plain", 3]);
  assert.equal(await collect(source), "abc");
});

test("ContentSource has what a program has written that ended before anybody read", async () => {
  const program = spawn(process.execPath, ["--eval", "process.stdout.write('late')"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const source = new ContentSource(program.stdout);
  // Node lets go of output that nobody wants when the program has ended.
  await once(program, "exit");
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await collect(source), "late");
});

test("ContentSource leaves a Node stream as it was where it is released unread", async () => {
  const stream = Readable.from(["a", "b"]);
  new ContentSource(stream).release();
  assert.equal(stream.listenerCount("readable"), 0);
  assert.equal(await collect(new ContentSource(Readable.from(await stream.toArray()))), "ab");
});

test("ContentSource refuses a Node stream that was read to its end, and takes one that is empty", async () => {
  const stream = Readable.from(["a"]);
  await stream.toArray();
  assert.throws(() => new ContentSource(stream), /This stream was read already/);
  assert.equal(await collect(new ContentSource(Readable.from([]))), "");
});
