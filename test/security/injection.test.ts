/** Attacks that make a server say what an attacker wrote, each named after the advisory of a server that it worked on. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { presignV4 } from "../../src/s3/sigv4.ts";
import { postForm, signedFields } from "../support/post-form.ts";
import { raw } from "../support/raw.ts";
import { owner, startTestServer, type TestServer } from "../support/server.ts";

describe("attacks by injection", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /inject");
    await s3.send("PUT /inject/page", {
      body: "<script>",
      headers: { "x-amz-acl": "public-read", "content-type": "text/plain" },
    });
  });
  after(() => s3.close());

  const cors = (rule: string): string =>
    `<CORSConfiguration><CORSRule>${rule}</CORSRule></CORSConfiguration>`;

  it("CVE-2021-3524: CR and LF in a CORS rule do not become headers", async () => {
    for (const evil of ["a&#13;&#10;Set-Cookie: x=1", "a\r\nSet-Cookie: x=1", "a&#10;b", "a&#0;b", "é"]) {
      const rule = `<AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin><ExposeHeader>${evil}</ExposeHeader>`;
      const put = await s3.send("PUT /inject?cors", { body: cors(rule) });
      assert.ok(put.status === 400 || put.status === 200, put.text);
      const got = await s3.send("GET /inject/page", { headers: { origin: "http://evil.example" } });
      assert.equal(got.status, 200);
      assert.equal(got.headers["set-cookie"], undefined);
    }
  });

  it("CVE-2021-3524: CR and LF in what is stored and sent back do not become headers, nor a fault", async () => {
    const crlf = "a\r\nSet-Cookie: x=1";
    for (const name of [
      "Content-Type",
      "Cache-Control",
      "Content-Disposition",
      "Content-Encoding",
      "Content-Language",
      "Expires",
      "x-amz-meta-a",
      "x-amz-website-redirect-location",
    ]) {
      for (const value of [crlf, "a\nb", "a\rb", "a\0b", "a\x7fb", "a\x1bb"]) {
        const fields = signedFields("inject", { key: "stored", fields: { [name]: value } });
        const sent = await postForm(s3, "inject", fields);
        assert.ok(sent.status < 500, `${name}: ${sent.text}`);
        const got = await s3.send("GET /inject/stored");
        assert.ok(got.status === 200 || got.status === 404, `${name}: ${got.status} ${got.text}`);
        assert.equal(got.headers["set-cookie"], undefined);
        assert.equal((await s3.send("GET /inject")).status, 200);
      }
    }
  });

  it("CR and LF in headers that a presigned URL carries in its query", async () => {
    const host = `127.0.0.1:${s3.server.port}`;
    for (const query of [
      "x-amz-meta-a=a%0D%0ASet-Cookie%3A%20x%3D1",
      "x-amz-website-redirect-location=%2Fa%0D%0Ab",
      "x-amz-storage-class=STANDARD%0D%0A",
      "x-amz-acl=private%0A",
      "x-amz-tagging=a%3D%0D%0A",
    ]) {
      const options = { credentials: owner, region: "us-east-1", date: new Date(), expiresSeconds: 60 };
      const presigned = presignV4(
        { method: "PUT", path: "/inject/hoisted", query, headers: { host } },
        options,
      );
      const sent = await s3.send(`PUT /inject/hoisted?${presigned}`, { as: null, body: "x" });
      assert.ok(sent.status < 500, `${query}: ${sent.text}`);
      const got = await s3.send("GET /inject/hoisted");
      assert.ok(got.status === 200 || got.status === 404, `${query}: ${got.text}`);
      assert.equal(got.headers["set-cookie"], undefined);
    }
  });

  it("CR and LF in where a form's success leads", async () => {
    for (const redirect of [
      "http://ok.example/\r\nSet-Cookie: x=1",
      "javascript:alert(1)",
      "/relative",
      "http://[",
      "data:text/html,x",
    ]) {
      const fields = signedFields("inject", {
        key: "redirected",
        fields: { success_action_redirect: redirect },
      });
      const sent = await postForm(s3, "inject", fields);
      assert.ok(sent.status < 400, sent.text);
      assert.equal(sent.headers["set-cookie"], undefined);
      assert.doesNotMatch(sent.headers.location ?? "", /^(?:javascript|data):/i);
    }
  });

  it("CVE-2020-1760: response-* by who signed nothing, and CR and LF in them by who did", async () => {
    for (const name of [
      "content-type",
      "content-disposition",
      "cache-control",
      "expires",
      "content-language",
      "content-encoding",
    ]) {
      const anonymous = await s3.send(`GET /inject/page?response-${name}=text/html`, { as: null });
      assert.equal(anonymous.code, "InvalidRequest", name);
      const evil = await s3.send(`GET /inject/page?response-${name}=a%0D%0ASet-Cookie:%20x%3D1`);
      assert.equal(evil.code, "InvalidArgument", name);
      assert.equal(evil.headers["set-cookie"], undefined);
    }
  });

  it("an origin is not reflected with credentials where everybody's is allowed", async () => {
    const rule = "<AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>";
    assert.equal((await s3.send("PUT /inject?cors", { body: cors(rule) })).status, 200);
    const got = await s3.send("GET /inject/page", { as: null, headers: { origin: "http://evil.example" } });
    assert.equal(got.headers["access-control-allow-origin"], "*");
    assert.equal(got.headers["access-control-allow-credentials"], undefined);
  });

  it("markup in names and values is text in XML, in answers and in errors", async () => {
    const key = "%3C%2FKey%3E%3CKey%3E%26%3Ca%20b=%22c%22%3E";
    await s3.send(`PUT /inject/${key}`, { body: "x" });
    const listing = (await s3.send("GET /inject?prefix=%3C")).text;
    assert.match(listing, /<Key>&lt;\/Key&gt;&lt;Key&gt;&amp;&lt;a b="c"&gt;<\/Key>/);
    const error = (await s3.send("GET /inject/%3CCode%3ENone%3C%2FCode%3E", { as: null })).text;
    assert.equal(error.match(/<Code>/g)?.length, 1);
    const argument = await s3.send("GET /inject?max-keys=%3C%2FArgumentValue%3E%3Cx%3E");
    assert.equal(argument.code, "InvalidArgument");
    assert.doesNotMatch(argument.text, /<x>/);
  });

  it("a request smuggled behind two lengths, or behind a length and chunks, is not answered", async () => {
    const smuggled = "GET /inject HTTP/1.1\r\nhost: x\r\n\r\n";
    for (const lengths of [
      "content-length: 0\r\ncontent-length: 36\r\n",
      "content-length: 36\r\ntransfer-encoding: chunked\r\n",
      "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
      "transfer-encoding: xchunked\r\n",
      "transfer-encoding : chunked\r\n",
      "content-length: +0\r\n",
    ]) {
      const answer = await raw(
        s3.server.port,
        `PUT /inject/a HTTP/1.1\r\nhost: x\r\n${lengths}\r\n0\r\n\r\n${smuggled}`,
      );
      assert.equal(answer.match(/HTTP\/1\.1 /g)?.length ?? 0, 1, `${lengths}: ${answer}`);
      assert.match(answer, /^HTTP\/1\.1 4/);
    }
  });
});
