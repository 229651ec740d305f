/** Attacks that stop or fill a server, each named after the advisory of one that they worked on. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { raw } from "../support/raw.ts";
import { other, startTestServer, type TestServer } from "../support/server.ts";

describe("attacks that deny service", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /deny", { headers: { "x-amz-acl": "public-read-write" } });
    await s3.send("PUT /deny/key", { body: "x", headers: { "x-amz-acl": "public-read" } });
  });
  after(() => s3.close());

  const alive = async (): Promise<void> =>
    assert.equal((await s3.send("GET /deny/key", { as: null })).text, "x", "the server no longer serves");

  it("CVE-2020-12059: malformed POST forms", async () => {
    const part = (head: string, value = "v"): string => `--b\r\n${head}\r\n\r\n${value}\r\n`;
    const named = (name: string, value?: string): string =>
      part(`Content-Disposition: form-data; name="${name}"`, value);
    const file = part('Content-Disposition: form-data; name="file"; filename="f"');
    for (const [type, body] of [
      ["multipart/form-data", ""],
      ["multipart/form-data; boundary=", ""],
      ["multipart/form-data; boundary=b", ""],
      ["multipart/form-data; boundary=b", "--b"],
      ["multipart/form-data; boundary=b", "--b--\r\n"],
      ["multipart/form-data; boundary=b", "\r\n--b\r\n\r\n\r\n--b--"],
      ["multipart/form-data; boundary=b", part("Content-Disposition: form-data")],
      ["multipart/form-data; boundary=b", part("Content-Disposition: form-data; name=")],
      ["multipart/form-data; boundary=b", part("Content-Disposition: ;;;===")],
      ["multipart/form-data; boundary=b", named("key") + file.slice(0, -1)],
      [
        "multipart/form-data; boundary=b",
        `${named("key")}--b\r\nContent-Disposition: form-data; name="file"`,
      ],
      ["multipart/form-data; boundary=b", `${named("tagging", "<Tagging>") + named("key") + file}--b--\r\n`],
      ["multipart/form-data; boundary=b", `${named("policy", "e30=") + named("key") + file}--b--\r\n`],
      ["multipart/form-data; boundary=b", `${named("key", "k".repeat(2000)) + file}--b--\r\n`],
      ["multipart/form-data; boundary=b", `${named("key", "") + file}--b--\r\n`],
      ["multipart/form-data; boundary=b", `${named("__proto__") + named("constructor") + file}--b--\r\n`],
      ["multipart/form-data; boundary=b", `${named("acl", "none") + named("key") + file}--b--\r\n`],
      ["multipart/form-data; boundary=b", `${named("key") + named("x", "v".repeat(30_000)) + file}--b--\r\n`],
      [
        "multipart/form-data; boundary=b",
        `${Array.from({ length: 200 }, (_, i) => named(`x-amz-meta-${i}`)).join("") + named("key") + file}--b--\r\n`,
      ],
      [`multipart/form-data; boundary=${"b".repeat(9000)}`, "--b"],
      ["application/x-www-form-urlencoded", "key=v&file=x"],
      ["text/plain", "x"],
    ] as const) {
      const sent = await s3.send("POST /deny", { as: null, body, headers: { "content-type": type } });
      assert.ok(
        sent.status >= 400 && sent.status < 500,
        `${type} ${body.slice(0, 80)}: ${sent.status} ${sent.text}`,
      );
      assert.notEqual(sent.code, "");
    }
    assert.equal((await s3.send("GET /deny?prefix=v")).text.includes("<Key>"), false, "something was stored");
    await alive();
  });

  it("CVE-2019-10222, CVE-2018-7262, CVE-2022-3854: bad headers, an empty URL, other methods", async () => {
    for (const text of [
      "GET  HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET ? HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET * HTTP/1.1\r\nhost: x\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET // HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET /%zz HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET /deny/% HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET /deny/a?%zz=%ff HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET http:// HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET http://:0/deny HTTP/1.1\r\nhost:\r\n\r\n",
      "CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n",
      "TRACE / HTTP/1.1\r\nhost: x\r\n\r\n",
      "PATCH /deny/key HTTP/1.1\r\nhost: x\r\n\r\n",
      "PROPFIND /deny HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET /deny/key HTTP/1.1\r\nhost: x\r\nrange: bytes=\r\n\r\n",
      "GET /deny/key HTTP/1.1\r\nhost: x\r\nif-modified-since: \xff\r\n\r\n",
      "GET /deny/key HTTP/1.1\r\nhost: x\r\nauthorization: \r\n\r\n",
      "GET /deny/key HTTP/1.1\r\nhost: x\r\nauthorization: AWS4-HMAC-SHA256\r\n\r\n",
      "GET /deny/key HTTP/1.1\r\nhost: x\r\nauthorization: AWS4-HMAC-SHA256 Credential=,SignedHeaders=,Signature=\r\n\r\n",
      "GET /deny/key HTTP/1.1\r\nhost: x\r\nauthorization: AWS :\r\n\r\n",
      "GET /deny/key HTTP/1.1\r\nhost: x\r\nauthorization: AWS\r\n\r\n",
      "PUT /deny/a HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999\r\n\r\n",
      "PUT /deny/a HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\nx-amz-meta-\xe9: \xff\r\n\r\nx",
      "PUT /deny/a HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\nx-amz-copy-source: %\r\n\r\nx",
      "\r\n\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ]) {
      const answer = await raw(s3.server.port, text, 150);
      assert.doesNotMatch(answer, /^HTTP\/1\.1 500/, JSON.stringify(text));
    }
    await alive();
  });

  it("many headers, long headers, a long URL, many parameters", async () => {
    const head = "GET /deny/key HTTP/1.1\r\nhost: x\r\n";
    for (const text of [
      `${head}${Array.from({ length: 3000 }, (_, i) => `x-a-${i}: ${"v".repeat(20)}\r\n`).join("")}\r\n`,
      `${head}x-amz-meta-a: ${"v".repeat(200_000)}\r\n\r\n`,
      `GET /deny/key?${"a=b&".repeat(50_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      `GET /${"d".repeat(200_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
    ]) {
      const answer = await raw(s3.server.port, text, 500);
      assert.match(answer, /^HTTP\/1\.1 4\d\d /, text.slice(0, 60));
    }
    await alive();
  });

  it("CVE-2022-31028: connections that say nothing, or begin and stop, hinder nobody", async () => {
    const sockets: Socket[] = [];
    try {
      for (let i = 0; i < 200; i++) {
        const socket = connect(s3.server.port, "127.0.0.1");
        socket.on("error", () => {});
        if (i % 2 === 0) socket.write("PUT /deny/slow HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nx");
        sockets.push(socket);
      }
      await alive();
    } finally {
      for (const socket of sockets) socket.destroy();
    }
    await alive();
    assert.equal((await s3.send("GET /deny/slow")).status, 404);
  });

  it("a DeleteObjects document without bound, or of more than 1,000 keys", async () => {
    const remove = (body: string, headers: Record<string, string> = {}) =>
      s3.send("POST /deny?delete", {
        body,
        headers: { "content-md5": createHash("md5").update(body).digest("base64"), ...headers },
      });
    const objects = (count: number): string =>
      `<Delete>${"<Object><Key>key</Key></Object>".repeat(count)}</Delete>`;
    assert.equal((await remove(objects(1001))).code, "MalformedXML");
    const long = await remove(`<Delete><Object><Key>${"k".repeat(9 * 1024 * 1024)}</Key></Object></Delete>`);
    assert.equal(long.code, "MaxMessageLengthExceeded");
    await alive();
  });

  it("megabytes of elements, of attributes and of what is no reference are refused soon", async () => {
    for (const content of [
      "<x/>".repeat(2_000_000),
      "<Object><Key>a</Key></Object>".repeat(270_000),
      `<Object ${Array.from({ length: 400_000 }, (_, at) => `a${at}="b"`).join(" ")}/>`,
      `<Object><Key>${"&".repeat(8_000_000)}</Key></Object>`,
    ]) {
      const body = `<Delete>${content}</Delete>`;
      const headers = { "content-md5": createHash("md5").update(body).digest("base64") };
      const deleting = s3.send("POST /deny?delete", { body, headers });
      let longestMs = 0;
      const looking = setInterval(() => {
        longestMs = Math.max(longestMs, performance.now() - lookedMs);
        lookedMs = performance.now();
      }, 5);
      let lookedMs = performance.now();
      assert.equal((await deleting).code, "MalformedXML");
      clearInterval(looking);
      // A tree of them took two seconds, a list of the ampersands three.
      assert.ok(longestMs < 1000, `${content.slice(0, 20)}: ${longestMs} ms`);
    }
  });

  it("a policy that is long, held against a thousand long keys, hinders nobody", async () => {
    await s3.send("PUT /judged", { as: other });
    const Resource = Array.from({ length: 36 }, (_, at) => `arn:aws:s3:::judged/*${"a".repeat(480 + at)}b*`);
    const Statement = { Effect: "Deny", Principal: "*", Action: "s3:DeleteObject", Resource };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement });
    assert.equal((await s3.send("PUT /judged?policy", { as: other, body: policy })).status, 204);
    const keys = Array.from({ length: 1000 }, (_, at) => `${"a".repeat(1018)}${100_000 + at}`);
    const body = `<Delete><Quiet>true</Quiet>${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join("")}</Delete>`;
    const headers = { "content-md5": createHash("md5").update(body).digest("base64") };
    const done = new AbortController();
    const deleting = s3.send("POST /judged?delete", { as: other, body, headers }).finally(() => done.abort());
    let longestMs = 0;
    while (!done.signal.aborted) {
      const startedMs = performance.now();
      await s3.send("GET /_stowage/health", { as: null });
      longestMs = Math.max(longestMs, performance.now() - startedMs);
    }
    assert.doesNotMatch((await deleting).text, /<Error>/);
    // Piece by piece and letter by letter it was 15 s in which nobody was answered.
    assert.ok(longestMs < 2000, `${longestMs} ms`);
  });

  it("documents and forms of anonymous, held before it is known that nothing is allowed", async () => {
    await s3.send("PUT /refusing");
    for (const target of [
      "/refusing?delete",
      "/refusing?policy",
      "/refusing?tagging",
      "/refusing/key?uploadId=x",
    ]) {
      const method = target.endsWith("?delete") || target.includes("uploadId") ? "POST" : "PUT";
      const head = `${method} ${target} HTTP/1.1\r\nhost: x\r\ncontent-length: 4000000\r\n\r\n`;
      assert.match(await raw(s3.server.port, `${head}<`, 150), /^HTTP\/1\.1 403 /, target);
    }
  });

  it("entities, document types and depth in XML", async () => {
    for (const prologue of [
      '<!DOCTYPE a [<!ENTITY b "c">]>',
      '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>',
      '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
      '<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1:1/">',
    ]) {
      for (const query of ["cors", "tagging", "acl", "publicAccessBlock", "ownershipControls", "lifecycle"]) {
        const sent = await s3.send(`PUT /deny?${query}`, { body: `${prologue}<a>&b;</a>` });
        assert.ok(sent.status === 400, `${query}: ${sent.status} ${sent.text}`);
        assert.doesNotMatch(sent.text, /root:/);
      }
    }
    const deep = await s3.send("PUT /deny?tagging", { body: "<a>".repeat(20_000) + "</a>".repeat(20_000) });
    assert.ok(["MalformedXML", "MaxMessageLengthExceeded"].includes(deep.code), deep.text);
    await alive();
  });
});
