import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, property, string } from "fast-check";
import { awsEndpoint, locate, parseEndpoint, regionOfHost } from "./endpoint.ts";

const local = parseEndpoint("http://127.0.0.1:9000");
const aws = awsEndpoint("eu-central-1");

test("locate() addresses buckets in the path, and on AWS in the host where it can be", () => {
  assert.deepEqual(locate(local, { bucket: "b", key: "k" }), {
    origin: "http://127.0.0.1:9000",
    host: "127.0.0.1:9000",
    path: "/b/k",
  });
  assert.deepEqual(locate(aws, { bucket: "my-bucket", key: "k" }), {
    origin: "https://my-bucket.s3.eu-central-1.amazonaws.com",
    host: "my-bucket.s3.eu-central-1.amazonaws.com",
    path: "/k",
    hostedBucket: "my-bucket",
  });
  for (const bucket of ["dotted.name", "Upper", "under_score"]) {
    assert.equal(locate(aws, { bucket }).path, `/${bucket}`);
  }
  assert.equal(
    locate(local, { addressing: "cname", bucket: "www.example.com", key: "k" }).host,
    "www.example.com:9000",
  );
});

test("locate() encodes keys once and normalises nothing", () => {
  const pathOf = (key: string): string => locate(local, { bucket: "b", key }).path;
  assert.equal(pathOf("/leading//double/./../x"), "/b//leading//double/./../x");
  assert.equal(pathOf("a b+c%2F^~(ü)"), "/b/a%20b%2Bc%252F%5E~%28%C3%BC%29");
});

test("locate() encodes every key so that it can be read back, in ASCII", () => {
  check(
    property(string({ unit: "grapheme", minLength: 1 }), (key) => {
      const { path } = locate(local, { bucket: "b", key });
      assert.equal(decodeURIComponent(path), `/b/${key}`);
      assert.match(path, /^[\w/.~%-]+$/);
    }),
  );
});

test("locate() refuses names that cannot be", () => {
  assert.throws(() => locate(local, { bucket: "" }), /needs bucket, a string that is not empty/);
  assert.throws(() => locate(local, { bucket: "b", key: "" }), /needs key, a string that is not empty/);
  assert.throws(() => locate(local, { bucket: "b", key: "\ud800" }), /surrogate/);
});

test("parseEndpoint() takes a path before every key, and refuses what is no address", () => {
  assert.equal(locate(parseEndpoint("https://example.com/s3/"), { bucket: "b", key: "k" }).path, "/s3/b/k");
  assert.equal(parseEndpoint("https://s3.example.com").secure, true);
  assert.throws(() => parseEndpoint("s3.example.com"), /"s3\.example\.com" is no URL/);
  assert.throws(
    () => parseEndpoint("key:secret@s3.example.com"),
    /^TypeError: The endpoint "s3\.example\.com" is no URL/,
  );
  assert.equal(parseEndpoint("https://s3.us-west-2.amazonaws.com").aws, true);
  assert.equal(parseEndpoint("https://amazonaws.com.evil.example").aws, false);
  assert.throws(() => parseEndpoint("ftp://example.com"), /is no URL/);
  assert.throws(
    () => parseEndpoint("http://user:secret@example.com"),
    (error: Error) => !error.message.includes("secret"),
  );
});

test("a region that an answer names becomes no host but Amazon's", () => {
  assert.throws(() => awsEndpoint("evil.example/"), TypeError);
  assert.equal(awsEndpoint("cn-north-1").host, "s3.cn-north-1.amazonaws.com.cn");
  assert.equal(regionOfHost("b.s3.eu-west-1.amazonaws.com"), "eu-west-1");
  assert.equal(regionOfHost("b.s3-us-west-2.amazonaws.com"), "us-west-2");
  assert.equal(regionOfHost("s3.amazonaws.com"), undefined);
  assert.equal(regionOfHost("s3.eu-west-1.amazonaws.com.evil.example"), undefined);
});
