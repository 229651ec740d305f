import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { check } from "../../src/engine/check.ts";
import { other, startTestServer, type TestServer } from "../support/server.ts";

describe("RenameObject over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /bucket");
  });
  after(() => s3.close());
  const rename = (to: string, from: string, headers: Record<string, string> = {}) =>
    s3.send(`PUT /bucket/${to}?renameObject`, {
      headers: { "x-amz-rename-source": `/bucket/${from}`, ...headers },
    });

  it("an object of any size is under its new key, with all that it had, and no more under the old one", async () => {
    for (const [name, body] of [
      ["empty", ""],
      ["small", "x"],
      ["large", Buffer.alloc(200_000, "x")],
    ] as const) {
      await s3.send(`PUT /bucket/${name}`, {
        body,
        headers: { "x-amz-meta-a": "1", "x-amz-tagging": "t=1" },
      });
      const was = (await s3.send(`HEAD /bucket/${name}`)).headers;
      assert.equal((await rename(`new/${name}`, name)).status, 200);
      const got = await s3.send(`GET /bucket/new/${name}`);
      assert.ok(got.body.equals(Buffer.from(body)), name);
      for (const header of ["etag", "last-modified", "x-amz-meta-a", "x-amz-tagging-count"]) {
        assert.equal(got.headers[header], was[header], header);
      }
      assert.equal((await s3.send(`GET /bucket/${name}`)).code, "NoSuchKey");
    }
  });

  it("it replaces what has the new key, or not with If-None-Match", async () => {
    await s3.send("PUT /bucket/a", { body: "a" });
    await s3.send("PUT /bucket/b", { body: "b" });
    assert.equal((await rename("b", "a", { "if-none-match": "*" })).code, "PreconditionFailed");
    assert.equal((await rename("b", "a", { "if-match": '"0123"' })).code, "PreconditionFailed");
    assert.equal(
      (await rename("b", "a", { "x-amz-rename-source-if-match": '"0123"' })).code,
      "PreconditionFailed",
    );
    assert.equal((await s3.send("GET /bucket/a")).text, "a");
    assert.equal((await rename("b", "a")).status, 200);
    assert.equal((await s3.send("GET /bucket/b")).text, "a");
  });

  it("of many that rename the same object one wins", async () => {
    await s3.send("PUT /bucket/one", { body: "one" });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => rename(`one-${i}`, "one")));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.ok(answers.every(({ status, code }) => status === 200 || code === "NoSuchKey"));
    assert.equal(
      (await s3.send(`GET /bucket/one-${answers.findIndex(({ status }) => status === 200)}`)).text,
      "one",
    );
  });

  it("it is refused for a missing source, another bucket, itself, versions, and who may not write", async () => {
    assert.equal((await rename("x", "none")).code, "NoSuchKey");
    assert.equal((await rename("b", "b")).code, "InvalidRequest");
    const send = (source: string) =>
      s3.send("PUT /bucket/x?renameObject", { headers: { "x-amz-rename-source": source } });
    assert.equal((await send("other/b")).code, "InvalidArgument");
    assert.equal((await send("b")).code, "InvalidArgument");
    assert.equal((await s3.send("PUT /bucket/x?renameObject")).code, "InvalidArgument");
    const stranger = await s3.send("PUT /bucket/x?renameObject", {
      as: other,
      headers: { "x-amz-rename-source": "/bucket/b" },
    });
    assert.equal(stranger.code, "AccessDenied");
    assert.equal((await s3.send("GET /bucket/b")).text, "a");
  });

  it("the store is in order afterwards", async () => {
    assert.deepEqual(await check(s3.engine), []);
  });
});
