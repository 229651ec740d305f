import assert from "node:assert/strict";
import { test } from "node:test";
import { hoistedHeaders } from "./hoisted-headers.ts";

test("hoistedHeaders() finds the headers in a presigned query", () => {
  const query =
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD&X-Amz-Security-Token=t" +
    "&x-amz-acl=public-read&X-Amz-Meta-A=b+%C3%A9&x-amz-acl=private&x-id=PutObject&prefix=x-amz-";
  assert.deepEqual(
    { ...hoistedHeaders(query) },
    { "x-amz-acl": "public-read", "x-amz-meta-a": "b \u00c3\u00a9" },
  );
});

test("hoistedHeaders() finds none in another query", () => {
  assert.deepEqual({ ...hoistedHeaders("list-type=2&prefix=a") }, {});
});

test("hoistedHeaders() leaves out the checksum of a body that was not known yet", () => {
  const query =
    "x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32&x-amz-checksum-mode=ENABLED";
  assert.deepEqual(
    { ...hoistedHeaders(query) },
    { "x-amz-sdk-checksum-algorithm": "CRC32", "x-amz-checksum-mode": "ENABLED" },
  );
});
