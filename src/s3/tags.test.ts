import assert from "node:assert/strict";
import { test } from "node:test";
import { S3Error } from "./errors.ts";
import { checkTags, maxObjectTags, parseTaggingHeader, taggingHeader } from "./tags.ts";

const plain = (tags: object): object => ({ ...tags });
const fails = (run: () => unknown, code: string, message: RegExp): void =>
  assert.throws(
    run,
    (error) => error instanceof S3Error && error.code === code && message.test(error.message),
  );

test("checkTags() takes letters of any script, numbers, spaces and + - = . _ : / @", () => {
  const pairs: [string, string][] = [
    ["Größe", "très bon"],
    ["__proto__", "x"],
    ["empty", ""],
    ["кошка:1", "a+b-c=d.e_f/g@h"],
  ];
  assert.deepEqual(Object.entries(checkTags(pairs.toReversed(), maxObjectTags)), pairs);
});

test("checkTags() refuses what S3 refuses, naming the tag", () => {
  fails(() => checkTags([["", "x"]], 10), "InvalidTag", /TagKey/);
  fails(() => checkTags([["a*", "x"]], 10), "InvalidTag", /TagKey/);
  fails(() => checkTags([["a", "x\n"]], 10), "InvalidTag", /TagValue/);
  fails(() => checkTags([["aws:a", "x"]], 10), "InvalidTag", /System tags/);
  fails(
    () =>
      checkTags(
        [
          ["a", "1"],
          ["a", "2"],
        ],
        10,
      ),
    "InvalidTag",
    /same key/,
  );
});

test("checkTags() counts UTF-16 code units: 128 of a key, 256 of a value", () => {
  assert.equal(Object.keys(checkTags([["k".repeat(128), "v".repeat(256)]], 10)).length, 1);
  fails(() => checkTags([["k".repeat(129), ""]], 10), "InvalidTag", /TagKey/);
  fails(() => checkTags([["k", "v".repeat(257)]], 10), "InvalidTag", /TagValue/);
  // U+20000 is a letter of two code units.
  assert.equal(Object.keys(checkTags([["\u{20000}".repeat(64), ""]], 10)).length, 1);
  fails(() => checkTags([["\u{20000}".repeat(65), ""]], 10), "InvalidTag", /TagKey/);
});

test("checkTags() takes as many tags as it is told and not one more", () => {
  const pairs = (count: number) => Array.from({ length: count }, (_, i): [string, string] => [`k${i}`, ""]);
  assert.equal(Object.keys(checkTags(pairs(10), 10)).length, 10);
  fails(() => checkTags(pairs(11), 10), "InvalidTag", /Object tags cannot be greater than 10/);
  fails(() => checkTags(pairs(51), 50), "InvalidTag", /Bucket tags cannot be greater than 50/);
});

test("parseTaggingHeader() reads a query, and what taggingHeader() wrote", () => {
  assert.deepEqual(plain(parseTaggingHeader("a=1&b=x+y%2Bz&c&d=")), { a: "1", b: "x y+z", c: "", d: "" });
  const tags = { "a b": "c&d=e", größe: "+" };
  // `&` is no character of a tag, so that one is compared by hand.
  assert.equal(taggingHeader(tags), "a%20b=c%26d%3De&gr%C3%B6%C3%9Fe=%2B");
  assert.deepEqual(plain(parseTaggingHeader("gr%C3%B6%C3%9Fe=%2B")), { größe: "+" });
  // The UTF-8 bytes as node reads a header that is not encoded.
  assert.deepEqual(plain(parseTaggingHeader(Buffer.from("größe=1").toString("latin1"))), { größe: "1" });
});

test("parseTaggingHeader() refuses a repeated key and bytes that are not UTF-8", () => {
  fails(() => parseTaggingHeader("a=1&a=2"), "InvalidArgument", /x-amz-tagging/);
  fails(() => parseTaggingHeader("a=%FF"), "InvalidArgument", /x-amz-tagging/);
  fails(() => parseTaggingHeader("a=%zz"), "InvalidArgument", /x-amz-tagging/);
  fails(() => parseTaggingHeader("=1"), "InvalidTag", /TagKey/);
});
