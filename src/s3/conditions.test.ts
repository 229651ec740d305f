import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkCopyConditions,
  checkReadConditions,
  checkWriteConditions,
  parseDeleteConditions,
  hasETag,
  ifRangeHolds,
  parseWriteConditions,
} from "./conditions.ts";

const object = { etag: "abc", lastModifiedMs: Date.UTC(2013, 4, 24, 0, 0, 0, 900) };
const before = "Thu, 23 May 2013 00:00:00 GMT";
const same = "Fri, 24 May 2013 00:00:00 GMT";
const after = "Sat, 25 May 2013 00:00:00 GMT";

const proceeds = (headers: Record<string, string>): void =>
  assert.equal(checkReadConditions(headers, object), "proceed");
const isNotModified = (headers: Record<string, string>): void =>
  assert.equal(checkReadConditions(headers, object), "not-modified");
const fails = (headers: Record<string, string>, condition: string): void =>
  assert.throws(() => checkReadConditions(headers, object), {
    code: "PreconditionFailed",
    details: { Condition: condition },
  });

test("checkReadConditions() compares ETags, with or without quotes, in lists and as *", () => {
  proceeds({});
  proceeds({ "if-match": '"abc"' });
  proceeds({ "if-match": "abc" });
  proceeds({ "if-match": '"x", "abc"' });
  proceeds({ "if-match": "*" });
  fails({ "if-match": '"ABC"' }, "If-Match");
  fails({ "if-match": '"x","y"' }, "If-Match");
  fails({ "if-match": "" }, "If-Match");
  isNotModified({ "if-none-match": '"x", "abc"' });
  isNotModified({ "if-none-match": "*" });
  isNotModified({ "if-none-match": 'W/"abc"' });
  proceeds({ "if-none-match": '"x"' });
  // A weak ETag is none that If-Match can hold for.
  fails({ "if-match": 'W/"abc"' }, "If-Match");
});

test("checkReadConditions() compares dates by the second and ignores what is no date", () => {
  isNotModified({ "if-modified-since": same });
  isNotModified({ "if-modified-since": after });
  proceeds({ "if-modified-since": before });
  proceeds({ "if-unmodified-since": same });
  proceeds({ "if-unmodified-since": after });
  fails({ "if-unmodified-since": before }, "If-Unmodified-Since");
  proceeds({ "if-modified-since": "soon" });
  proceeds({ "if-unmodified-since": "soon" });
});

test("checkReadConditions() lets an ETag beat a date", () => {
  proceeds({ "if-match": '"abc"', "if-unmodified-since": before });
  proceeds({ "if-none-match": '"x"', "if-modified-since": after });
  isNotModified({ "if-none-match": '"abc"', "if-modified-since": before });
  fails({ "if-match": '"x"', "if-none-match": '"abc"' }, "If-Match");
  isNotModified({ "if-match": '"abc"', "if-none-match": '"abc"' });
  isNotModified({ "if-match": '"abc"', "if-modified-since": same });
});

test("checkCopyConditions() fails where a read would not be modified, and reads its own headers only", () => {
  checkCopyConditions({ "if-match": '"x"', "x-amz-copy-source-if-match": "abc" }, object);
  checkCopyConditions(
    { "x-amz-copy-source-if-none-match": '"x"', "x-amz-copy-source-if-modified-since": after },
    object,
  );
  for (const [name, value] of [
    ["if-match", '"x"'],
    ["if-none-match", '"abc"'],
    ["if-modified-since", same],
    ["if-unmodified-since", before],
  ] as const) {
    assert.throws(() => checkCopyConditions({ [`x-amz-copy-source-${name}`]: value }, object), {
      code: "PreconditionFailed",
    });
  }
});

test("parseWriteConditions() takes * or one ETag", () => {
  assert.deepEqual(parseWriteConditions({}), {});
  assert.deepEqual(parseWriteConditions({ "if-match": '"abc"', "if-none-match": "*" }), {
    ifMatch: "abc",
    ifNoneMatch: "*",
  });
  assert.deepEqual(parseWriteConditions({ "if-none-match": "abc" }), { ifNoneMatch: "abc" });
  assert.throws(() => parseWriteConditions({ "if-match": '"a", "b"' }), { code: "NotImplemented" });
});

test("checkWriteConditions() decides by what is there", () => {
  const current = { etag: "abc", lastModifiedMs: 1_000_900, size: 3 };
  checkWriteConditions({}, null);
  checkWriteConditions({ ifMatch: "abc" }, current);
  checkWriteConditions({ ifMatch: "*" }, current);
  checkWriteConditions({ ifNoneMatch: "*" }, null);
  checkWriteConditions({ ifNoneMatch: "x" }, current);
  assert.throws(() => checkWriteConditions({ ifMatch: "x" }, current), { code: "PreconditionFailed" });
  assert.throws(() => checkWriteConditions({ ifNoneMatch: "*" }, current), { code: "PreconditionFailed" });
  assert.throws(() => checkWriteConditions({ ifNoneMatch: "abc" }, current), { code: "PreconditionFailed" });
  assert.throws(() => checkWriteConditions({ ifMatch: "abc" }, null), { code: "NoSuchKey" });
  assert.throws(() => checkWriteConditions({ ifMatch: "*" }, null), { code: "NoSuchKey" });
  checkWriteConditions({ ifMatchSize: 3, ifMatchLastModifiedMs: 1_000_000 }, current);
  assert.throws(() => checkWriteConditions({ ifMatchSize: 4 }, current), { code: "PreconditionFailed" });
  assert.throws(() => checkWriteConditions({ ifMatchLastModifiedMs: 999_999 }, current), {
    code: "PreconditionFailed",
  });
  const weak = parseWriteConditions({ "if-match": 'W/"abc"' });
  assert.throws(() => checkWriteConditions(weak, current), { code: "PreconditionFailed" });
});

test("parseDeleteConditions() reads time and size too", () => {
  const headers = {
    "if-match": '"abc"',
    "x-amz-if-match-last-modified-time": "Thu, 01 Jan 1970 00:16:40 GMT",
    "x-amz-if-match-size": "3",
  };
  assert.deepEqual(parseDeleteConditions(headers), {
    ifMatch: "abc",
    ifMatchLastModifiedMs: 1_000_000,
    ifMatchSize: 3,
  });
  for (const wrong of [{ "x-amz-if-match-size": "-1" }, { "x-amz-if-match-last-modified-time": "now" }]) {
    assert.throws(() => parseDeleteConditions(wrong), { code: "InvalidArgument" });
  }
});

test("hasETag() is false for what is no list of ETags", () => {
  for (const header of ['"abc', 'x"abc"', '"x" "abc"', ","])
    assert.equal(hasETag(header, "abc", "weak"), false, header);
});

test("ifRangeHolds() compares an ETag strongly and a date to the second", () => {
  for (const header of [undefined, '"abc"', '"x", "abc"', same]) {
    assert.equal(ifRangeHolds(header, object), true, header);
  }
  for (const header of ['"x"', 'W/"abc"', "*", "abc", before, after, "", "nonsense"]) {
    assert.equal(ifRangeHolds(header, object), false, header);
  }
  assert.equal(ifRangeHolds('"abc"', { ...object, etag: null }), false);
});
