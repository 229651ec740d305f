/** Attacks by conditions: what a refused or a granted one tells of an object that may not be read. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { policy } from "../support/policy.ts";
import { other, type SendOptions, type TestServer } from "../support/server.ts";
import { startWithPrivateObject } from "./private-object.ts";

describe("attacks by conditions", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startWithPrivateObject();
  });
  after(() => s3.close());

  it("CVE-2024-36107: preconditions tell nothing to who may not read", async () => {
    const { headers } = await s3.send("HEAD /private/key");
    const etag = headers.etag ?? "";
    const modified = String(headers["last-modified"]);
    const before = new Date(Date.now() - 86_400_000).toUTCString();
    for (const condition of [
      { "if-match": etag },
      { "if-match": '"wrong"' },
      { "if-none-match": etag },
      { "if-none-match": "*" },
      { "if-modified-since": modified },
      { "if-unmodified-since": before },
      { range: "bytes=99-" },
    ]) {
      for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
        for (const as of [null, other]) {
          const sent = await s3.send(`${method} /private/key`, { as, headers: condition });
          assert.equal(sent.status, 403, `${method} ${JSON.stringify(condition)}`);
          assert.equal(sent.headers.etag, undefined);
        }
      }
      const copy = Object.fromEntries(
        Object.entries(condition).map(([name, value]) => [`x-amz-copy-source-${name}`, value]),
      );
      const sent = await s3.send("PUT /theirs/copy", {
        as: other,
        headers: { ...copy, "x-amz-copy-source": "/private/key" },
      });
      assert.match(sent.text, /<Code>AccessDenied<\/Code>/);
    }
    assert.equal((await s3.send("GET /private/key")).text, "secret");
  });

  it("the number of a part tells nothing to who may not read", async () => {
    for (const as of [null, other]) {
      for (const number of [1, 2, 9999, 0, "x"]) {
        for (const key of ["key", "none"]) {
          const path = `/private/${key}?partNumber=${number}`;
          assert.equal((await s3.send(`GET ${path}`, { as })).code, "AccessDenied", path);
          assert.equal((await s3.send(`HEAD ${path}`, { as })).status, 403, path);
        }
      }
    }
  });

  it("a deletion on condition tells the content to who may delete and not read", async () => {
    await s3.send("PUT /emptied");
    const { headers } = await s3.send("PUT /emptied/key", { body: "secret" });
    const statement = { Action: "s3:DeleteObject" };
    const put = await s3.send("PUT /emptied?policy", { body: policy("emptied", statement) });
    assert.equal(put.status, 204);
    const etag = headers["etag"] ?? "";
    for (const condition of [
      { "if-match": etag },
      { "if-match": '"other"' },
      { "x-amz-if-match-size": "6" },
      { "x-amz-if-match-last-modified-time": new Date().toUTCString() },
    ] as Record<string, string>[]) {
      const sent = await s3.send("DELETE /emptied/key", { as: other, headers: condition });
      assert.equal(sent.code, "AccessDenied", JSON.stringify(condition));
    }
    const body = `<Delete><Object><Key>key</Key><ETag>${etag}</ETag></Object></Delete>`;
    const digest = { "content-md5": createHash("md5").update(body).digest("base64") };
    const many = await s3.send("POST /emptied?delete", { as: other, body, headers: digest });
    assert.match(many.text, /<Code>AccessDenied<\/Code>/);
    assert.equal((await s3.send("GET /emptied/key")).text, "secret");
    const any = await s3.send("DELETE /emptied/key", { as: other, headers: { "if-match": "*" } });
    assert.equal(any.status, 204);
  });

  it("a deletion of a version on condition tells its content to who may read the current one alone", async () => {
    await s3.send("PUT /layered");
    const enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    await s3.send("PUT /layered?versioning", { body: enabled });
    const old = (await s3.send("PUT /layered/key", { body: "secret" })).headers;
    await s3.send("PUT /layered/key", { body: "open" });
    const statement = { Action: ["s3:GetObject", "s3:DeleteObjectVersion"] };
    assert.equal((await s3.send("PUT /layered?policy", { body: policy("layered", statement) })).status, 204);
    const versionId = String(old["x-amz-version-id"]);
    const etag = old["etag"] ?? "";
    assert.equal((await s3.send("GET /layered/key", { as: other })).text, "open");
    for (const ifMatch of [etag, '"other"']) {
      const headers = { "if-match": ifMatch };
      const sent = await s3.send(`DELETE /layered/key?versionId=${versionId}`, { as: other, headers });
      assert.equal(sent.code, "AccessDenied", ifMatch);
    }
    const body = `<Delete><Object><Key>key</Key><VersionId>${versionId}</VersionId><ETag>${etag}</ETag></Object></Delete>`;
    const digest = { "content-md5": createHash("md5").update(body).digest("base64") };
    const many = await s3.send("POST /layered?delete", { as: other, body, headers: digest });
    assert.match(many.text, /<Code>AccessDenied<\/Code>/);
    const plain = await s3.send(`DELETE /layered/key?versionId=${versionId}`, { as: other });
    assert.equal(plain.status, 204);
  });

  it("a write on condition tells the content to who may write and not read", async () => {
    await s3.send("PUT /written", { headers: { "x-amz-acl": "public-read-write" } });
    const { headers } = await s3.send("PUT /written/key", { body: "secret" });
    await s3.send("PUT /written/mine", { as: other, body: "mine" });
    const started = await s3.send("POST /written/key?uploads", { as: other });
    const uploadId = /<UploadId>(.*?)<\/UploadId>/.exec(started.text)?.[1];
    const part = await s3.send(`PUT /written/key?partNumber=1&uploadId=${uploadId}`, {
      as: other,
      body: "p",
    });
    const completion = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part></CompleteMultipartUpload>`;
    const form = (name: string, value: string): string =>
      [
        ["key", "key"],
        [name, value],
        ["file", "x"],
      ]
        .map(([field, text]) => `--b\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${text}\r\n`)
        .join("") + "--b--\r\n";
    for (const [name, value] of [
      ["if-match", headers.etag ?? ""],
      ["if-match", '"other"'],
      ["if-none-match", headers.etag ?? ""],
      ["if-none-match", '"other"'],
    ] as const) {
      const condition = { [name]: value };
      const writes: [string, SendOptions][] = [
        ["PUT /written/key", { body: "x", headers: condition }],
        ["PUT /written/key", { headers: { ...condition, "x-amz-copy-source": "/written/mine" } }],
        [
          "PUT /written/key?renameObject",
          { headers: { ...condition, "x-amz-rename-source": "/written/mine" } },
        ],
        [`POST /written/key?uploadId=${uploadId}`, { body: completion, headers: condition }],
        [
          "POST /written",
          {
            as: null,
            body: form(name, value),
            headers: { "content-type": "multipart/form-data; boundary=b" },
          },
        ],
      ];
      for (const [line, options] of writes) {
        const sent = await s3.send(line, { as: other, ...options });
        assert.match(sent.text, /<Code>AccessDenied<\/Code>/, `${line} ${name}: ${value}`);
      }
    }
    assert.equal((await s3.send("GET /written/key")).text, "secret");
    const any = await s3.send("PUT /written/key", { as: other, headers: { "if-none-match": "*" } });
    assert.equal(any.code, "PreconditionFailed");
  });
});
