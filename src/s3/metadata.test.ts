import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { checkMetadataSize, readMetadata, writeMetadata } from "./metadata.ts";

/** A text as it arrives when a client sends its UTF-8 bytes. */
const bytes = (text: string): string => Buffer.from(text).toString("latin1");

test("readMetadata() takes the x-amz-meta- headers, names in lower case, values trimmed", () => {
  assert.deepEqual(
    readMetadata({
      "content-type": "text/plain",
      "x-amz-meta-meta1": " first value ",
      "X-Amz-Meta-Other": "ignored: names are lower-case by contract",
      "x-amz-meta-a_b.c-d": "",
      "x-amz-meta-": "nameless",
    }),
    { meta1: "first value", "a_b.c-d": "" },
  );
});

test("readMetadata() reads raw UTF-8, latin1 and both encodings of RFC 2047", () => {
  const read = (value: string): string | undefined => readMetadata({ "x-amz-meta-m": value })["m"];
  assert.equal(read(bytes("ÄMÄZÕÑ S3")), "ÄMÄZÕÑ S3");
  assert.equal(read("Hello World\xe9"), "Hello Worldé");
  assert.equal(read("=?UTF-8?B?w4RNw4Raw5XDkSBTMw==?="), "ÄMÄZÕÑ S3");
  assert.equal(read("=?utf-8?q?caf=C3=A9_au_lait?="), "café au lait");
  assert.equal(read("=?ISO-8859-1?Q?caf=E9?="), "café");
  assert.equal(read("=?UTF-8?B?Y2Fm?= =?UTF-8?B?w6k=?= x"), "café x");
  assert.equal(read("=?UTF-8*en?Q?a?="), "a");
});

test("readMetadata() leaves what only looks like RFC 2047", () => {
  for (const value of [
    "=?UTF-8?B?!!!?=",
    "=?UTF-8?X?abc?=",
    "=?koi8-r?Q?abc?=",
    "=?UTF-8?Q?=G1?=",
    "a =? b ?=",
    "caf%C3%A9",
  ]) {
    assert.equal(readMetadata({ "x-amz-meta-m": value })["m"], value);
  }
});

test("writeMetadata() sends printable ASCII as it is and the rest as one encoded word", () => {
  assert.deepEqual(writeMetadata({ Town: "Köln", plain: "50% =? ?= off", empty: "" }), {
    "x-amz-meta-town": "=?UTF-8?B?S8O2bG4=?=",
    "x-amz-meta-plain": "50% =? ?= off",
    "x-amz-meta-empty": "",
  });
  // Neither may end the header, vanish by trimming, or be decoded on the other side.
  assert.equal(writeMetadata({ m: "a\r\nx-evil: 1" })["x-amz-meta-m"], "=?UTF-8?B?YQ0KeC1ldmlsOiAx?=");
  assert.equal(writeMetadata({ m: " a" })["x-amz-meta-m"], "=?UTF-8?B?IGE=?=");
  assert.match(writeMetadata({ m: "=?UTF-8?B?YQ==?=" })["x-amz-meta-m"] ?? "", /^=\?UTF-8\?B\?PT9/);
});

test("writeMetadata() refuses a name that no header can have", () => {
  for (const name of ["", "a b", "a:b", "é", "a\n"])
    assert.throws(() => writeMetadata({ [name]: "" }), TypeError);
});

test("readMetadata() reads what writeMetadata() wrote", () => {
  const name = fc.stringMatching(/^[a-z0-9_.~-]{1,10}$/);
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.string({ unit: "binary", maxLength: 40 }), { maxKeys: 3 }),
      (metadata) => {
        assert.deepEqual(readMetadata(writeMetadata(metadata)), { ...metadata });
      },
    ),
  );
});

test("readMetadata() keeps names that JavaScript has a use for", () => {
  const metadata = readMetadata(JSON.parse('{"x-amz-meta-__proto__":"a","x-amz-meta-constructor":"b"}'));
  assert.deepEqual(Object.entries(metadata), [
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
  assert.equal(Object.keys(writeMetadata(metadata)).length, 2);
});

test("checkMetadataSize() measures names and values in bytes of UTF-8, 2,048 at most", () => {
  checkMetadataSize({ a: "x".repeat(2047) });
  assert.throws(() => checkMetadataSize({ ab: "x".repeat(2047) }), {
    code: "MetadataTooLarge",
    details: { Size: "2049", MaxSizeAllowed: "2048" },
  });
  assert.throws(() => checkMetadataSize({ a: "é".repeat(1024) }), { code: "MetadataTooLarge" });
});
