import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { acceptedEncodings, compressed, encodings, isCompressible } from "./compress.ts";

const names = (header: string | null): string[] => acceptedEncodings(header).map(({ name }) => name);

test("acceptedEncodings() reads weights, stars and refusals", () => {
  assert.deepEqual(names("gzip, deflate, br"), ["br", "gzip"]);
  assert.deepEqual(names("br;q=0, gzip;q=0.1"), ["gzip"]);
  assert.deepEqual(names("*"), ["br", "gzip"]);
  assert.deepEqual(names("*;q=0, GZIP"), ["gzip"]);
  assert.deepEqual(names("identity"), []);
  assert.deepEqual(names(null), []);
});

test("compressed() gives variants that read back, and none that do not pay", async () => {
  const text = Buffer.from("static files ".repeat(100));
  const [br, gz] = await Promise.all(encodings.map((encoding) => compressed(text, encoding)));
  assert.deepEqual(brotliDecompressSync(br!), text);
  assert.deepEqual(gunzipSync(gz!), text);
  assert.equal(await compressed(br!, encodings[1]!), null);
});

test("isCompressible() knows texts by their suffix", () => {
  assert.ok(isCompressible("a.css", 1000));
  assert.ok(isCompressible("a.SVG", 1000));
  assert.ok(!isCompressible("a.css", 100));
  assert.ok(!isCompressible("a.png", 1000));
  assert.ok(!isCompressible("a.woff2", 1000));
});
