import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { other, startTestServer, type TestServer } from "../support/server.ts";

describe("quotas over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
  });
  after(() => s3.close());

  it("an administrator sets one, writes beyond it get QuotaExceeded, and deleting goes on", async () => {
    await s3.send("PUT /small");
    const quota = JSON.stringify({ maxBytes: 10 });
    const path = "/_stowage/buckets/small/quota";
    assert.equal((await s3.send(`PUT ${path}`, { body: quota, as: other })).code, "AccessDenied");
    assert.equal((await s3.send(`PUT ${path}`, { body: quota })).status, 200);
    assert.equal((await s3.send("PUT /small/a", { body: "1234567890" })).status, 200);
    const refused = await s3.send("PUT /small/b", { body: "1" });
    assert.deepEqual([refused.status, refused.code], [403, "QuotaExceeded"]);
    assert.match(refused.text, /"small" may hold 10 bytes/);
    assert.equal((await s3.send("GET /small/b")).status, 404);
    const copied = await s3.send("PUT /small/c", { headers: { "x-amz-copy-source": "/small/a" } });
    assert.equal(copied.code, "QuotaExceeded");
    const begun = await s3.send("POST /small/parts?uploads");
    const uploadId = /<UploadId>(.*?)<\/UploadId>/.exec(begun.text)?.[1];
    const part = await s3.send(`PUT /small/parts?partNumber=1&uploadId=${uploadId}`, { body: "x" });
    assert.equal(part.code, "QuotaExceeded");
    assert.equal((await s3.send("DELETE /small/a")).status, 204);
    assert.equal((await s3.send("PUT /small/b", { body: "1" })).status, 200);
    const shown = JSON.parse((await s3.send(`GET ${path}`)).text) as unknown;
    assert.deepEqual(shown, {
      bucket: "small",
      quota: { maxBytes: 10 },
      usage: { bytes: 1, objects: 1 },
    });
    assert.equal((await s3.send(`DELETE ${path}`)).status, 204);
    assert.equal((await s3.send("PUT /small/large", { body: "x".repeat(1000) })).status, 200);
  });
});
