import assert from "node:assert/strict";
import { test } from "node:test";
import type { S3Error } from "./errors.ts";
import { operations } from "./operations.ts";
import type { SigningRequest } from "./signing-request.ts";
import { presignV2, signV2 } from "./sigv2.ts";
import { parseV2, verifyV2 } from "./verify-v2.ts";

// The values of AWS's documentation.
const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const { secretAccessKey } = credentials;
const nowMs = Date.UTC(2007, 2, 27, 19, 36, 42);
const date = new Date(nowMs);
const get: SigningRequest = {
  method: "GET",
  path: "/photos/puppy.jpg",
  query: "",
  headers: { date: "Tue, 27 Mar 2007 19:36:42 +0000" },
};

function verify(request: SigningRequest, options: { bucket?: string; nowMs?: number } = {}): void {
  const authorization = parseV2(request);
  assert.ok(authorization, "the request is not signed");
  verifyV2(request, authorization, { secretAccessKey, nowMs, ...options });
}

function withHeaders(request: SigningRequest, headers: Record<string, string>): SigningRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

/** Signed with the signature that is given. */
function authorized(request: SigningRequest, signature: string): SigningRequest {
  return withHeaders(request, { authorization: `AWS ${credentials.accessKeyId}:${signature}` });
}

function s3Error(code: string, message?: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.equal((error as S3Error).code, code, String(error));
    if (message !== undefined) assert.match((error as S3Error).message, message);
    return true;
  };
}

const documented: readonly [
  name: string,
  request: SigningRequest,
  bucket: string | undefined,
  signature: string,
][] = [
  ["GET of an object of awsexamplebucket1", get, "awsexamplebucket1", "qgk2+6Sv9/oM7G3qLEjTH1a1l1g="],
  ["GET of an object", get, "johnsmith", "bWq2s1WEIj+Ydj0vQ697zp+IXMU="],
  [
    "PUT",
    {
      ...get,
      method: "PUT",
      headers: {
        "content-type": "image/jpeg",
        "content-length": "94328",
        date: "Tue, 27 Mar 2007 21:15:45 +0000",
      },
    },
    "johnsmith",
    "MyyxeRY7whkBe+bq8fHCL/2kKUg=",
  ],
  [
    "list, whose parameters are not signed",
    {
      method: "GET",
      path: "/",
      query: "prefix=photos&max-keys=50&marker=puppy",
      headers: { date: "Tue, 27 Mar 2007 19:42:41 +0000" },
    },
    "johnsmith",
    "htDYFYduRNen8P9ZfE/s9SuKy0U=",
  ],
  [
    "?acl",
    { method: "GET", path: "/", query: "acl", headers: { date: "Tue, 27 Mar 2007 19:44:46 +0000" } },
    "johnsmith",
    "c2WLPFtWHVgbEmeEG93a4cG37dM=",
  ],
  [
    // AWS printed several values for this one; this is what its own rule and every client make of it.
    "DELETE, with x-amz-date in place of the date",
    {
      method: "DELETE",
      path: "/johnsmith/photos/puppy.jpg",
      query: "",
      headers: { date: "Tue, 27 Mar 2007 21:20:27 +0000", "x-amz-date": "Tue, 27 Mar 2007 21:20:26 +0000" },
    },
    undefined,
    "R4dJ53KECjStyBO5iTBJZ4XVOaI=",
  ],
  [
    "upload to a host that is the bucket's name, with repeated headers",
    {
      method: "PUT",
      path: "/db-backup.dat.gz",
      query: "",
      headers: {
        host: "static.johnsmith.net:8080",
        date: "Tue, 27 Mar 2007 21:06:08 +0000",
        "x-amz-acl": "public-read",
        "content-type": "application/x-download",
        "content-md5": "4gJE4saaMU4BqNR0kLY+lw==",
        "x-amz-meta-reviewedby": "joe@johnsmith.net,jane@johnsmith.net",
        "x-amz-meta-filechecksum": "0x02661779",
        "x-amz-meta-checksumalgorithm": "crc32",
      },
    },
    "static.johnsmith.net",
    "ilyl83RwaSoYIEdixDQcA4OnAnc=",
  ],
  [
    "list of all buckets",
    { method: "GET", path: "/", query: "", headers: { date: "Wed, 28 Mar 2007 01:29:59 +0000" } },
    undefined,
    "qGdzdERIC03wnaRNKh6OqZehG9s=",
  ],
  [
    "a key beyond ASCII, signed as it is encoded",
    {
      method: "GET",
      path: "/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re",
      query: "",
      headers: { date: "Wed, 28 Mar 2007 01:49:49 +0000" },
    },
    undefined,
    "DNEZGsoieTZ92F3bUfSPQcbGmlM=",
  ],
];

for (const [name, request, inHost, signature] of documented) {
  test(`signV2() and verifyV2() agree with AWS's documentation: ${name}`, () => {
    const bucket = inHost === undefined ? {} : { bucket: inHost };
    const added = signV2(request, { credentials, ...bucket, date });
    assert.deepEqual(added, { authorization: `AWS AKIAIOSFODNN7EXAMPLE:${signature}` });
    const sent = withHeaders(request, added);
    const sentMs = Date.parse(request.headers["x-amz-date"] ?? request.headers["date"] ?? "");
    verify(sent, { ...bucket, nowMs: sentMs });
    assert.throws(
      () => verify({ ...sent, method: "POST" }, { ...bucket, nowMs: sentMs }),
      s3Error("SignatureDoesNotMatch"),
    );
  });
}

test("presignV2() and verifyV2() agree with AWS's documentation", () => {
  const request = { ...get, headers: {} };
  const query = presignV2(request, { credentials, bucket: "johnsmith", expires: 1_175_139_620 });
  assert.equal(
    query,
    "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1175139620&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D",
  );
  verify({ ...request, query }, { bucket: "johnsmith", nowMs: 1_175_139_619_999 });
  assert.throws(
    () => verify({ ...request, query }, { bucket: "johnsmith", nowMs: 1_175_139_620_000 }),
    s3Error("AccessDenied", /^Request has expired$/),
  );
  const longer = query.replace("Expires=1175139620", "Expires=1175139621");
  assert.throws(
    () => verify({ ...request, query: longer }, { bucket: "johnsmith" }),
    s3Error("SignatureDoesNotMatch"),
  );
});

test("verifyV2() takes what boto 2.49 signed: subresources sorted by name, their values decoded", () => {
  const query =
    "response-content-type=text/x%20y%2Bz&versionId=3&response-content-disposition=a%3B%20b&x=1&acl";
  const sent = authorized({ ...get, path: "/b/k%20%2B", query }, "Cb5g0R/pRxhgHMmqlONbyJ6426c=");
  verify(sent);
  verify({ ...sent, query: query.replace("acl", "acl=").replace("x=1", "x=2") });
  assert.throws(
    () => verify({ ...sent, query: query.replace("versionId=3", "versionId=4") }),
    s3Error("SignatureDoesNotMatch"),
  );
});

test("verifyV2() takes what boto 2.49 presigned: x-amz-* headers stand in the query", () => {
  const query =
    "Signature=913yQFD94Dat191wlGQIvvKB4RM%3D&Expires=1175139620&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&x-amz-acl=public-read&x-amz-security-token=tok%2Ben/%3D%3D";
  const sent = { method: "PUT", path: "/b/k", query, headers: { "content-type": "text/plain" } };
  verify(sent);
  assert.equal(parseV2(sent)?.sessionToken, "tok+en/==");
  verify(withHeaders(sent, { "x-amz-acl": "public-read" }));
  for (const headers of [
    { "x-amz-acl": "private" },
    { "x-amz-tagging": "a=b" },
    { "content-type": "text/html" },
  ]) {
    assert.throws(() => verify(withHeaders(sent, headers)), s3Error("SignatureDoesNotMatch"));
  }
});

test("verifyV2() takes `/bucket` signed as `/bucket/`, as botocore does, and no key so", () => {
  const signed = withHeaders(get, signV2({ ...get, path: "/bucket/" }, { credentials, date }));
  verify({ ...signed, path: "/bucket" });
  const key = withHeaders(get, signV2({ ...get, path: "/bucket/key/" }, { credentials, date }));
  assert.throws(() => verify({ ...key, path: "/bucket/key" }), s3Error("SignatureDoesNotMatch"));
  assert.throws(
    () => verify({ ...key, path: "/key" }, { bucket: "bucket" }),
    s3Error("SignatureDoesNotMatch"),
  );
});

test("verifyV2() covers every query parameter that selects an operation", () => {
  // list-type=2 is the exception that clients need: they do not sign it, and it selects the same right. So does `id`, which
  // names one configuration of a subresource that is signed.
  const selecting = [...operations.values()]
    .flatMap(({ query }) => query)
    .filter((name) => name !== "list-type=2" && name !== "id");
  const request = { ...get, path: "/bucket/key" };
  const sent = withHeaders(request, signV2(request, { credentials, date }));
  verify(sent);
  for (const query of new Set(selecting)) {
    assert.throws(
      () => verify({ ...sent, query }),
      s3Error("SignatureDoesNotMatch"),
      `${query} is not signed`,
    );
  }
});

test("verifyV2() covers x-amz-* headers that were added", () => {
  const sent = withHeaders(get, signV2(get, { credentials, date }));
  assert.throws(
    () => verify(withHeaders(sent, { "x-amz-acl": "public-read" })),
    s3Error("SignatureDoesNotMatch"),
  );
});

test("verifyV2() takes 15 minutes of skew either way, and wants a date", () => {
  const sent = withHeaders(get, signV2(get, { credentials, date }));
  for (const minutes of [-15, 15]) verify(sent, { nowMs: nowMs + minutes * 60_000 });
  for (const minutes of [-16, 16]) {
    assert.throws(() => verify(sent, { nowMs: nowMs + minutes * 60_000 }), s3Error("RequestTimeTooSkewed"));
  }
  const { date: _, ...dateless } = sent.headers;
  assert.throws(
    () => verify({ ...sent, headers: dateless }),
    s3Error("AccessDenied", /requires a valid Date/),
  );
});

test("signV2() adds a date where there is none, and the session token", () => {
  const request = { ...get, headers: {} };
  const added = signV2(request, { credentials: { ...credentials, sessionToken: "tok+en" }, date });
  assert.equal(added["date"], "Tue, 27 Mar 2007 19:36:42 GMT");
  assert.equal(added["x-amz-security-token"], "tok+en");
  verify(withHeaders(request, added));
  const query = presignV2(request, {
    credentials: { ...credentials, sessionToken: "tok+en" },
    expires: 2_000_000_000,
  });
  verify({ ...request, query });
});

test("parseV2() returns null where there is no version 2", () => {
  assert.equal(parseV2(get), null);
  assert.equal(parseV2({ ...get, query: "X-Amz-Signature=ab&Expires=1" }), null);
  assert.equal(parseV2(withHeaders(get, { authorization: "AWS4-HMAC-SHA256 Credential=A" })), null);
});

test("parseV2() refuses what is malformed", () => {
  for (const authorization of ["AWS AKIA", "AWS AKIA:", "AWS :abc="]) {
    assert.throws(() => parseV2(withHeaders(get, { authorization })), s3Error("InvalidArgument"));
  }
  for (const query of [
    "AWSAccessKeyId=A&Signature=b",
    "Signature=b&Expires=1",
    "AWSAccessKeyId=A&Expires=1",
  ]) {
    assert.throws(() => parseV2({ ...get, query }), s3Error("AccessDenied", /requires the Signature/));
  }
  assert.throws(
    () => parseV2({ ...get, query: "AWSAccessKeyId=A&Signature=b&Expires=soon" }),
    s3Error("AccessDenied", /seconds since epoch/),
  );
});

test("verifyV2() refuses a signature of another length without throwing anything else", () => {
  for (const signature of ["a", "bWq2s1WEIj+Ydj0vQ697zp+IXMU=AAAA", "\u00e9".repeat(28)]) {
    assert.throws(() => verify(authorized(get, signature)), s3Error("SignatureDoesNotMatch"));
  }
});

test("presignV2() refuses an end that is no whole second", () => {
  assert.throws(() => presignV2(get, { credentials, expires: 1.5 }), RangeError);
});
