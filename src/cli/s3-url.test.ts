import assert from "node:assert/strict";
import { test } from "node:test";

import { UsageError } from "./command.ts";
import { formatS3Url, parseBucketUrl, parseObjectUrl, parsePlace, parseS3Url } from "./s3-url.ts";

test("parseS3Url() takes keys as they are", () => {
  for (const [text, bucket, key, versionId] of [
    ["s3://photos", "photos", "", undefined],
    ["s3://photos/", "photos", "", undefined],
    ["s3://photos/a/b.jpg", "photos", "a/b.jpg", undefined],
    ["S3://photos/a", "photos", "a", undefined],
    ["s3://photos//a//", "photos", "/a//", undefined],
    ["s3://photos/größe ?x#y%2F*.jpg", "photos", "größe ?x#y%2F*.jpg", undefined],
    ["s3://photos/a?versionId=01a2", "photos", "a", "01a2"],
    ["s3://photos/a\nb", "photos", "a\nb", undefined],
    ["s3://photos/?versionId=1", "photos", "?versionId=1", undefined],
  ] as const) {
    assert.deepEqual(parseS3Url(text), { bucket, key, versionId }, text);
  }
});

test("what is no address of S3 is refused with the way out", () => {
  for (const text of ["photos/a", "", "http://photos/a", "/s3://x", "s3:/photos"]) {
    assert.throws(() => parseS3Url(text), UsageError, text);
  }
  assert.throws(() => parseS3Url("s3:///a"), /names no bucket/);
  assert.throws(() => parseS3Url("s3://photos?x"), /"photos\?x" is no name of a bucket/);
  assert.throws(() => parseS3Url("s3://pho tos/a"), /is no name of a bucket/);
  assert.throws(() => parseObjectUrl("s3://photos/"), /names no object/);
  assert.throws(() => parseBucketUrl("s3://photos/a"), /has a key/);
});

test("a bucket is given with the scheme as objects are, a path is local, - is a stream", () => {
  assert.throws(() => parseBucketUrl("photos"), /"photos" is no address of S3/);
  assert.equal(parseBucketUrl("s3://photos/"), "photos");
  assert.deepEqual(parsePlace("photos/a"), { type: "local", path: "photos/a" });
  assert.deepEqual(parsePlace("-"), { type: "stream" });
});

test("formatS3Url() is parseS3Url() backwards", () => {
  for (const text of ["s3://a/b", "s3://a//b/", "s3://a/b?versionId=1"])
    assert.equal(formatS3Url(parseS3Url(text)), text);
});
