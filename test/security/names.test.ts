/** Attacks by names: a key must be the same to who permits and to who stores. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { postForm } from "../support/post-form.ts";
import { other, startTestServer, type TestServer } from "../support/server.ts";

function policy(...statements: object[]): string {
  const Statement = statements.map((one) => ({ Effect: "Allow", Principal: "*", ...one }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

describe("attacks by names", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /names");
    for (const key of ["public/a", "private/a", "private/%25"])
      await s3.send(`PUT /names/${key}`, { body: key });
    const body = policy(
      { Action: ["s3:GetObject", "s3:PutObject"], Resource: "arn:aws:s3:::names/public/*" },
      { Action: "s3:ListBucket", Resource: "arn:aws:s3:::names" },
    );
    assert.equal((await s3.send("PUT /names?policy", { body })).status, 204);
  });
  after(() => s3.close());

  const read = async (path: string): Promise<number> => (await s3.send(`GET ${path}`, { as: other })).status;

  it("CVE-2026-42882: an encoded slash or letter is judged as what it is stored as", async () => {
    assert.equal(await read("/names/public/a"), 200);
    assert.equal(await read("/names/public%2Fa"), 200);
    for (const path of [
      "/names/private/a",
      "/names/private%2Fa",
      "/names/private%2fa",
      "/names/%70rivate/a",
      "/names/%70%72%69%76%61%74%65%2F%61",
      "/names/private/%25",
    ]) {
      assert.equal(await read(path), 403, path);
    }
    // Encoded twice it is another key, which begins with neither.
    assert.equal(await read("/names/private%252Fa"), 404);
  });

  it("dots and slashes are letters of a key: nothing climbs out of what is allowed", async () => {
    for (const path of [
      "/names/public/../private/a",
      "/names/public/%2E%2E/private/a",
      "/names/public/..%2Fprivate/a",
      "/names/public//../private/a",
      "/names/./private/a",
      "/names//private/a",
      "/names/public/..\\private\\a",
    ]) {
      assert.equal(await read(path), 404, path);
    }
    const put = await s3.send("PUT /names/public/../private/a", { as: other, body: "overwritten" });
    assert.equal(put.status, 200);
    assert.equal((await s3.send("GET /names/private/a")).text, "private/a");
    assert.equal((await s3.send("GET /names/public/../private/a", { as: other })).text, "overwritten");
  });

  it("a bucket's name with an encoded slash is no key of another bucket", async () => {
    for (const line of ["GET /names%2Fprivate%2Fa", "GET /names%2fprivate/a", "PUT /names%2Fprivate"]) {
      const { status } = await s3.send(line, { as: other });
      assert.ok([400, 403, 404].includes(status), `${line}: ${status}`);
    }
  });

  it("an encoded ?versionId= of a copy source is part of its key", async () => {
    await s3.send("PUT /copies", { as: other });
    const copy = (source: string) =>
      s3.send("PUT /copies/a", { as: other, headers: { "x-amz-copy-source": source } });
    assert.match((await copy("/names/public/a%3FversionId%3Dnull")).text, /<Code>NoSuchKey/);
    assert.match(
      (await copy("/names/public/../private/a")).text,
      /<ETag>/,
      "the key of that name, not what it climbs to",
    );
    assert.match((await copy("/names/private/a?versionId=null")).text, /<Code>AccessDenied/);
    assert.match(
      (await copy("/names/public/a?versionId=..%2Fprivate%2Fa")).text,
      /<Code>(?:NoSuchVersion|InvalidArgument|AccessDenied)/,
    );
  });

  it("the key of a POST form is judged as it is stored, its file name put in", async () => {
    const post = (key: string, fileName = "f") => postForm(s3, "names", [["key", key]], { fileName });
    assert.equal((await post("private/b")).code, "AccessDenied");
    assert.equal((await post("public/${filename}", "../../private/b")).status, 204);
    assert.equal((await post("public/${filename}", "..\\private\\c")).status, 204);
    assert.equal((await post("${filename}", "private/d")).code, "AccessDenied");
    assert.equal((await post("pub${filename}", "lic/e")).code, "AccessDenied");
    const { text } = await s3.send("GET /names?prefix=public/");
    assert.deepEqual(
      [...text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key),
      ["public/../private/a", "public/a", "public/b", "public/c"],
    );
    for (const key of ["b", "c", "d", "e"])
      assert.equal((await s3.send(`GET /names/private/${key}`)).status, 404);
  });

  it("NUL and what is no UTF-8 are refused; a drive letter is a letter", async () => {
    for (const path of [
      "/names/public/%00",
      "/names/public/a%00.jpg",
      "/names/public/%ff",
      "/names/public/%c0%af",
    ]) {
      assert.equal((await s3.send(`PUT ${path}`, { body: "x" })).status, 400, path);
    }
    for (const key of [
      "C:%5Cwindows%5Cwin.ini",
      "%5C%5Cserver%5Cshare",
      "CON",
      "file:%2F%2F%2Fetc%2Fpasswd",
    ]) {
      assert.equal((await s3.send(`PUT /names/public/${key}`, { as: other, body: key })).status, 200, key);
      assert.equal((await s3.send(`GET /names/public/${key}`, { as: other })).text, key);
    }
  });
});
