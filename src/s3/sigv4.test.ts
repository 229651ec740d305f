import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { uriEncode } from "./encoding.ts";
import { S3Error } from "./errors.ts";
import { sha256Hex } from "./hash.ts";
import type { SigningRequest } from "./signing-request.ts";
import { presignV4, signV4, signV4WithSeed } from "./sigv4.ts";
import { parseV4 } from "./v4-authorization.ts";
import { payloadHashOf, verifyV4 } from "./verify-v4.ts";

// The values of AWS's documentation.
const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const { secretAccessKey } = credentials;
const region = "us-east-1";
const date = new Date("2013-05-24T00:00:00Z");
const nowMs = date.getTime();
const host = "examplebucket.s3.amazonaws.com";
const noBody = sha256Hex("");

const get: SigningRequest = { method: "GET", path: "/test.txt", query: "", headers: { host } };

function sign(
  request: SigningRequest,
  options: { payloadHash?: string; sessionToken?: string } = {},
): SigningRequest {
  const { payloadHash = noBody, sessionToken } = options;
  const signer = sessionToken === undefined ? credentials : { ...credentials, sessionToken };
  const added = signV4(request, { credentials: signer, region, date, payloadHash });
  return { ...request, headers: { ...request.headers, ...added } };
}

function presign(request: SigningRequest, expiresSeconds = 86_400): SigningRequest {
  return { ...request, query: presignV4(request, { credentials, region, date, expiresSeconds }) };
}

function verify(request: SigningRequest, options: Partial<Parameters<typeof verifyV4>[2]> = {}): void {
  const authorization = parseV4(request);
  assert.ok(authorization, "the request is not signed");
  verifyV4(request, authorization, { secretAccessKey, region, nowMs, ...options });
}

function withHeaders(request: SigningRequest, headers: Record<string, string>): SigningRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

/** For assert.throws. */
function s3Error(code: string, message?: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.equal((error as S3Error).code, code, String(error));
    if (message !== undefined) assert.match((error as S3Error).message, message);
    return true;
  };
}

const documented: readonly [name: string, request: SigningRequest, payloadHash: string, signature: string][] =
  [
    [
      "GET of a range",
      withHeaders(get, { range: "bytes=0-9" }),
      noBody,
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ],
    [
      "PUT of test$file.text",
      {
        method: "PUT",
        path: "/test$file.text",
        query: "",
        headers: {
          host,
          date: "Fri, 24 May 2013 00:00:00 GMT",
          "x-amz-storage-class": "REDUCED_REDUNDANCY",
        },
      },
      sha256Hex("Welcome to Amazon S3."),
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    ],
    [
      "GET of ?lifecycle",
      { method: "GET", path: "/", query: "lifecycle", headers: { host } },
      noBody,
      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    ],
    [
      "list with max-keys and prefix",
      { method: "GET", path: "/", query: "max-keys=2&prefix=J", headers: { host } },
      noBody,
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ],
    [
      "seed of a chunked PUT",
      {
        method: "PUT",
        path: "/examplebucket/chunkObject.txt",
        query: "",
        headers: {
          host: "s3.amazonaws.com",
          "content-encoding": "aws-chunked",
          "content-length": "66824",
          "x-amz-decoded-content-length": "66560",
          "x-amz-storage-class": "REDUCED_REDUNDANCY",
        },
      },
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    ],
    [
      "seed of a chunked PUT with a trailer",
      {
        method: "PUT",
        path: "/examplebucket/chunkObject.txt",
        query: "",
        headers: {
          host: "s3.amazonaws.com",
          "content-encoding": "aws-chunked",
          "x-amz-decoded-content-length": "66560",
          "x-amz-storage-class": "REDUCED_REDUNDANCY",
          "x-amz-trailer": "x-amz-checksum-crc32c",
        },
      },
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
      "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
    ],
  ];

for (const [name, request, payloadHash, signature] of documented) {
  test(`signV4() and verifyV4() agree with AWS's documentation: ${name}`, () => {
    const signed = signV4WithSeed(request, { credentials, region, date, payloadHash });
    assert.equal(signed.signature, signature);
    assert.equal(signed.headers["x-amz-content-sha256"], payloadHash);
    const seed = { scope: "20130524/us-east-1/s3/aws4_request", amzDate: "20130524T000000Z" };
    assert.deepEqual({ scope: signed.scope, amzDate: signed.amzDate }, seed);

    const sent = withHeaders(request, signed.headers);
    const authorization = parseV4(sent);
    assert.ok(authorization);
    assert.equal(authorization.signature, signature);
    assert.deepEqual(verifyV4(sent, authorization, { secretAccessKey, region, nowMs }), {
      signingKey: signed.signingKey,
      ...seed,
    });
    assert.throws(() => verify({ ...sent, method: "POST" }), s3Error("SignatureDoesNotMatch"));
  });
}

test("presignV4() and verifyV4() agree with AWS's documentation", () => {
  const query =
    "X-Amz-Algorithm=AWS4-HMAC-SHA256" +
    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
    "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
    "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
  assert.equal(presign(get).query, query);
  verify({ ...get, query });
  assert.throws(() => verify({ ...get, path: "/test2.txt", query }), s3Error("SignatureDoesNotMatch"));
});

test("parseV4() reads what the header says", () => {
  const authorization =
    "AWS4-HMAC-SHA256 Credential=AKIA/with/slash/20130524/eu-west-1/s3/aws4_request,SignedHeaders=host;x-amz-date,Signature=ab12";
  const headers = { host, "x-amz-date": "20130524T000000Z", "x-amz-security-token": "token", authorization };
  assert.deepEqual(parseV4({ ...get, headers }), {
    accessKeyId: "AKIA/with/slash",
    date: "20130524",
    region: "eu-west-1",
    service: "s3",
    signedHeaders: ["host", "x-amz-date"],
    signature: "ab12",
    presigned: false,
    timestampMs: nowMs,
    amzDate: "20130524T000000Z",
    expiresSeconds: undefined,
    sessionToken: "token",
  });
});

test("parseV4() returns null where there is no version 4", () => {
  assert.equal(parseV4(get), null);
  assert.equal(parseV4(withHeaders(get, { authorization: "AWS AKIA:abc=" })), null);
  assert.equal(parseV4(withHeaders(get, { authorization: "AWS4-HMAC-SHA256X Credential=" })), null);
  assert.equal(parseV4({ ...get, query: "prefix=X-Amz-Signature&x-amz-acl=private" }), null);
});

test("parseV4() refuses a malformed header", () => {
  const tryHeader = (authorization: string): unknown =>
    parseV4(withHeaders(get, { authorization, "x-amz-date": "20130524T000000Z" }));
  const complete = "SignedHeaders=host, Signature=ab";
  for (const [authorization, message] of [
    ["AWS4-HMAC-SHA256", /three components/],
    ["AWS4-HMAC-SHA256 Credential=A/20130524/r/s3/aws4_request, Signature=ab", /three components/],
    [`AWS4-HMAC-SHA256 Credential=A/20130524/r/s3, ${complete}`, /Credential is mal-formed/],
    [`AWS4-HMAC-SHA256 Credential=A/20130524/r/s3/aws4, ${complete}`, /incorrect terminal "aws4"/],
    [`AWS4-HMAC-SHA256 Credential=A/2013/r/s3/aws4_request, ${complete}`, /incorrect date format "2013"/],
    [`AWS4-HMAC-SHA256 Credential=A/20130525/r/s3/aws4_request, ${complete}`, /not the same as X-Amz-Date/],
  ] as const) {
    assert.throws(() => tryHeader(authorization), s3Error("AuthorizationHeaderMalformed", message));
  }
});

test("parseV4() refuses an incomplete or malformed query", () => {
  const { query } = presign(get);
  for (const [from, to, message] of [
    [/&X-Amz-Signature=\w+/, "", /requires the X-Amz-Algorithm/],
    [/X-Amz-Algorithm=[^&]+&/, "", /requires the X-Amz-Algorithm/],
    [/X-Amz-Algorithm=[^&]+/, "X-Amz-Algorithm=AWS4-HMAC-SHA1", /only supports/],
    [/X-Amz-Date=\w+/, "X-Amz-Date=20130231T000000Z", /ISO8601/],
    [/X-Amz-Date=\w+/, "X-Amz-Date=20130525T000000Z", /not the same as X-Amz-Date/],
    [/X-Amz-Expires=\d+/, "X-Amz-Expires=1h", /should be a number/],
    [/X-Amz-Expires=\d+/, "X-Amz-Expires=-1", /non-negative/],
    [/X-Amz-Expires=\d+/, "X-Amz-Expires=604801", /less than a week/],
    [/%2F20130524%2F/, "", /Credential is mal-formed/],
  ] as const) {
    assert.throws(
      () => parseV4({ ...get, query: query.replace(from, to) }),
      s3Error("AuthorizationQueryParametersError", message),
    );
  }
});

test("verifyV4() refuses another secret, and a signature of another length or case", () => {
  const sent = sign(get);
  verify(sent);
  assert.throws(() => verify(sent, { secretAccessKey: "other" }), s3Error("SignatureDoesNotMatch"));
  const authorization = parseV4(sent);
  assert.ok(authorization);
  for (const signature of [
    "",
    "ab",
    `${authorization.signature}00`,
    authorization.signature.toUpperCase(),
    "é".repeat(64),
  ]) {
    assert.throws(
      () => verifyV4(sent, { ...authorization, signature }, { secretAccessKey, region, nowMs }),
      s3Error("SignatureDoesNotMatch"),
    );
  }
});

test("verifyV4() says what it calculated, and not the secret", () => {
  const sent = withHeaders(sign(get), { host: "other" });
  assert.throws(
    () => verify(sent),
    (error: S3Error) => {
      assert.match(
        error.details["StringToSign"] ?? "",
        /^AWS4-HMAC-SHA256\n20130524T000000Z\n20130524\/us-east-1/,
      );
      assert.match(error.details["CanonicalRequest"] ?? "", /^GET\n\/test\.txt\n\nhost:other\n/);
      assert.doesNotMatch(JSON.stringify(error.details), /wJalr/);
      return true;
    },
  );
});

for (const [way, signed] of [
  ["in the header", sign(get)],
  ["presigned", presign(get)],
] as const) {
  test(`verifyV4() refuses every x-amz-* header that is not signed, ${way}`, () => {
    for (const name of ["x-amz-acl", "x-amz-copy-source", "x-amz-tagging", "x-amz-meta-a", "x-amz-trailer"]) {
      assert.throws(
        () => verify(withHeaders(signed, { [name]: "" })),
        (error: S3Error) => {
          assert.equal(error.code, "AccessDenied");
          assert.equal(error.message, "There were headers present in the request which were not signed");
          assert.deepEqual(error.details, { HeadersNotSigned: name });
          return true;
        },
      );
    }
    // What a proxy or a load balancer adds is nothing to S3.
    verify(withHeaders(signed, { "x-amzn-trace-id": "1", "x-forwarded-for": "1", "user-agent": "a" }));
  });
}

test("verifyV4() wants the host signed", () => {
  const authorization = parseV4(sign(get));
  assert.ok(authorization);
  assert.throws(
    () =>
      verifyV4(
        sign(get),
        { ...authorization, signedHeaders: ["x-amz-content-sha256", "x-amz-date"] },
        { secretAccessKey, nowMs },
      ),
    s3Error("AccessDenied", /not signed/),
  );
});

test("verifyV4() binds the payload's hash when its header is not in the list", () => {
  // Signed by botocore, without the header.
  const authorization =
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=c56d82b267bdb6e445b1471d255de6c82ea88b19c83e16370232146fdcd628ec";
  const sent = withHeaders(get, { authorization, "x-amz-date": "20130524T000000Z" });
  verify(withHeaders(sent, { "x-amz-content-sha256": noBody }));
  for (const other of [sha256Hex("other"), "UNSIGNED-PAYLOAD"]) {
    assert.throws(
      () => verify(withHeaders(sent, { "x-amz-content-sha256": other })),
      s3Error("SignatureDoesNotMatch"),
    );
  }
});

test("verifyV4() binds the payload's hash of a presigned request, in the query or in a header", () => {
  const unsigned = presign(get);
  verify(withHeaders(unsigned, { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }));
  assert.throws(
    () => verify(withHeaders(unsigned, { "x-amz-content-sha256": noBody })),
    s3Error("SignatureDoesNotMatch"),
  );
  const query = presignV4(get, { credentials, region, date, expiresSeconds: 60, payloadHash: noBody });
  const signed = { ...get, query };
  assert.match(query, /X-Amz-Content-Sha256=e3b0c442/);
  verify(signed);
  verify(withHeaders(signed, { "x-amz-content-sha256": noBody }));
  assert.throws(
    () => verify(withHeaders(signed, { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER" })),
    s3Error("AccessDenied", /not signed/),
  );
});

test("payloadHashOf() wants x-amz-content-sha256 in a request that is not presigned", () => {
  const { "x-amz-content-sha256": _, ...headers } = sign(get).headers;
  const authorization = parseV4({ ...get, headers });
  assert.ok(authorization);
  assert.throws(() => payloadHashOf({ ...get, headers }, authorization), s3Error("InvalidRequest"));
});

test("verifyV4() takes 15 minutes of skew either way, and no more", () => {
  const minutes = 60_000;
  const sent = sign(get);
  for (const offset of [-15, 0, 15]) verify(sent, { nowMs: nowMs + offset * minutes });
  for (const offset of [-16, 16]) {
    assert.throws(
      () => verify(sent, { nowMs: nowMs + offset * minutes }),
      (error: S3Error) => {
        assert.equal(error.code, "RequestTimeTooSkewed");
        assert.equal(error.details["RequestTime"], "20130524T000000Z");
        assert.equal(error.details["MaxAllowedSkewMilliseconds"], "900000");
        return true;
      },
    );
  }
});

test("verifyV4() takes a presigned request until its end, and none from the future", () => {
  const sent = presign(get, 3600);
  verify(sent, { nowMs: nowMs + 3_599_999 });
  assert.throws(
    () => verify(sent, { nowMs: nowMs + 3_600_000 }),
    s3Error("AccessDenied", /^Request has expired$/),
  );
  verify(sent, { nowMs: nowMs - 15 * 60_000 });
  assert.throws(() => verify(sent, { nowMs: nowMs - 16 * 60_000 }), s3Error("AccessDenied", /not valid yet/));
  const zero = { ...sent, query: sent.query.replace("X-Amz-Expires=3600", "X-Amz-Expires=0") };
  assert.throws(
    () => verify(zero, { nowMs: nowMs - 1000 }),
    s3Error("AccessDenied", /^Request has expired$/),
  );
});

test("presignV4() refuses lives outside 1 to 604,800 seconds", () => {
  for (const seconds of [0, -1, 604_801, 1.5, Number.NaN]) {
    assert.throws(() => presign(get, seconds), RangeError);
  }
  verify(presign(get, 1));
  verify(presign(get, 604_800));
});

test("verifyV4() refuses another region with the one that it expects, and another service", () => {
  for (const [sent, code] of [
    [sign(get), "AuthorizationHeaderMalformed"],
    [presign(get), "AuthorizationQueryParametersError"],
  ] as const) {
    assert.throws(
      () => verify(sent, { region: "eu-west-1" }),
      (error: S3Error) => {
        assert.equal(error.code, code);
        assert.match(error.message, /the region 'us-east-1' is wrong; expecting 'eu-west-1'$/);
        assert.equal(error.details["Region"], "eu-west-1");
        return true;
      },
    );
    assert.throws(() => verify(sent, { service: "sts" }), s3Error(code, /incorrect service "s3"/));
  }
  const authorization = parseV4(sign(get));
  assert.ok(authorization);
  verifyV4(sign(get), authorization, { secretAccessKey, nowMs });
});

test("verifyV4() takes a Date header in place of x-amz-date", () => {
  // Signed by botocore: the string to sign has the ISO form of the header.
  const headers = { host, date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-content-sha256": noBody };
  const authorization =
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=date;host;x-amz-content-sha256, Signature=f51e643fca75b7c8fd918b44dd7f5de20a60f46a456fd2170e1e8248a77144e1";
  verify({ ...get, headers: { ...headers, authorization } });
  const { date: _, ...dateless } = headers;
  assert.throws(
    () => verify({ ...get, headers: { ...dateless, authorization } }),
    s3Error("AccessDenied", /requires a valid Date or x-amz-date header/),
  );
});

test("signV4() carries the session token, and it is signed", () => {
  const sent = sign(get, { sessionToken: "tok+en/==" });
  assert.equal(sent.headers["x-amz-security-token"], "tok+en/==");
  assert.equal(parseV4(sent)?.sessionToken, "tok+en/==");
  verify(sent);
  assert.throws(
    () => verify(withHeaders(sent, { "x-amz-security-token": "other" })),
    s3Error("SignatureDoesNotMatch"),
  );

  const signer = { ...credentials, sessionToken: "tok+en/==" };
  const query = presignV4(get, { credentials: signer, region, date, expiresSeconds: 60 });
  assert.match(query, /&X-Amz-Security-Token=tok%2Ben%2F%3D%3D&/);
  assert.equal(parseV4({ ...get, query })?.sessionToken, "tok+en/==");
  verify({ ...get, query });
});

test("signV4() signs no header that changes on the way, and wants a host", () => {
  const { authorization = "" } = sign(
    withHeaders(get, {
      "user-agent": "a",
      "accept-encoding": "gzip",
      expect: "100-continue",
      connection: "close",
    }),
  ).headers;
  assert.match(authorization, /SignedHeaders=host;x-amz-content-sha256;x-amz-date,/);
  assert.throws(() => sign({ ...get, headers: {} }), TypeError);
  assert.throws(() => presign({ ...get, headers: {} }), TypeError);
  assert.throws(
    () => presignV4(get, { credentials, region, date, expiresSeconds: 60, signedHeaders: [] }),
    TypeError,
  );
});

test("verifyV4() takes a port in the host as it is sent", () => {
  const sent = sign(withHeaders(get, { host: "localhost:9000" }));
  verify(sent);
  assert.throws(() => verify(withHeaders(sent, { host: "localhost" })), s3Error("SignatureDoesNotMatch"));
});

test("verifyV4() trims and collapses spaces in header values, as bytes", () => {
  const sent = sign(withHeaders(get, { "x-amz-meta-a": "b c", "x-amz-meta-b": "\u00a0\u00c3\u00a0" }));
  verify(withHeaders(sent, { "x-amz-meta-a": "  b \t  c " }));
  // 0xa0 is a byte of some UTF-8 character, whatever it is in latin1.
  assert.throws(
    () => verify(withHeaders(sent, { "x-amz-meta-b": "\u00c3" })),
    s3Error("SignatureDoesNotMatch"),
  );
});

test("verifyV4() covers every value of a repeated query key", () => {
  const sent = sign({ ...get, query: "versionId=1&versionId=2&acl" });
  verify({ ...sent, query: "acl=&versionId=1&versionId=2" });
  for (const query of ["acl&versionId=2", "acl&versionId=1&versionId=3", "acl&versionId=1&versionId=2&a"]) {
    assert.throws(() => verify({ ...sent, query }), s3Error("SignatureDoesNotMatch"));
  }
});

test("verifyV4() takes a `+` in a query for a space, which Python's urlencode makes of it", () => {
  const request = { ...get, query: "response-content-disposition=attachment%3B%20filename%3Da%20b.txt" };
  const sent = presign(request);
  verify({ ...sent, query: sent.query.replaceAll("%20", "+") });
});

test("verifyV4() finds a signed header of a presigned request in its query", () => {
  // AWS's JavaScript SDK 2 lists the header as signed and sends its value as a parameter.
  const request = withHeaders(
    { ...get, method: "PUT", query: "x-amz-acl=public-read" },
    { "x-amz-acl": "public-read" },
  );
  const sent = presign(request);
  verify(sent);
  verify({ ...sent, headers: { host } });
  assert.throws(
    () => verify(withHeaders(sent, { "x-amz-acl": "private" })),
    s3Error("SignatureDoesNotMatch"),
  );
});

test("verifyV4() takes every key that signV4() and presignV4() signed", () => {
  const keys = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("..", "a//b", "/", "./", "!'()*", "a+b", "%2F"),
  );
  fc.assert(
    fc.property(keys, fc.string({ unit: "binary" }), (key, prefix) => {
      const path = `/${uriEncode(key, { slash: false })}`;
      const request = { ...get, path, query: `prefix=${uriEncode(prefix)}&list-type=2` };
      verify(sign(request));
      verify(presign(request));
    }),
    { numRuns: 50 },
  );
});

test("parseV4() and verifyV4() throw nothing but S3Error, whatever was sent", () => {
  const bytes = fc.uint8Array({ maxLength: 30 }).map((array) => Buffer.from(array).toString("latin1"));
  const valid = sign(get);
  const mutated = (text: string): fc.Arbitrary<string> =>
    fc
      .tuple(fc.nat(text.length), fc.nat(10), bytes)
      .map(([at, length, inserted]) => text.slice(0, at) + inserted + text.slice(at + length));
  fc.assert(
    fc.property(
      mutated(valid.headers["authorization"] ?? ""),
      mutated(presign(get).query),
      bytes,
      bytes,
      (authorization, query, path, amzDate) => {
        for (const request of [
          withHeaders(valid, { authorization }),
          withHeaders(valid, { "x-amz-date": amzDate }),
          { ...get, query },
          { ...valid, path, query: path },
        ]) {
          try {
            verify(request);
          } catch (error) {
            assert.ok(error instanceof S3Error || error instanceof assert.AssertionError, String(error));
          }
        }
      },
    ),
  );
});
