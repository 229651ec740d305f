import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, describe, it } from "node:test";
import { other, startTestServer, type TestServer } from "../support/server.ts";

const origin = "https://app.example.com";

describe("CORS over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer({ domains: ["s3.example.com"] });
    await s3.send("PUT /bucket");
    await s3.send("PUT /plain");
    await s3.send("PUT /bucket/public", { body: "x", headers: { "x-amz-acl": "public-read" } });
    const put = await s3.send("PUT /bucket?cors", {
      body: `<CORSConfiguration><CORSRule><AllowedOrigin>https://*.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedHeader>Content-*</AllowedHeader><AllowedHeader>x-amz-date</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule></CORSConfiguration>`,
    });
    assert.equal(put.status, 200);
  });
  after(() => s3.close());

  const preflight = (path: string, headers: Record<string, string>) =>
    s3.send(`OPTIONS ${path}`, { as: null, headers });
  const wants = (method: string, more: Record<string, string> = {}) => ({
    origin,
    "access-control-request-method": method,
    ...more,
  });

  it("a preflight is answered by the rule that fits, without a signature, for any URL", async () => {
    const headers = wants("PUT", { "access-control-request-headers": "content-type,X-Amz-Date" });
    for (const path of ["/bucket/new", "/bucket", "/bucket/new?uploadId=x&partNumber=1&X-Amz-Signature=0"]) {
      const answer = await preflight(path, headers);
      assert.equal(answer.status, 200, path);
      assert.equal(answer.text, "");
      assert.equal(answer.headers["access-control-allow-origin"], origin);
      assert.equal(answer.headers["access-control-allow-methods"], "GET, PUT");
      assert.equal(answer.headers["access-control-allow-headers"], "content-type, x-amz-date");
      assert.equal(answer.headers["access-control-expose-headers"], "ETag");
      assert.equal(answer.headers["access-control-max-age"], "3000");
      assert.equal(answer.headers["access-control-allow-credentials"], "true");
      assert.match(answer.headers["vary"] as string, /Origin/);
    }
  });

  it("a bucket in the host name is asked like one in the path", async () => {
    const answer = await preflight("/new", { ...wants("GET"), host: "bucket.s3.example.com" });
    assert.equal(answer.headers["access-control-allow-origin"], origin);
  });

  it("a preflight that no rule fits is 403 AccessForbidden without an allowed origin", async () => {
    for (const [path, headers] of [
      ["/bucket/new", wants("DELETE")],
      ["/bucket/new", wants("PUT", { "access-control-request-headers": "cookie" })],
      ["/bucket/new", { ...wants("PUT"), origin: "https://evil.example" }],
    ] as const) {
      const answer = await preflight(path, headers);
      assert.deepEqual([answer.status, answer.code], [403, "AccessForbidden"]);
      assert.match(answer.text, /<ResourceType>OBJECT<\/ResourceType>/);
      assert.equal(answer.headers["access-control-allow-origin"], undefined);
    }
    assert.match((await preflight("/plain/x", wants("GET"))).text, /CORS is not enabled for this bucket/);
    assert.match((await preflight("/no-such/x", wants("GET"))).text, /Bucket not found/);
  });

  it("OPTIONS without an Origin, or without a method that can be, is 400 BadRequest", async () => {
    assert.equal((await preflight("/bucket/x", {})).code, "BadRequest");
    assert.equal((await preflight("/bucket/x", { origin })).code, "BadRequest");
    assert.match((await preflight("/bucket/x", wants("PATCH"))).text, /Access-Control-Request-Method: PATCH/);
  });

  it("an answer to an allowed origin says so, an error too", async () => {
    const got = await s3.send("GET /bucket/public", { as: null, headers: { origin } });
    assert.equal(got.status, 200);
    assert.equal(got.headers["access-control-allow-origin"], origin);
    assert.equal(got.headers["access-control-expose-headers"], "ETag");
    const denied = await s3.send("GET /bucket/missing", { as: null, headers: { origin } });
    assert.equal(denied.status, 403);
    assert.equal(denied.headers["access-control-allow-origin"], origin);
    const unsigned = await s3.send("PUT /bucket/x", {
      as: null,
      headers: { origin, authorization: "AWS4-HMAC-SHA256 nonsense" },
    });
    assert.equal(unsigned.status, 400);
    assert.equal(unsigned.headers["access-control-allow-origin"], origin);
  });

  it("another origin gets the answer without leave to read it, and Vary keeps them apart in caches", async () => {
    const got = await s3.send("GET /bucket/public", {
      as: null,
      headers: { origin: "https://evil.example" },
    });
    assert.equal(got.status, 200);
    assert.equal(got.headers["access-control-allow-origin"], undefined);
    assert.match(got.headers["vary"] as string, /Origin/);
    const none = await s3.send("GET /bucket/public", { as: null });
    assert.match(none.headers["vary"] as string, /Origin/);
    await s3.send("PUT /plain/x", { body: "x" });
    assert.equal((await s3.send("GET /plain/x")).headers["vary"], undefined);
  });

  it("* in a rule is answered as *, never with credentials", async () => {
    await s3.send("PUT /anyone");
    await s3.send("PUT /anyone?cors", {
      body: "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>",
    });
    const got = await s3.send("GET /anyone", { headers: { origin } });
    assert.equal(got.headers["access-control-allow-origin"], "*");
    assert.equal(got.headers["access-control-allow-credentials"], undefined);
  });

  it("the configuration comes back, is replaced whole, and is gone once deleted", async () => {
    await s3.send("PUT /config");
    const missing = await s3.send("GET /config?cors");
    assert.deepEqual([missing.status, missing.code], [404, "NoSuchCORSConfiguration"]);
    const body = (id: string): string =>
      `<CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><CORSRule><ID>${id}</ID><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>`;
    await s3.send("PUT /config?cors", { body: body("one") });
    await s3.send("PUT /config?cors", { body: body("two") });
    assert.equal(
      (await s3.send("GET /config?cors")).text,
      `<?xml version="1.0" encoding="UTF-8"?>\n${body("two")}`,
    );
    assert.equal((await s3.send("DELETE /config?cors")).status, 204);
    assert.equal((await s3.send("GET /config?cors")).status, 404);
    assert.equal((await s3.send("DELETE /config?cors")).status, 204);
  });

  it("a bad configuration is refused and the one that is there stays", async () => {
    const kept = (await s3.send("GET /bucket?cors")).text;
    assert.equal((await s3.send("PUT /bucket?cors", { body: "" })).code, "MissingRequestBodyError");
    assert.equal((await s3.send("PUT /bucket?cors", { body: "<x" })).code, "MalformedXML");
    const long = await s3.send("PUT /bucket?cors", { body: " ".repeat(64 * 1024 + 1) });
    assert.equal(long.code, "MaxMessageLengthExceeded");
    const md5 = { "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" };
    assert.equal((await s3.send("PUT /bucket?cors", { body: "<x/>", headers: md5 })).code, "BadDigest");
    assert.equal((await s3.send("GET /bucket?cors")).text, kept);
  });

  it("only the bucket's owner reads and changes the configuration", async () => {
    for (const line of ["GET /bucket?cors", "PUT /bucket?cors", "DELETE /bucket?cors"]) {
      assert.equal((await s3.send(line, { as: other })).code, "AccessDenied", line);
      assert.equal((await s3.send(line, { as: null })).code, "AccessDenied", line);
    }
  });

  it("OPTIONS that waits for leave to send a body gets its answer", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = httpRequest(
        {
          host: "127.0.0.1",
          port: s3.server.port,
          method: "OPTIONS",
          path: "/bucket/x",
          headers: { ...wants("GET"), expect: "100-continue", "content-length": "1" },
          agent: false,
        },
        (incoming) => {
          incoming.resume();
          resolve(incoming.statusCode);
          outgoing.destroy();
        },
      );
      outgoing.once("error", reject);
      outgoing.flushHeaders();
    });
    assert.equal(status, 200);
  });
});
