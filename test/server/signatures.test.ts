import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { presignV2, signV2 } from "../../src/s3/sigv2.ts";
import { presignV4, signV4 } from "../../src/s3/sigv4.ts";
import { other, owner, startTestServer, type TestServer } from "../support/server.ts";

describe("signatures over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /signed");
    await s3.send("PUT /signed/key", { body: "x" });
  });
  after(() => s3.close());

  const host = (): string => `127.0.0.1:${s3.server.port}`;
  const presign = (
    method: string,
    path: string,
    options: { expiresSeconds?: number; date?: Date; query?: string; token?: string } = {},
  ): string =>
    presignV4(
      { method, path, query: options.query ?? "", headers: { host: host() } },
      {
        credentials: { ...owner, ...(options.token === undefined ? {} : { sessionToken: options.token }) },
        region: "us-east-1",
        date: options.date ?? new Date(),
        expiresSeconds: options.expiresSeconds ?? 60,
      },
    );

  it("a wrong secret is SignatureDoesNotMatch, an unknown key InvalidAccessKeyId", async () => {
    const as = { ...owner, secretAccessKey: "wrong" };
    assert.equal((await s3.send("GET /signed/key", { as })).code, "SignatureDoesNotMatch");
    assert.equal(
      (await s3.send("GET /signed/key", { as: { ...owner, accessKeyId: "NOBODY" } })).code,
      "InvalidAccessKeyId",
    );
  });

  it("no secret and no signature of ours stands in an error", async () => {
    const { text } = await s3.send("GET /signed/key", { as: { ...owner, secretAccessKey: "wrong" } });
    assert.doesNotMatch(text, /owner-secret/);
  });

  it("presigned V4: GET, PUT, expired, changed, another method", async () => {
    const target = `/signed/key?${presign("GET", "/signed/key")}`;
    assert.equal((await s3.send(`GET ${target}`, { as: null })).text, "x");
    assert.equal((await s3.send(`GET ${target}x`, { as: null })).code, "SignatureDoesNotMatch");
    assert.equal((await s3.send(`DELETE ${target}`, { as: null })).code, "SignatureDoesNotMatch");
    const put = `PUT /signed/put?${presign("PUT", "/signed/put")}`;
    assert.equal((await s3.send(put, { as: null, body: "presigned" })).status, 200);
    assert.equal((await s3.send("GET /signed/put")).text, "presigned");
    const old = presign("GET", "/signed/key", { date: new Date(Date.now() - 120_000), expiresSeconds: 60 });
    const expired = await s3.send(`GET /signed/key?${old}`, { as: null });
    assert.deepEqual([expired.status, expired.code], [403, "AccessDenied"]);
  });

  it("an x-amz- header that was not signed is refused, presigned or not", async () => {
    const put = `PUT /signed/acl?${presign("PUT", "/signed/acl")}`;
    const answer = await s3.send(put, { as: null, body: "x", headers: { "x-amz-acl": "public-read" } });
    assert.deepEqual([answer.status, answer.code], [403, "AccessDenied"]);
    assert.equal((await s3.send("GET /signed/acl")).status, 404);
  });

  it("headers that a presigned URL carries in its query count", async () => {
    const query = presign("PUT", "/signed/hoisted", { query: "x-amz-acl=public-read&x-amz-meta-a=1" });
    assert.equal((await s3.send(`PUT /signed/hoisted?${query}`, { as: null, body: "x" })).status, 200);
    const got = await s3.send("GET /signed/hoisted", { as: null });
    assert.deepEqual([got.status, got.headers["x-amz-meta-a"]], [200, "1"]);
    const copy = presign("PUT", "/signed/copied", { query: "x-amz-copy-source=signed%2Fkey" });
    assert.equal((await s3.send(`PUT /signed/copied?${copy}`, { as: null })).status, 200);
    assert.equal((await s3.send("GET /signed/copied")).text, "x");
  });

  it("SigV2 with an aws-chunked body is refused, not stored with its framing", async () => {
    const headers: Record<string, string> = {
      host: host(),
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "x-amz-decoded-content-length": "0",
    };
    const request = { method: "PUT", path: "/signed/framed", query: "", headers };
    const signed = { ...headers, ...signV2(request, { credentials: owner, date: new Date() }) };
    const answer = await s3.send("PUT /signed/framed", { as: null, body: "0\r\n\r\n", headers: signed });
    assert.equal(answer.status, 403);
  });

  it("GetBucketLocation may be signed for any region, nothing else", async () => {
    for (const [query, status] of [
      ["location", 200],
      ["acl", 400],
    ] as const) {
      const signed = signV4(
        { method: "GET", path: "/signed", query, headers: { host: host() } },
        { credentials: owner, region: "eu-west-1", payloadHash: "UNSIGNED-PAYLOAD", date: new Date() },
      );
      assert.equal(
        (await s3.send(`GET /signed?${query}`, { as: null, headers: signed })).status,
        status,
        query,
      );
    }
  });

  it("a signature for another region is told the right one, also where the answer has no document", async () => {
    for (const method of ["GET", "HEAD"]) {
      const signed = signV4(
        { method, path: "/signed", query: "", headers: { host: host() } },
        { credentials: owner, region: "eu-west-1", payloadHash: "UNSIGNED-PAYLOAD", date: new Date() },
      );
      const sent = await s3.send(`${method} /signed`, { as: null, headers: signed });
      assert.deepEqual([sent.status, sent.headers["x-amz-bucket-region"]], [400, "us-east-1"]);
      if (method === "GET") assert.match(sent.text, /<Region>us-east-1<\/Region>/);
    }
  });

  it("SigV2 in headers, with a subresource, and presigned", async () => {
    const request = { method: "GET", path: "/signed", query: "acl", headers: { host: host() } };
    const headers = signV2(request, { credentials: owner, date: new Date() });
    assert.match((await s3.send("GET /signed?acl", { as: null, headers })).text, /AccessControlPolicy/);
    const wrong = signV2(request, { credentials: { ...owner, secretAccessKey: "wrong" }, date: new Date() });
    assert.equal(
      (await s3.send("GET /signed?acl", { as: null, headers: wrong })).code,
      "SignatureDoesNotMatch",
    );
    const query = presignV2(
      { method: "GET", path: "/signed/key", query: "", headers: {} },
      { credentials: owner, expires: Math.floor(Date.now() / 1000) + 60 },
    );
    assert.equal((await s3.send(`GET /signed/key?${query}`, { as: null })).text, "x");
    const past = presignV2(
      { method: "GET", path: "/signed/key", query: "", headers: {} },
      { credentials: owner, expires: Math.floor(Date.now() / 1000) - 1 },
    );
    assert.equal((await s3.send(`GET /signed/key?${past}`, { as: null })).status, 403);
  });

  describe("what a URL presigned by V2 carries in its query", () => {
    /** As botocore does it: what is said of the object stands in the query, and is signed. */
    const sendPresigned = (line: string, carried: Record<string, string>, body = "x") => {
      const [method = "", target = ""] = line.split(" ");
      const [path = "", subresource] = target.split("?");
      const pairs = Object.entries(carried).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
      const query = presignV2(
        {
          method,
          path,
          query: [...(subresource === undefined ? [] : [subresource]), ...pairs].join("&"),
          headers: {},
        },
        { credentials: owner, expires: Math.floor(Date.now() / 1000) + 60 },
      );
      return s3.send(`${method} ${path}?${query}`, { as: null, body });
    };
    before(async () => {
      await s3.send("PUT /v2locked", { headers: { "x-amz-bucket-object-lock-enabled": "true" } });
    });

    it("type, metadata, tags and storage class are the object's", async () => {
      const put = await sendPresigned("PUT /signed/v2-described", {
        "Content-Type": "text/x-v2",
        "x-amz-meta-a": "b c",
        "x-amz-tagging": "t=1",
        "x-amz-storage-class": "STANDARD_IA",
      });
      assert.equal(put.status, 200);
      const { headers } = await s3.send("HEAD /signed/v2-described");
      assert.deepEqual(
        [headers["content-type"], headers["x-amz-meta-a"], headers["x-amz-tagging-count"]],
        ["text/x-v2", "b c", "1"],
      );
      assert.equal(headers["x-amz-storage-class"], "STANDARD_IA");
    });

    it("its ACL, and its encryption", async () => {
      const carried = { "x-amz-acl": "public-read", "x-amz-server-side-encryption": "AES256" };
      assert.equal((await sendPresigned("PUT /signed/v2-acl", carried)).status, 200);
      const got = await s3.send("GET /signed/v2-acl", { as: null });
      assert.deepEqual([got.status, got.headers["x-amz-server-side-encryption"]], [200, "AES256"]);
    });

    it("its legal hold", async () => {
      const carried = { "x-amz-object-lock-legal-hold": "ON", "Content-MD5": "ndTkYSaMgDT1yFZOFVxnpg==" };
      assert.equal((await sendPresigned("PUT /v2locked/key", carried)).status, 200);
      const { headers } = await s3.send("HEAD /v2locked/key");
      assert.equal(headers["x-amz-object-lock-legal-hold"], "ON");
    });

    it("another body than the MD5 or the checksum of the URL is refused", async () => {
      const md5 = await sendPresigned(
        "PUT /signed/v2-md5",
        { "Content-MD5": "ndTkYSaMgDT1yFZOFVxnpg==" },
        "y",
      );
      assert.equal(md5.code, "BadDigest");
      const crc = await sendPresigned("PUT /signed/v2-crc", { "x-amz-checksum-crc32": "AAAAAA==" }, "y");
      assert.equal(crc.code, "BadDigest");
      const sha = await sendPresigned("PUT /signed/v2-sha", { "x-amz-content-sha256": "0".repeat(64) }, "y");
      assert.equal(sha.code, "XAmzContentSHA256Mismatch");
    });

    it("the source of a copy, and the expected owner of the bucket", async () => {
      const copied = await sendPresigned("PUT /signed/v2-copied", { "x-amz-copy-source": "signed/key" }, "");
      assert.equal(copied.status, 200);
      assert.equal((await s3.send("GET /signed/v2-copied")).text, "x");
      const expected = { "x-amz-expected-bucket-owner": other.id };
      assert.equal((await sendPresigned("PUT /signed/v2-copied", expected)).code, "AccessDenied");
    });

    it("a header that came and was signed takes its place", async () => {
      const query = presignV2(
        {
          method: "PUT",
          path: "/signed/v2-both",
          query: "x-amz-meta-a=query",
          headers: { "x-amz-meta-a": "header" },
        },
        { credentials: owner, expires: Math.floor(Date.now() / 1000) + 60 },
      );
      const headers = { "x-amz-meta-a": "header" };
      assert.equal((await s3.send(`PUT /signed/v2-both?${query}`, { as: null, headers })).status, 200);
      assert.equal((await s3.send("HEAD /signed/v2-both")).headers["x-amz-meta-a"], "header");
    });
  });

  it("a token of temporary credentials is refused, which nobody has", async () => {
    const token = { "x-amz-security-token": "token" };
    assert.equal((await s3.send("GET /signed/key", { headers: token })).code, "InvalidToken");
    const v2 = signV2(
      { method: "GET", path: "/signed/key", query: "", headers: { host: host(), ...token } },
      { credentials: owner, date: new Date() },
    );
    assert.equal(
      (await s3.send("GET /signed/key", { as: null, headers: { ...token, ...v2 } })).code,
      "InvalidToken",
    );
    const query = presign("GET", "/signed/key", { token: "token" });
    assert.equal((await s3.send(`GET /signed/key?${query}`, { as: null })).code, "InvalidToken");
  });

  it("two mechanisms in one request are refused", async () => {
    const answer = await s3.send(`GET /signed/key?${presign("GET", "/signed/key")}`);
    assert.deepEqual([answer.status, answer.code], [400, "InvalidArgument"]);
  });

  it("a valid signature gives no right over what another user owns", async () => {
    assert.equal((await s3.send("GET /signed/key", { as: other })).status, 403);
  });

  it("x-amz-expected-bucket-owner must be the owner", async () => {
    const get = (id: string) =>
      s3.send("GET /signed/key", { headers: { "x-amz-expected-bucket-owner": id } });
    assert.equal((await get(owner.id)).status, 200);
    assert.equal((await get(other.id)).status, 403);
  });
});
