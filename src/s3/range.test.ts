import assert from "node:assert/strict";
import { test } from "node:test";
import { formatContentRange, parseContentRange, parseCopySourceRange, parseRange } from "./range.ts";

test("parseRange() gives both ends inclusive, clipped to the object", () => {
  assert.deepEqual(parseRange("bytes=4-7", 11), { start: 4, end: 7 });
  assert.deepEqual(parseRange("bytes=4-", 11), { start: 4, end: 10 });
  assert.deepEqual(parseRange("bytes=-7", 11), { start: 4, end: 10 });
  assert.deepEqual(parseRange("bytes=-99", 11), { start: 0, end: 10 });
  assert.deepEqual(parseRange("bytes=10-99", 11), { start: 10, end: 10 });
  assert.deepEqual(parseRange("bytes=0-0", 1), { start: 0, end: 0 });
  assert.deepEqual(parseRange("Bytes=0-99999999999999999999", 11), { start: 0, end: 10 });
});

test("parseRange() is null for no range, a malformed one, other units and several", () => {
  for (const header of [
    undefined,
    "",
    "bytes",
    "bytes=",
    "bytes=-",
    "bytes=5-4",
    "bytes=a-b",
    "bytes=1-2x",
    "bytes=--1",
    "bytes=0-1,3-4",
    "bytes=0-1,",
    "items=0-1",
    "bytes:0-1",
    "bytes=1.5-2",
    "bytes=+1-2",
  ]) {
    assert.equal(parseRange(header, 11), null, header);
  }
});

test("parseRange() refuses a range without a byte of the object", () => {
  for (const [header, size] of [
    ["bytes=11-", 11],
    ["bytes=40-50", 11],
    ["bytes=-0", 11],
    ["bytes=0-", 0],
    ["bytes=0-0", 0],
    ["bytes=-1", 0],
    ["bytes=99999999999999999999-", 11],
  ] as const) {
    assert.throws(
      () => parseRange(header, size),
      {
        code: "InvalidRange",
        status: 416,
        details: { RangeRequested: header, ActualObjectSize: String(size) },
        headers: { "content-range": `bytes */${size}` },
      },
      header,
    );
  }
});

test("formatContentRange() and parseContentRange() are each other's reverse", () => {
  assert.equal(formatContentRange({ start: 4, end: 7 }, 11), "bytes 4-7/11");
  assert.deepEqual(parseContentRange("bytes 4-7/11"), { start: 4, end: 7, sizeBytes: 11 });
  assert.deepEqual(parseContentRange("bytes 4-7/*"), { start: 4, end: 7, sizeBytes: null });
  assert.equal(parseContentRange("bytes */11"), null);
});

test("parseCopySourceRange() wants both ends, within the source", () => {
  assert.equal(parseCopySourceRange(undefined, 5), null);
  assert.deepEqual(parseCopySourceRange("bytes=0-4", 5), { start: 0, end: 4 });
  for (const header of [
    "0-2",
    "bytes=0",
    "bytes=hello-world",
    "bytes=0-bar",
    "bytes=hello-",
    "bytes=0-2,3-5",
  ]) {
    assert.throws(() => parseCopySourceRange(header, 5), { code: "InvalidArgument", status: 400 }, header);
  }
  for (const header of ["bytes=-2", "bytes=0-", "bytes=3-2"]) {
    assert.throws(() => parseCopySourceRange(header, 5), { code: "InvalidArgument" }, header);
  }
  for (const header of ["bytes=0-5", "bytes=0-21", "bytes=7-8"]) {
    assert.throws(() => parseCopySourceRange(header, 5), { code: "InvalidRange", status: 416 }, header);
  }
});
