import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { bucketNameFault, checkBucketName, checkKey, compareKeys, decodeKey } from "./keys.ts";

test("decodeKey() normalises nothing", () => {
  for (const key of ["", ".", "..", "a//b", "/a", "a/", "a/../b", "a+b", "./", "C:\\x", "~!*'()", "007"]) {
    assert.equal(decodeKey(key), key);
  }
  assert.equal(decodeKey("%2e%2E/%2F%2f"), "..///");
  assert.equal(decodeKey("a%2Bb%20c%25"), "a+b c%");
});

test("decodeKey() reads UTF-8, escaped or as bytes", () => {
  assert.equal(decodeKey("caf%C3%A9"), "café");
  assert.equal(decodeKey("caf\u00c3\u00a9"), "café");
  assert.equal(decodeKey("%F0%9F%98%80\u00f0\u009f\u0098\u0080"), "😀😀");
  assert.equal(decodeKey("%EF%BB%BFa"), "\uFEFFa");
});

test("decodeKey() refuses NUL, broken escapes and what is not UTF-8", () => {
  const raw = [
    "a%00b",
    "%",
    "a%2",
    "%zz",
    "%FF",
    "\u00ff",
    "%C3",
    "%C0%AF",
    "%ED%A0%80",
    "%F4%90%80%80",
    "\0",
  ];
  for (const key of raw) assert.throws(() => decodeKey(key), { code: "InvalidURI" }, key);
});

test("decodeKey() counts bytes, not characters", () => {
  assert.equal(decodeKey("a".repeat(1024)).length, 1024);
  assert.equal(decodeKey("%C3%A9".repeat(512)).length, 512);
  for (const key of ["a".repeat(1025), `${"%C3%A9".repeat(512)}a`, "%F0%9F%98%80".repeat(257)]) {
    assert.throws(() => decodeKey(key), { code: "KeyTooLongError" });
  }
  assert.throws(() => decodeKey("%C3%A9".repeat(600)), {
    details: { Size: "1200", MaxSizeAllowed: "1024" },
  });
});

test("decodeKey() takes back every key that was percent-encoded", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (key) => {
      fc.pre(!key.includes("\0"));
      assert.equal(decodeKey(encodeURIComponent(key)), key);
      assert.equal(decodeKey(Buffer.from(key.replaceAll("%", "%25")).toString("latin1")), key);
    }),
  );
});

test("checkKey() refuses the empty key, NUL, lone surrogates and 1,025 bytes", () => {
  checkKey("😀".repeat(256));
  for (const key of ["", "a\0b", "\ud83d", "a\ude00b"]) {
    assert.throws(() => checkKey(key), { code: "InvalidArgument" });
  }
  assert.throws(() => checkKey(`${"😀".repeat(256)}a`), { code: "KeyTooLongError" });
});

test("compareKeys() orders by bytes of UTF-8", () => {
  const keys = ["a/", "a", "a.b/", "\u{10000}", "\uFFFD", "\uE000", "\u{10FFFF}", "é", "z", "", "a!"];
  assert.deepEqual(keys.sort(compareKeys), [
    "",
    "a",
    "a!",
    "a.b/",
    "a/",
    "z",
    "é",
    "\uE000",
    "\uFFFD",
    "\u{10000}",
    "\u{10FFFF}",
  ]);
  const text = fc.string({ unit: "binary", maxLength: 6 });
  fc.assert(
    fc.property(text, text, text, (prefix, a, b) => {
      const expected = Buffer.compare(Buffer.from(prefix + a), Buffer.from(prefix + b));
      assert.equal(Math.sign(compareKeys(prefix + a, prefix + b)), expected);
    }),
  );
});

test("checkBucketName() takes names by the rules of DNS", () => {
  for (const name of ["abc", "a".repeat(63), "0-9", "my.bucket", "a--b", "1.2.3", "1.2.3.4.5", "3dgames"]) {
    assert.equal(bucketNameFault(name), null, name);
  }
});

test("checkBucketName() refuses every other name", () => {
  const names = [
    "",
    "ab",
    "a".repeat(64),
    "Abc",
    "a_b",
    "foo_bar",
    "-abc",
    "abc-",
    ".abc",
    "abc.",
    "a..b",
    "foo.-bar",
    "foo-.bar",
    "192.168.5.123",
    "xn--abc",
    "sthree-abc",
    "amzn-s3-demo-abc",
    "abc-s3alias",
    "abc--ol-s3",
    "abc.mrap",
    "abc--x-s3",
    "abc--table-s3",
    "a b",
    "a/b",
    "abc\n",
    "münchen",
    "_stowage",
    "../etc",
  ];
  for (const name of names) {
    assert.throws(
      () => checkBucketName(name),
      { code: "InvalidBucketName", details: { BucketName: name } },
      name,
    );
  }
});
