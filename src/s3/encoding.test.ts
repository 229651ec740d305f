import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { canonicalPath, canonicalQuery, queryPairs, uriEncode } from "./encoding.ts";

test("uriEncode() encodes every byte that is not unreserved", () => {
  assert.equal(uriEncode("AZaz09-._~"), "AZaz09-._~");
  assert.equal(uriEncode("a b+c!'()*/é😀"), "a%20b%2Bc%21%27%28%29%2A%2F%C3%A9%F0%9F%98%80");
  assert.equal(uriEncode("a b/(1)", { slash: false }), "a%20b/%281%29");
});

test("uriEncode() refuses a surrogate without its other half", () => {
  assert.throws(() => uriEncode("\ud800"), URIError);
});

test("canonicalPath() decodes and encodes once, and does not normalise", () => {
  assert.equal(canonicalPath(""), "/");
  assert.equal(canonicalPath("/a//b/./../c/"), "/a//b/./../c/");
  assert.equal(canonicalPath("/test$file.text"), "/test%24file.text");
  assert.equal(canonicalPath("/a%2fb%2Fc"), "/a/b/c");
  assert.equal(canonicalPath("/a+b%20c%2B"), "/a%2Bb%20c%2B");
  assert.equal(canonicalPath("/%7e%41!'()*"), "/~A%21%27%28%29%2A");
  assert.equal(canonicalPath("/%252F"), "/%252F");
  assert.equal(canonicalPath("/%c3%a9\u00c3\u00a9"), "/%C3%A9%C3%A9");
  assert.equal(canonicalPath("/100%/%zz/%4"), "/100%25/%25zz/%254");
});

test("canonicalPath() refuses text that is not bytes", () => {
  assert.throws(() => canonicalPath("/\u1234"), TypeError);
});

test("canonicalQuery() sorts by encoded name, then by value", () => {
  assert.equal(canonicalQuery("b=2&a=1&B=3"), "B=3&a=1&b=2");
  assert.equal(canonicalQuery("a=2&a-b=0&a=10&a="), "a=&a=10&a=2&a-b=0");
  // U+00E9 is %C3…, which sorts before every letter.
  assert.equal(canonicalQuery("a=1&%c3%a9=2"), "%C3%A9=2&a=1");
});

test("canonicalQuery() takes `key` for `key=` and `+` for a space", () => {
  assert.equal(canonicalQuery("acl"), "acl=");
  assert.equal(canonicalQuery("uploads&prefix=a+b%2Bc/d"), "prefix=a%20b%2Bc%2Fd&uploads=");
  assert.equal(canonicalQuery("a=b=c&&"), "a=b%3Dc");
  assert.equal(canonicalQuery(""), "");
});

test("canonicalQuery() leaves one name out, however it is encoded", () => {
  assert.equal(canonicalQuery("X-Amz-Signature=1&a=1&X%2DAmz-Signature=2", "X-Amz-Signature"), "a=1");
});

test("queryPairs() decodes to bytes, in order", () => {
  assert.deepEqual(queryPairs("b=%c3%a9+%2B&a&b=%zz="), [
    ["b", "\u00c3\u00a9 +"],
    ["a", ""],
    ["b", "%zz="],
  ]);
});

test("canonicalPath() finds what uriEncode() made canonical already", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (key) => {
      const path = `/${uriEncode(key, { slash: false })}`;
      assert.equal(canonicalPath(path), path);
      assert.equal(decodeURIComponent(path), `/${key}`);
    }),
  );
});

test("canonicalQuery() does not depend on the order of different names", () => {
  const names = fc.uniqueArray(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(names, fc.infiniteStream(fc.string({ unit: "binary" })), (keys, values) => {
      const pairs = keys.map((key) => `${uriEncode(key)}=${uriEncode(values.next().value as string)}`);
      assert.equal(canonicalQuery(pairs.toReversed().join("&")), canonicalQuery(pairs.join("&")));
      assert.equal(canonicalQuery(canonicalQuery(pairs.join("&"))), canonicalQuery(pairs.join("&")));
    }),
  );
});
