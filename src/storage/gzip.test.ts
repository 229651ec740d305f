import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { compressed, decompressed, sizeFromTrailer, trailerBytes } from "./gzip.ts";

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of source) all.push(piece);
  return Buffer.concat(all);
}

test("compressed() has neither time nor system in it, so that the same content gives the same bytes", async () => {
  const once = await collect(compressed(pieces("body {", " color: red }")));
  // RFC 1952: magic, deflate, no flags, no time, best compression, unknown system.
  assert.equal(once.subarray(0, 10).toString("hex"), "1f8b08000000000002ff");
  assert.ok(once.equals(await collect(compressed(pieces("body { color: red }")))));
  assert.equal(gunzipSync(once).toString(), "body { color: red }");
  assert.equal(sizeFromTrailer(once.subarray(-trailerBytes)), 19);
});

test("decompressed() gives any range", async () => {
  const whole = "0123456789".repeat(20_000);
  const packed = await collect(compressed(pieces(whole)));
  for (const [start, end] of [
    [0, 200_000],
    [0, 1],
    [123_456, 123_460],
    [199_999, 200_000],
  ] as const) {
    const source = (async function* () {
      yield packed;
    })();
    assert.equal((await collect(decompressed(source, { start, end }))).toString(), whole.slice(start, end));
  }
});

test("compressed() and decompressed() surface what their source throws", async () => {
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from("begun");
    throw new Error("the source broke");
  };
  await assert.rejects(collect(compressed(broken())), /the source broke/);
  await assert.rejects(
    collect(decompressed(pieces("no gzip at all"), { start: 0, end: 5 })),
    /incorrect header/,
  );
});
