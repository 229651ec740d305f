import assert from "node:assert/strict";
import { test } from "node:test";
import { unquoteETag } from "./etag.ts";

test("unquoteETag() takes off quotes in pairs", () => {
  assert.equal(unquoteETag('"abc"'), "abc");
  assert.equal(unquoteETag('W/"abc"'), "abc");
  assert.equal(unquoteETag(" abc "), "abc");
  assert.equal(unquoteETag('"'), '"');
  assert.equal(unquoteETag('""'), "");
});
