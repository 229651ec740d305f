import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { after, before, describe, it } from "node:test";
import { customerKeyHeaders } from "../../src/s3/server-side-encryption.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

const keyA = customerKeyHeaders("pO3upElrwuEXSoFwCfnZPdSsmt/xWeFa0N9KgDijwVs=");
const md5A = "DWygnHRtgiJ77HCm+1rvHw==";
const keyB = customerKeyHeaders("6b+WOZ1T3cqZMxgThRcXAQBrS5mXKdDUphvpxptl9/4=");
const sourceA = customerKeyHeaders("pO3upElrwuEXSoFwCfnZPdSsmt/xWeFa0N9KgDijwVs=", "source");
const sseS3 = { "x-amz-server-side-encryption": "AES256" };

function configuration(algorithm: string, blocked?: string): string {
  const types =
    blocked === undefined
      ? ""
      : `<BlockedEncryptionTypes><EncryptionType>${blocked}</EncryptionType></BlockedEncryptionTypes>`;
  return `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>${algorithm}</SSEAlgorithm></ApplyServerSideEncryptionByDefault>${types}</Rule></ServerSideEncryptionConfiguration>`;
}

describe("server-side encryption", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ kmsKeys: ["invoices"] });
    await server.send("PUT /bucket");
  });
  after(() => server.close());

  it("SSE-C: what was put with a key is read with that key alone", async () => {
    const put = await server.send("PUT /bucket/c", { headers: keyA, body: "hello" });
    assert.equal(put.status, 200);
    assert.equal(put.headers["x-amz-server-side-encryption-customer-algorithm"], "AES256");
    assert.equal(put.headers["x-amz-server-side-encryption-customer-key-md5"], md5A);
    assert.equal(put.headers["x-amz-server-side-encryption"], undefined);

    const got = await server.send("GET /bucket/c", { headers: keyA });
    assert.equal(got.text, "hello");
    assert.equal(got.headers["x-amz-server-side-encryption-customer-algorithm"], "AES256");
    assert.equal(got.headers["x-amz-server-side-encryption-customer-key-md5"], md5A);
    assert.equal(got.headers["etag"], put.headers["etag"]);
    assert.notEqual(got.headers["etag"], '"5d41402abc4b2a76b9719d911017c592"');
    const range = await server.send("GET /bucket/c", { headers: { ...keyA, range: "bytes=1-3" } });
    assert.deepEqual([range.status, range.text], [206, "ell"]);
    assert.equal((await server.send("HEAD /bucket/c", { headers: keyA })).status, 200);
    const asked = { "x-amz-object-attributes": "ObjectSize" };
    const attributes = await server.send("GET /bucket/c?attributes", { headers: { ...keyA, ...asked } });
    assert.match(attributes.text, /<ObjectSize>5</);
    assert.equal((await server.send("GET /bucket/c?attributes", { headers: asked })).code, "InvalidRequest");

    const refusals = [
      await server.send("GET /bucket/c"),
      await server.send("GET /bucket/c", { headers: keyB }),
      await server.send("GET /bucket/c", { headers: { ...keyA, ...sseS3 } }),
    ];
    assert.deepEqual(
      refusals.map(({ status, code }) => [status, code]),
      [
        [400, "InvalidRequest"],
        [403, "AccessDenied"],
        [400, "InvalidArgument"],
      ],
    );
    assert.equal((await server.send("HEAD /bucket/c")).status, 400);
    assert.equal((await server.send("HEAD /bucket/c", { headers: keyB })).status, 403);
    // A key where none belongs.
    await server.send("PUT /bucket/plain", { body: "plain" });
    assert.equal((await server.send("GET /bucket/plain", { headers: keyA })).code, "InvalidRequest");
  });

  it("SSE-C: no key, wrong ones and their MD5 are refused before anything is stored", async () => {
    const name = "x-amz-server-side-encryption-customer-";
    for (const [headers, code] of [
      [{ [`${name}algorithm`]: "AES256" }, "InvalidArgument"],
      [{ ...keyA, [`${name}algorithm`]: "AES192" }, "InvalidEncryptionAlgorithmError"],
      [{ ...keyA, [`${name}key-md5`]: "AAAAAAAAAAAAAAAAAAAAAA==" }, "InvalidArgument"],
      [{ ...keyA, ...sseS3 }, "InvalidArgument"],
    ] as const) {
      for (const line of ["PUT /bucket/refused", "POST /bucket/refused?uploads"]) {
        const answer = await server.send(line, { headers, body: "x" });
        assert.deepEqual([answer.status, answer.code], [400, code], line);
        assert.equal(answer.text.includes("pO3upElrwuEXSoFwCfnZPdSsmt"), false);
      }
    }
    assert.equal((await server.send("GET /bucket/refused")).status, 404);
  });

  it("SSE-S3: by header, with AWS's answers, and the ETag is the MD5", async () => {
    const put = await server.send("PUT /bucket/s3", { headers: sseS3, body: "hello" });
    assert.equal(put.headers["x-amz-server-side-encryption"], "AES256");
    assert.equal(put.headers["etag"], '"5d41402abc4b2a76b9719d911017c592"');
    const got = await server.send("GET /bucket/s3");
    assert.equal(got.text, "hello");
    assert.equal(got.headers["x-amz-server-side-encryption"], "AES256");
    const head = await server.send("HEAD /bucket/s3", { headers: sseS3 });
    assert.equal(head.status, 400);
    const unknown = await server.send("PUT /bucket/s3", {
      headers: { "x-amz-server-side-encryption": "AES192" },
      body: "x",
    });
    assert.deepEqual([unknown.status, unknown.code], [400, "InvalidArgument"]);
  });

  it("SSE-KMS: with the keys that the server was given", async () => {
    const kms = { "x-amz-server-side-encryption": "aws:kms" };
    const keyId = "x-amz-server-side-encryption-aws-kms-key-id";
    const put = await server.send("PUT /bucket/kms", {
      headers: { ...kms, [keyId]: "invoices" },
      body: "hello",
    });
    assert.equal(put.headers["x-amz-server-side-encryption"], "aws:kms");
    const got = await server.send("GET /bucket/kms");
    assert.equal(got.text, "hello");
    assert.equal(got.headers[keyId], "invoices");
    for (const headers of [{ ...kms, [keyId]: "unknown" }, kms]) {
      const refused = await server.send("PUT /bucket/kms", { headers, body: "x" });
      assert.deepEqual([refused.status, refused.code], [400, "KMS.NotFoundException"]);
    }
    const without = await server.send("PUT /bucket/kms", { headers: { [keyId]: "invoices" }, body: "x" });
    assert.equal(without.code, "InvalidArgument");
    const bare = await startTestServer();
    await bare.send("PUT /bucket");
    assert.equal((await bare.send("PUT /bucket/k", { headers: kms, body: "x" })).code, "NotImplemented");
    const set = await bare.send("PUT /bucket?encryption", { body: configuration("aws:kms") });
    assert.equal(set.code, "NotImplemented");
    await bare.close();
  });

  it("a bucket's default encrypts what says nothing, and can be read, set and deleted", async () => {
    await server.send("PUT /default");
    const none = await server.send("GET /default?encryption");
    assert.deepEqual([none.status, none.code], [404, "ServerSideEncryptionConfigurationNotFoundError"]);
    assert.equal(
      (await server.send("PUT /default?encryption", { body: configuration("AES256") })).status,
      200,
    );
    assert.match(
      (await server.send("GET /default?encryption")).text,
      /<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256<\/SSEAlgorithm>/,
    );
    await server.send("PUT /default/k", { body: "hello" });
    assert.equal((await server.send("GET /default/k")).headers["x-amz-server-side-encryption"], "AES256");
    const customer = await server.send("PUT /default/c", { headers: keyA, body: "hello" });
    assert.equal(customer.headers["x-amz-server-side-encryption"], undefined);
    assert.equal((await server.send("DELETE /default?encryption")).status, 204);
    await server.send("PUT /default/plain", { body: "hello" });
    const plain = await server.send("GET /default/plain");
    assert.equal(plain.headers["x-amz-server-side-encryption"], undefined);
    assert.equal((await server.send("PUT /default?encryption", { body: "<a/>" })).code, "MalformedXML");
    const unknown = await server.send("PUT /default?encryption", { body: configuration("aws:kms") });
    assert.equal(unknown.code, "KMS.NotFoundException");
  });

  it("a bucket that blocks SSE-C takes no customer's keys", async () => {
    await server.send("PUT /blocked");
    await server.send("PUT /blocked?encryption", { body: configuration("AES256", "SSE-C") });
    const refused = await server.send("PUT /blocked/k", { headers: keyA, body: "hello" });
    assert.deepEqual([refused.status, refused.code], [403, "AccessDenied"]);
    assert.equal((await server.send("PUT /blocked/k", { body: "hello" })).status, 200);
  });

  it("CopyObject decrypts with the source's key and encrypts as the copy asks", async () => {
    await server.send("PUT /bucket/from", { headers: keyA, body: "hello" });
    const copy = { "x-amz-copy-source": "/bucket/from" };
    assert.equal((await server.send("PUT /bucket/to", { headers: copy })).code, "InvalidRequest");
    const made = await server.send("PUT /bucket/to", { headers: { ...copy, ...sourceA, ...keyB } });
    assert.equal(made.status, 200);
    assert.equal(
      made.headers["x-amz-server-side-encryption-customer-key-md5"],
      keyB["x-amz-server-side-encryption-customer-key-md5"],
    );
    assert.equal((await server.send("GET /bucket/to", { headers: keyB })).text, "hello");
    assert.equal((await server.send("GET /bucket/to", { headers: keyA })).status, 403);
    // An object may be copied onto itself to change its key.
    const turned = await server.send("PUT /bucket/from", { headers: { ...copy, ...sourceA, ...sseS3 } });
    assert.equal(turned.headers["x-amz-server-side-encryption"], "AES256");
    assert.equal((await server.send("GET /bucket/from")).text, "hello");
  });

  it("multipart: every part brings the key, part copies too, and the answers say so", async () => {
    const created = await server.send("POST /bucket/mp?uploads", { headers: keyA });
    assert.equal(created.headers["x-amz-server-side-encryption-customer-algorithm"], "AES256");
    const id = /<UploadId>([^<]+)/.exec(created.text)?.[1] ?? "";
    const line = `PUT /bucket/mp?partNumber=1&uploadId=${id}`;
    assert.equal((await server.send(line, { body: "a" })).code, "InvalidRequest");
    assert.equal((await server.send(line, { body: "a", headers: keyB })).code, "InvalidRequest");
    const first = Buffer.alloc(5 * 1024 * 1024, "a");
    const one = await server.send(line, { body: first, headers: keyA });
    assert.equal(one.headers["x-amz-server-side-encryption-customer-key-md5"], md5A);
    await server.send("PUT /bucket/source", { headers: keyB, body: "tail" });
    const two = await server.send(`PUT /bucket/mp?partNumber=2&uploadId=${id}`, {
      headers: {
        ...keyA,
        ...customerKeyHeaders(keyB["x-amz-server-side-encryption-customer-key"] as string, "source"),
        "x-amz-copy-source": "/bucket/source",
      },
    });
    assert.equal(two.status, 200);
    assert.equal(two.headers["x-amz-server-side-encryption-customer-key-md5"], md5A);
    const etags = [one.headers["etag"], /<ETag>([^<]+)/.exec(two.text)?.[1]];
    const parts = etags
      .map((etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
      .join("");
    const done = await server.send(`POST /bucket/mp?uploadId=${id}`, {
      body: `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`,
    });
    assert.equal(done.status, 200);
    const got = await server.send("GET /bucket/mp", { headers: { ...keyA, range: "bytes=5242878-" } });
    assert.deepEqual([got.status, got.text], [206, "aatail"]);
    const part = await server.send("GET /bucket/mp?partNumber=2", { headers: keyA });
    assert.equal(part.text, "tail");
    assert.equal((await server.send("GET /bucket/mp")).status, 400);
  });

  it("a customer's key comes over TLS or from this machine, unless the operator says otherwise", async (t) => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((one) => one !== undefined && !one.internal && one.family === "IPv4");
    if (outside === undefined) {
      t.skip("this machine has no address but the loopback one");
      return;
    }
    const { address } = outside;
    for (const [customerKeysOverHttp, status] of [
      [false, 400],
      [true, 200],
    ] as const) {
      const listening = await startTestServer({ host: "0.0.0.0", customerKeysOverHttp });
      try {
        await listening.send("PUT /bucket", { address });
        assert.equal((await listening.send("PUT /bucket/plain", { address, body: "x" })).status, 200);
        const put = await listening.send("PUT /bucket/k", { address, headers: keyA, body: "x" });
        assert.equal(put.status, status);
      } finally {
        await listening.close();
      }
    }
  });
});
