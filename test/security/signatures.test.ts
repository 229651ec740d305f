/** Attacks on signatures, each named after the advisory of a server that it worked on. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ChunkedEncoder } from "../../src/s3/chunked-encoder.ts";
import { presignV4, signV4WithSeed } from "../../src/s3/sigv4.ts";
import { owner, type Sent, startTestServer, type TestServer } from "../support/server.ts";

describe("attacks on signatures", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /victim");
    await s3.send("PUT /victim/secret", { body: "secret" });
    await s3.send("PUT /open", { headers: { "x-amz-acl": "public-read-write" } });
  });
  after(() => s3.close());

  /** Asserts that a request was refused with 4xx and stored nothing under `key`. */
  async function nothing(sent: Sent, key = "/victim/forged"): Promise<void> {
    assert.ok(sent.status >= 400 && sent.status < 500, `${sent.status} ${sent.text}`);
    assert.equal((await s3.send(`GET ${key}`)).status, 404, "it was stored");
  }

  const trailerBody = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
  const trailerHeaders = {
    "content-encoding": "aws-chunked",
    "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "x-amz-decoded-content-length": "5",
    "x-amz-trailer": "x-amz-checksum-crc32",
  };

  it("CVE-2026-40344: a forged signature over an unsigned body with a trailer", async () => {
    const as = { ...owner, secretAccessKey: "guessed" };
    const sent = await s3.send("PUT /victim/forged", { as, body: trailerBody, headers: trailerHeaders });
    assert.equal(sent.code, "SignatureDoesNotMatch");
    await nothing(sent);
    const good = await s3.send("PUT /victim/good", { body: trailerBody, headers: trailerHeaders });
    assert.equal(good.status, 200, "the same with the right secret");
  });

  it("CVE-2026-41145: a credential in the query, no Authorization, a body with a trailer", async () => {
    const credential = encodeURIComponent(`${owner.accessKeyId}/20260101/us-east-1/s3/aws4_request`);
    for (const query of [
      `X-Amz-Credential=${credential}`,
      `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}`,
      `AWSAccessKeyId=${owner.accessKeyId}`,
    ]) {
      const line = `PUT /victim/forged?${query}`;
      await nothing(await s3.send(line, { as: null, body: trailerBody, headers: trailerHeaders }));
    }
    const anonymous = await s3.send("PUT /open/forged", {
      as: null,
      body: trailerBody,
      headers: trailerHeaders,
    });
    await nothing(anonymous, "/open/forged");
  });

  /** A body in signed chunks with a signed trailer, as far as it is left as it is. */
  async function chunked(change: (framed: Buffer) => Buffer): Promise<Sent> {
    const request = {
      method: "PUT",
      path: "/victim/forged",
      query: "",
      headers: {
        host: `127.0.0.1:${s3.server.port}`,
        "content-encoding": "aws-chunked",
        "x-amz-decoded-content-length": "5",
        "x-amz-trailer": "x-amz-checksum-crc32",
      },
    };
    const { headers, signature, signingKey, scope, amzDate } = signV4WithSeed(request, {
      credentials: owner,
      region: "us-east-1",
      payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
      date: new Date(),
    });
    const signing = { key: signingKey, scope, amzDate, seedSignature: signature };
    const encoder = new ChunkedEncoder({ kind: "signed", trailer: true, signing });
    const framed = [
      ...encoder.push(Buffer.from("hello")),
      ...encoder.end({ "x-amz-checksum-crc32": "NhCmhg==" }),
    ];
    const body = change(Buffer.concat(framed));
    return s3.send("PUT /victim/forged", { as: null, body, headers: { ...request.headers, ...headers } });
  }

  it("CVE-2025-31489: a signed trailer with a bad signature, or with none", async () => {
    const edit = (edit: (text: string) => string) =>
      chunked((framed) => Buffer.from(edit(framed.toString("latin1")), "latin1"));
    await nothing(await edit((text) => text.replace(/(trailer-signature:)[0-9a-f]{8}/, "$100000000")));
    await nothing(await edit((text) => text.replace(/x-amz-trailer-signature:[^\r]*\r\n/, "")));
    await nothing(await edit((text) => text.replace("NhCmhg==", "AAAAAA==")));
  });

  it("CVE-2021-21390: a changed chunk, a chunk cut off", async () => {
    await nothing(
      await chunked((framed) => Buffer.from(framed.toString("latin1").replace("hello", "jello"), "latin1")),
    );
    await nothing(await chunked((framed) => framed.subarray(framed.indexOf("0;chunk"))));
    const good = await chunked((framed) => framed);
    assert.equal(good.status, 200, good.text);
    assert.equal((await s3.send("GET /victim/forged")).text, "hello");
    await s3.send("DELETE /victim/forged");
  });

  it("CVE-2026-54330: x-amz- headers that are not signed, on signed and on presigned requests", async () => {
    const host = `127.0.0.1:${s3.server.port}`;
    const request = { method: "PUT", path: "/victim/forged", query: "", headers: { host } };
    const options = { credentials: owner, region: "us-east-1", date: new Date() };
    const presigned = presignV4(request, { ...options, expiresSeconds: 60 });
    for (const [name, value] of [
      ["x-amz-copy-source", "/victim/secret"],
      ["x-amz-acl", "public-read"],
      ["x-amz-grant-read", `uri="http://acs.amazonaws.com/groups/global/AllUsers"`],
      ["x-amz-tagging", "a=b"],
      ["x-amz-meta-a", "b"],
      ["x-amz-website-redirect-location", "http://evil.example/"],
      ["x-amz-storage-class", "STANDARD_IA"],
      ["x-amz-bypass-governance-retention", "true"],
      ["x-amz-object-lock-mode", "COMPLIANCE"],
    ] as const) {
      const { headers: signed } = signV4WithSeed(request, { ...options, payloadHash: "UNSIGNED-PAYLOAD" });
      const headers = { [name]: value };
      const sent = await s3.send("PUT /victim/forged", {
        as: null,
        body: "x",
        headers: { ...signed, ...headers },
      });
      assert.equal(sent.status, 403, `${name}: ${sent.text}`);
      await nothing(sent);
      const line = `PUT /victim/forged?${presigned}`;
      await nothing(await s3.send(line, { as: null, body: "x", headers }));
    }
  });

  it("a signature of another length, of other letters, twice or empty is a wrong one, not a fault", async () => {
    const { headers } = signV4WithSeed(
      { method: "GET", path: "/victim/secret", query: "", headers: { host: `127.0.0.1:${s3.server.port}` } },
      { credentials: owner, region: "us-east-1", payloadHash: "UNSIGNED-PAYLOAD", date: new Date() },
    );
    const authorization = headers["authorization"] ?? "";
    for (const signature of [
      "",
      "0",
      "a".repeat(63),
      "a".repeat(65),
      "A".repeat(64),
      "é".repeat(64),
      "a".repeat(8000),
    ]) {
      const changed = authorization.replace(/Signature=.*/, `Signature=${signature}`);
      const sent = await s3.send("GET /victim/secret", {
        as: null,
        headers: { ...headers, authorization: changed },
      });
      assert.ok([400, 403].includes(sent.status), `${signature.slice(0, 9)}: ${sent.status} ${sent.text}`);
      const v2 = `AWS ${owner.accessKeyId}:${signature}`;
      const old = { authorization: v2, date: new Date().toUTCString() };
      const second = await s3.send("GET /victim/secret", { as: null, headers: old });
      assert.ok([400, 403].includes(second.status), `${second.status} ${second.text}`);
    }
  });

  it("what is signed for a path behind the external URL, for another bucket in the host name", async () => {
    const behind = await startTestServer({
      externalUrl: "https://s3.example.com",
      domains: ["s3.example.com"],
    });
    await behind.send("PUT /open");
    await behind.send("PUT /closed");
    await behind.send("PUT /open/report", { body: "shared" });
    await behind.send("PUT /closed/open/report", { body: "secret" });
    const query = presignV4(
      { method: "GET", path: "/open/report", query: "", headers: { host: "s3.example.com" } },
      { credentials: owner, region: "us-east-1", date: new Date(), expiresSeconds: 60 },
    );
    const get = (host: string) => behind.send(`GET /open/report?${query}`, { as: null, headers: { host } });
    for (const host of ["s3.example.com", "stowage.internal:9000"])
      assert.equal((await get(host)).text, "shared");
    assert.equal((await get("closed.s3.example.com")).code, "SignatureDoesNotMatch");
    await behind.close();
  });

  it("framing is never stored: a length of decoded bytes without chunks is refused", async () => {
    for (const sha256 of ["UNSIGNED-PAYLOAD", undefined]) {
      const sent = await s3.send("PUT /victim/forged", {
        body: trailerBody,
        headers: {
          "content-encoding": "aws-chunked",
          "x-amz-decoded-content-length": "5",
          ...(sha256 === undefined ? {} : { "x-amz-content-sha256": sha256 }),
        },
      });
      await nothing(sent);
    }
  });
});
