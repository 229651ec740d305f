import assert from "node:assert/strict";
import { test } from "node:test";
import type { S3Error } from "./errors.ts";
import {
  checkContentLengthRange,
  checkPostPolicy,
  type CheckPostPolicyOptions,
  parsePostPolicy,
} from "./post-policy.ts";
import { parsePostAuthorization, verifyPostSignature } from "./post-signature.ts";
import { buildPostPolicy } from "./build-post-policy.ts";

const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const { secretAccessKey } = credentials;
const nowMs = Date.UTC(2015, 11, 29);
const region = "us-east-1";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html */
const documentedPolicy =
  "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9";
const documentedFields = {
  key: "user/user1/${filename}",
  acl: "public-read",
  success_action_redirect: "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html",
  "content-type": "image/jpeg",
  "x-amz-meta-uuid": "14365123651274",
  "x-amz-server-side-encryption": "AES256",
  "x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request",
  "x-amz-algorithm": "AWS4-HMAC-SHA256",
  "x-amz-date": "20151229T000000Z",
  "x-amz-meta-tag": "",
  policy: documentedPolicy,
  "x-amz-signature": "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e",
};

function verify(
  fields: Record<string, string>,
  options: { secretAccessKey?: string; region?: string } = {},
): void {
  const authorization = parsePostAuthorization(fields);
  assert.ok(authorization, "the form is not signed");
  verifyPostSignature(fields["policy"] ?? "", authorization, { secretAccessKey, region, ...options });
}

function policyOf(document: unknown): string {
  return Buffer.from(typeof document === "string" ? document : JSON.stringify(document)).toString("base64");
}

const expiration = "2015-12-30T12:00:00.000Z";

function check(
  conditions: readonly unknown[],
  fields: Record<string, string> = {},
  options: Partial<CheckPostPolicyOptions> = {},
): void {
  const policy = parsePostPolicy(
    policyOf({ expiration, conditions: [{ bucket: "b" }, ["starts-with", "$key", "u/"], ...conditions] }),
  );
  checkPostPolicy(policy, { key: "u/k", ...fields }, { bucket: "b", key: "u/k", nowMs, ...options });
}

function s3Error(code: string, message?: RegExp | string): (error: unknown) => boolean {
  return (error) => {
    assert.equal((error as S3Error).code, code, String(error));
    if (typeof message === "string") assert.equal((error as S3Error).message, message);
    else if (message !== undefined) assert.match((error as S3Error).message, message);
    return true;
  };
}

test("verifyPostSignature() and checkPostPolicy() agree with AWS's documentation", () => {
  verify(documentedFields);
  const options = { bucket: "sigv4examplebucket", key: "user/user1/a.jpg", nowMs };
  checkPostPolicy(parsePostPolicy(documentedPolicy), documentedFields, options);
  assert.throws(
    () => verify(documentedFields, { secretAccessKey: "other" }),
    s3Error("SignatureDoesNotMatch"),
  );
  assert.throws(
    () => verify({ ...documentedFields, policy: `${documentedPolicy} ` }),
    s3Error("SignatureDoesNotMatch"),
  );
});

test("verifyPostSignature() verifies version 2, as boto 2 and Ceph's s3-tests sign", () => {
  const policy = policyOf({ expiration, conditions: [] });
  assert.equal(policy, "eyJleHBpcmF0aW9uIjoiMjAxNS0xMi0zMFQxMjowMDowMC4wMDBaIiwiY29uZGl0aW9ucyI6W119");
  // base64(hmac-sha1(secret, policy)), by Python's hmac.
  const fields = {
    policy,
    awsaccesskeyid: credentials.accessKeyId,
    signature: "juiUsIkZWOrbLw04cpEv0sKkz1g=",
  };
  assert.deepEqual(parsePostAuthorization(fields), {
    version: 2,
    accessKeyId: credentials.accessKeyId,
    signature: fields.signature,
  });
  verify(fields);
  assert.throws(() => verify({ ...fields, signature: "short" }), s3Error("SignatureDoesNotMatch"));
});

test("verifyPostSignature() refuses another region", () => {
  assert.throws(
    () => verify(documentedFields, { region: "eu-west-1" }),
    s3Error("InvalidArgument", "the region 'us-east-1' is wrong; expecting 'eu-west-1'"),
  );
});

test("parsePostAuthorization() returns null for a form that is neither signed nor has a policy", () => {
  assert.equal(parsePostAuthorization({ key: "k", acl: "public-read" }), null);
});

test("parsePostAuthorization() names the field that is missing or malformed", () => {
  for (const [fields, name] of [
    [{ policy: "e30=" }, "AWSAccessKeyId"],
    [{ policy: "e30=", awsaccesskeyid: "A" }, "signature"],
    [{ awsaccesskeyid: "A", signature: "b" }, "policy"],
    [{ ...documentedFields, "x-amz-signature": "" }, "x-amz-signature"],
    [{ ...documentedFields, "x-amz-algorithm": "AWS4-HMAC-SHA1" }, "x-amz-algorithm"],
    [{ ...documentedFields, "x-amz-credential": "A/20151229" }, "x-amz-credential"],
    [{ ...documentedFields, "x-amz-date": "20151230T000000Z" }, "x-amz-date"],
  ] as const) {
    assert.throws(
      () => parsePostAuthorization(fields),
      (error: S3Error) => error.code === "InvalidArgument" && error.details["ArgumentName"] === name,
      name,
    );
  }
});

test("parsePostPolicy() reads every form of condition", () => {
  const document = {
    expiration,
    conditions: [
      { bUcKeT: "b" },
      ["StArTs-WiTh", "$KeY", "u/"],
      ["eq", "$x-amz-meta-n", 5],
      ["content-length-range", 1, "100"],
      ["content-length-range", 10, 1000],
    ],
  };
  assert.deepEqual(parsePostPolicy(policyOf(document)), {
    expirationMs: Date.UTC(2015, 11, 30, 12),
    conditions: [
      { match: "eq", field: "bucket", value: "b" },
      { match: "starts-with", field: "key", value: "u/" },
      { match: "eq", field: "x-amz-meta-n", value: "5" },
    ],
    contentLengthRange: { min: 10, max: 100 },
  });
});

test("parsePostPolicy() reads the escapes that policies have and JSON has not", () => {
  const text = String.raw`{"expiration":"${expiration}","conditions":[{"key":"\$a\\$\v\u0041"}]}`;
  assert.equal(parsePostPolicy(policyOf(text)).conditions[0]?.value, "$a\\$\u000bA");
});

test("parsePostPolicy() refuses what is no policy", () => {
  const conditions: unknown[] = [];
  for (const document of [
    "",
    "{",
    "[]",
    "null",
    { conditions },
    { expiration },
    { EXPIRATION: expiration, conditions },
    { expiration, CONDITIONS: conditions },
    { expiration, conditions, other: 1 },
    { expiration: "2015-12-30 12:00:00+00:00", conditions },
    { expiration: 5, conditions },
    { expiration, conditions: {} },
    { expiration, conditions: ["eq"] },
    { expiration, conditions: [{}] },
    { expiration, conditions: [{ acl: "private", bucket: "b" }] },
    { expiration, conditions: [{ acl: 1 }] },
    { expiration, conditions: [[]] },
    { expiration, conditions: [["matches", "$key", "a"]] },
    { expiration, conditions: [["eq", "$key"]] },
    { expiration, conditions: [["eq", "$key", "a", "b"]] },
    { expiration, conditions: [["eq", "key", "a"]] },
    { expiration, conditions: [["eq", "$key", {}]] },
    { expiration, conditions: [["content-length-range", 0]] },
    { expiration, conditions: [["content-length-range", -1, 0]] },
    { expiration, conditions: [["content-length-range", 0, "many"]] },
  ]) {
    assert.throws(
      () => parsePostPolicy(policyOf(document)),
      s3Error("InvalidPolicyDocument", /^Invalid Policy: /),
      JSON.stringify(document),
    );
  }
});

test("checkPostPolicy() refuses a policy that has expired", () => {
  check([], {}, { nowMs: Date.UTC(2015, 11, 30, 12) - 1 });
  assert.throws(
    () => check([], {}, { nowMs: Date.UTC(2015, 11, 30, 12) }),
    s3Error("AccessDenied", "Invalid according to Policy: Policy expired."),
  );
});

test("checkPostPolicy() refuses a form that fails a condition, and says which", () => {
  check([{ acl: "private" }], { acl: "private" });
  for (const [condition, fields, shown] of [
    [{ acl: "private" }, { acl: "public-read" }, '["eq", "$acl", "private"]'],
    [["eq", "$X-Amz-Meta-A", ""], { "x-amz-meta-a": "b" }, '["eq", "$x-amz-meta-a", ""]'],
    [
      ["starts-with", "$x-amz-meta-a", "bar"],
      { "x-amz-meta-a": "ba" },
      '["starts-with", "$x-amz-meta-a", "bar"]',
    ],
    [["starts-with", "$x-amz-meta-a", ""], {}, '["starts-with", "$x-amz-meta-a", ""]'],
    [
      ["starts-with", "$Content-Type", "image/"],
      { "content-type": "image/png, text/html" },
      '["starts-with", "$content-type", "image/"]',
    ],
  ] as const) {
    assert.throws(
      () => check([condition], fields),
      s3Error("AccessDenied", `Invalid according to Policy: Policy Condition failed: ${shown}`),
    );
  }
  check([["starts-with", "$Content-Type", "image/"]], { "content-type": "image/png,image/gif" });
});

test("checkPostPolicy() looks at the bucket and the key that will be written, not at the form's", () => {
  check([], { bucket: "other", key: "u/${filename}" });
  assert.throws(
    () => check([], { bucket: "b" }, { bucket: "other" }),
    s3Error("AccessDenied", 'Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "b"]'),
  );
  assert.throws(() => check([], { key: "u/k" }, { key: "v/k" }), s3Error("AccessDenied", /"\$key", "u\/"/));
});

test("checkPostPolicy() refuses fields that no condition covers", () => {
  assert.throws(
    () => check([], { acl: "public-read", "x-amz-meta-a": "b" }),
    s3Error("AccessDenied", "Invalid according to Policy: Extra input fields: acl, x-amz-meta-a"),
  );
  const free = {
    policy: "p",
    "x-amz-signature": "s",
    awsaccesskeyid: "A",
    signature: "s",
    "x-ignore-a": "b",
  };
  check([], { ...free, "x-amz-checksum-sha256": "aTL9MeXa9HObn6eP93eygxsJlcwdCwCTysgGAZAgE7w=" });
  // A policy that names no bucket would be good for every bucket.
  const policy = parsePostPolicy(policyOf({ expiration, conditions: [{ key: "k" }] }));
  assert.throws(
    () => checkPostPolicy(policy, { key: "k" }, { bucket: "b", key: "k", nowMs }),
    s3Error("AccessDenied", "Invalid according to Policy: Extra input fields: bucket"),
  );
});

test("checkPostPolicy() and checkContentLengthRange() hold the size to its range", () => {
  const range = ["content-length-range", 5, 10];
  for (const contentLength of [5, 10]) check([range], {}, { contentLength });
  assert.throws(
    () => check([range], {}, { contentLength: 11 }),
    (error: S3Error) => {
      assert.equal(error.code, "EntityTooLarge");
      assert.deepEqual(error.details, { ProposedSize: "11", MaxSizeAllowed: "10" });
      return true;
    },
  );
  const policy = parsePostPolicy(policyOf({ expiration, conditions: [range] }));
  assert.throws(() => checkContentLengthRange(policy, 4), s3Error("EntityTooSmall"));
  checkContentLengthRange({ ...policy, contentLengthRange: null }, 1e12);
});

test("buildPostPolicy() makes a form that the server takes", () => {
  const fields = buildPostPolicy({
    credentials: { ...credentials, sessionToken: "token" },
    region,
    bucket: "photos",
    key: "user/${filename}",
    date: new Date(nowMs),
    expiresSeconds: 3600,
    fields: { acl: "public-read", "Content-Type": "image/png" },
    conditions: [["starts-with", "$x-amz-meta-a", "b"]],
    contentLengthRange: [0, 1000],
  });
  assert.equal(fields["key"], "user/${filename}");
  assert.equal(fields["x-amz-credential"], "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request");
  assert.equal(fields["x-amz-security-token"], "token");
  const sent = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
  verify(sent);
  const policy = parsePostPolicy(fields["policy"] ?? "");
  assert.equal(policy.expirationMs, nowMs + 3_600_000);
  const options = { bucket: "photos", key: "user/a.png", nowMs, contentLength: 1000 };
  checkPostPolicy(policy, { ...sent, "x-amz-meta-a": "bc" }, options);
  assert.throws(() => checkPostPolicy(policy, sent, options), s3Error("AccessDenied"));
  assert.throws(
    () => checkPostPolicy(policy, { ...sent, "x-amz-meta-a": "bc" }, { ...options, key: "a.png" }),
    s3Error("AccessDenied"),
  );
});

test("buildPostPolicy() refuses a life that is none", () => {
  assert.throws(
    () =>
      buildPostPolicy({ credentials, region, bucket: "b", key: "k", date: new Date(), expiresSeconds: 0 }),
    RangeError,
  );
});
