import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AccessLogEntry, accessLogLine, loggedOperation } from "./access-log.ts";
import { logKey } from "./logging.ts";
import { operations } from "./operations.ts";

const owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
const entry: AccessLogEntry = {
  bucketOwnerId: owner,
  bucketName: "amzn-s3-demo-bucket1",
  timeMs: Date.UTC(2019, 1, 6, 0, 0, 38),
  remoteAddress: "192.0.2.3",
  requesterId: owner,
  requestId: "3E57427F3EXAMPLE",
  operation: "REST.GET.VERSIONING",
  request: { method: "GET", target: "/amzn-s3-demo-bucket1?versioning", httpVersion: "1.1" },
  status: 200,
  bytesSent: 113,
  totalMs: 7,
  userAgent: "S3Console/0.4",
  signatureVersion: "SigV4",
  cipherSuite: "ECDHE-RSA-AES128-GCM-SHA256",
  authenticationType: "AuthHeader",
  hostHeader: "amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com",
  tlsVersion: "TLSv1.2",
};

describe("accessLogLine()", () => {
  it("writes the first line of AWS's example, without what only AWS has", () => {
    assert.equal(
      accessLogLine(entry),
      `${owner} amzn-s3-demo-bucket1 [06/Feb/2019:00:00:38 +0000] 192.0.2.3 ${owner} 3E57427F3EXAMPLE REST.GET.VERSIONING - "GET /amzn-s3-demo-bucket1?versioning HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4" - - SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com TLSv1.2 - -\n`,
    );
  });

  it("has 26 fields whatever the client sends, and one line", () => {
    const line = accessLogLine({
      ...entry,
      key: 'a "b"\n] c/ü',
      referrer: 'http://x/" injected\r\nline',
      userAgent: 'evil" "-" 200\n',
      hostHeader: "a b",
      errorCode: "NoSuchKey",
      versionId: "a b",
    });
    assert.equal(line.split("\n").length, 2);
    const fields = line.trimEnd().match(/\[[^\]]*\]|"[^"]*"|\S+/g) ?? [];
    assert.equal(fields.length, 26);
    assert.equal(fields[7], "a%20%22b%22%0A%5D%20c/%C3%BC");
    assert.equal(fields[15], '"http://x/%22 injected%0D%0Aline"');
    assert.equal(fields[22], "a%20b");
  });

  it("takes out keys that customers encrypt with", () => {
    const target =
      "/b/k?X-Amz-Server-Side-Encryption-Customer-Key=a%2Bb&x-amz-copy-source-server-side-encryption-customer-key=c&x-amz-server-side-encryption-customer-key-MD5=d&x=1";
    const line = accessLogLine({ ...entry, request: { method: "GET", target, httpVersion: "1.1" } });
    assert.match(
      line,
      /\?X-Amz-Server-Side-Encryption-Customer-Key=REDACTED&x-amz-copy-source-server-side-encryption-customer-key=REDACTED&x-amz-server-side-encryption-customer-key-MD5=d&x=1 /,
    );
  });

  it("takes out what signs", () => {
    const target =
      "/b/k?X-Amz-Credential=AKID&X-Amz-Security-Token=tok%2Fen&X-Amz-Signature=abc&x=1&Signature=def";
    const line = accessLogLine({
      ...entry,
      request: { method: "GET", target, httpVersion: "1.1" },
      referrer: `http://s3${target}`,
    });
    assert.ok(!/tok%2Fen|=abc|=def/.test(line), line);
    assert.match(line, /X-Amz-Credential=AKID&X-Amz-Security-Token=REDACTED&X-Amz-Signature=REDACTED&x=1/);
  });
});

describe("loggedOperation()", () => {
  const cases: [operation: string, logged: string][] = [
    ["ListBuckets", "REST.GET.SERVICE"],
    ["CreateBucket", "REST.PUT.BUCKET"],
    ["ListObjectsV2", "REST.GET.BUCKET"],
    ["GetBucketLogging", "REST.GET.LOGGING_STATUS"],
    ["GetBucketPolicy", "REST.GET.BUCKETPOLICY"],
    ["PutBucketAcl", "REST.PUT.ACL"],
    ["DeleteObjects", "REST.POST.MULTI_OBJECT_DELETE"],
    ["GetObject", "REST.GET.OBJECT"],
    ["HeadObject", "REST.HEAD.OBJECT"],
    ["PutObject", "REST.PUT.OBJECT"],
    ["CopyObject", "REST.COPY.OBJECT"],
    ["GetObjectTagging", "REST.GET.OBJECT_TAGGING"],
    ["CreateMultipartUpload", "REST.POST.UPLOADS"],
    ["UploadPart", "REST.PUT.PART"],
    ["UploadPartCopy", "REST.COPY.PART"],
    ["CompleteMultipartUpload", "REST.POST.UPLOAD"],
    ["AbortMultipartUpload", "REST.DELETE.UPLOAD"],
  ];
  for (const [name, logged] of cases) {
    it(`calls ${name} ${logged}`, () => assert.equal(loggedOperation(operations.get(name)!), logged));
  }

  it("calls every operation something", () => {
    for (const operation of operations.values()) {
      assert.match(loggedOperation(operation), /^REST\.[A-Z]+\.[A-Z0-9_-]+$/i, operation.name);
    }
  });
});

describe("logKey()", () => {
  const input = {
    eventMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    deliveryMs: Date.UTC(2026, 0, 3, 4, 5, 6),
    unique: "0123456789ABCDEF",
    source: { name: "source", ownerId: "owner", region: "us-east-1" },
  };
  const logging = { targetBucket: "t", targetPrefix: "log/" };
  it("names by the time of delivery", () => {
    assert.equal(logKey(logging, input), "log/2026-01-03-04-05-06-0123456789ABCDEF");
  });
  it("names under source and day, of the delivery or of the event", () => {
    assert.equal(
      logKey({ ...logging, keyFormat: { type: "partitioned", dateSource: "DeliveryTime" } }, input),
      "log/owner/us-east-1/source/2026/01/03/2026-01-03-04-05-06-0123456789ABCDEF",
    );
    assert.equal(
      logKey({ ...logging, keyFormat: { type: "partitioned", dateSource: "EventTime" } }, input),
      "log/owner/us-east-1/source/2026/01/02/2026-01-02-00-00-00-0123456789ABCDEF",
    );
  });
});
