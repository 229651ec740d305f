import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { other, startTestServer, type TestServer } from "../support/server.ts";

const tagging = (...pairs: [string, string][]): string =>
  `<Tagging><TagSet>${pairs.map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`).join("")}</TagSet></Tagging>`;
const tagsOf = (text: string): string[] =>
  [...text.matchAll(/<Key>(.*?)<\/Key><Value>(.*?)<\/Value>/g)].map(([, key, value]) => `${key}=${value}`);

describe("tags over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /bucket");
  });
  after(() => s3.close());
  const get = async (path: string) => tagsOf((await s3.send(`GET ${path}?tagging`)).text);

  it("an object's tags are set, replaced whole, read and deleted; bytes, ETag and time stay", async () => {
    await s3.send("PUT /bucket/a", { body: "x" });
    const untagged = (await s3.send("HEAD /bucket/a")).headers;
    assert.deepEqual(await get("/bucket/a"), []);
    assert.equal(
      (await s3.send("PUT /bucket/a?tagging", { body: tagging(["b", "1"], ["a", "2"]) })).status,
      200,
    );
    assert.deepEqual(await get("/bucket/a"), ["a=2", "b=1"]);
    const got = await s3.send("GET /bucket/a");
    assert.equal(got.headers["x-amz-tagging-count"], "2");
    assert.deepEqual(
      [got.text, got.headers["etag"], got.headers["last-modified"]],
      ["x", untagged["etag"], untagged["last-modified"]],
    );
    await s3.send("PUT /bucket/a?tagging", { body: tagging(["c", "3"]) });
    assert.deepEqual(await get("/bucket/a"), ["c=3"]);
    assert.equal((await s3.send("DELETE /bucket/a?tagging")).status, 204);
    assert.deepEqual(await get("/bucket/a"), []);
    assert.equal((await s3.send("HEAD /bucket/a")).headers["x-amz-tagging-count"], undefined);
    assert.equal(
      (await s3.send("PUT /bucket/none?tagging", { body: tagging(["a", "1"]) })).code,
      "NoSuchKey",
    );
  });

  it("bad tags are refused and those that are there stay", async () => {
    await s3.send("PUT /bucket/bad", { body: "x", headers: { "x-amz-tagging": "kept=1" } });
    const put = async (body: string) => (await s3.send("PUT /bucket/bad?tagging", { body })).code;
    assert.equal(await put(tagging(["a", "1"], ["a", "2"])), "InvalidTag");
    assert.equal(await put(tagging(["aws:a", "1"])), "InvalidTag");
    assert.equal(await put(tagging(["k".repeat(129), "1"])), "InvalidTag");
    assert.equal(
      await put(tagging(...Array.from({ length: 11 }, (_, i): [string, string] => [`k${i}`, ""]))),
      "InvalidTag",
    );
    assert.equal(await put("<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>"), "MalformedXML");
    assert.equal(await put("<Tagging/>"), "MalformedXML");
    assert.equal(await put(""), "MissingRequestBodyError");
    assert.deepEqual(await get("/bucket/bad"), ["kept=1"]);
  });

  it("x-amz-tagging tags what PUT, copy and a multipart upload make; a bad one stores nothing", async () => {
    const headers = { "x-amz-tagging": "project=blue&phase=a+b" };
    await s3.send("PUT /bucket/put", { body: "x", headers });
    assert.deepEqual(await get("/bucket/put"), ["phase=a b", "project=blue"]);

    const source = { "x-amz-copy-source": "bucket/put" };
    await s3.send("PUT /bucket/copied", { headers: source });
    assert.deepEqual(await get("/bucket/copied"), ["phase=a b", "project=blue"]);
    await s3.send("PUT /bucket/ignored", { headers: { ...source, "x-amz-tagging": "x=1" } });
    assert.deepEqual(await get("/bucket/ignored"), ["phase=a b", "project=blue"]);
    await s3.send("PUT /bucket/retagged", {
      headers: { ...source, "x-amz-tagging": "x=1", "x-amz-tagging-directive": "REPLACE" },
    });
    assert.deepEqual(await get("/bucket/retagged"), ["x=1"]);
    const odd = await s3.send("PUT /bucket/odd", {
      headers: { ...source, "x-amz-tagging-directive": "MOVE" },
    });
    assert.match(odd.text, /InvalidArgument.*x-amz-tagging-directive/);

    const created = await s3.send("POST /bucket/parts?uploads", { headers });
    const uploadId = /<UploadId>(.*?)</.exec(created.text)?.[1];
    const part = await s3.send(`PUT /bucket/parts?partNumber=1&uploadId=${uploadId}`, { body: "x" });
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers["etag"]}</ETag></Part></CompleteMultipartUpload>`;
    assert.equal((await s3.send(`POST /bucket/parts?uploadId=${uploadId}`, { body })).status, 200);
    assert.deepEqual(await get("/bucket/parts"), ["phase=a b", "project=blue"]);

    const twice = await s3.send("PUT /bucket/never", { body: "x", headers: { "x-amz-tagging": "a=1&a=2" } });
    assert.equal(twice.code, "InvalidArgument");
    assert.equal((await s3.send("HEAD /bucket/never")).status, 404);
  });

  it("who may read an object is not told its tags, and does not copy them", async () => {
    await s3.send("PUT /other", { as: other });
    const headers = { "x-amz-tagging": "a=1", "x-amz-acl": "public-read" };
    await s3.send("PUT /bucket/public", { body: "x", headers });
    const got = await s3.send("GET /bucket/public", { as: other });
    assert.deepEqual([got.status, got.headers["x-amz-tagging-count"]], [200, undefined]);
    for (const line of ["GET /bucket/public?tagging", "DELETE /bucket/public?tagging"]) {
      assert.equal((await s3.send(line, { as: other })).code, "AccessDenied", line);
      assert.equal((await s3.send(line, { as: null })).code, "AccessDenied", line);
    }
    const source = { "x-amz-copy-source": "bucket/public" };
    assert.match((await s3.send("PUT /other/copy", { as: other, headers: source })).text, /AccessDenied/);
    const replaced = { ...source, "x-amz-tagging-directive": "REPLACE" };
    assert.equal((await s3.send("PUT /other/copy", { as: other, headers: replaced })).status, 200);
  });

  it("a bucket can be made with tags, and is not made with bad ones", async () => {
    const body = (key: string): string =>
      `<CreateBucketConfiguration><Tags><Tag><Key>${key}</Key><Value>1</Value></Tag></Tags></CreateBucketConfiguration>`;
    assert.equal((await s3.send("PUT /tagged", { body: body("project") })).status, 200);
    assert.deepEqual(await get("/tagged"), ["project=1"]);
    assert.equal((await s3.send("PUT /mistagged", { body: body("aws:project") })).code, "InvalidTag");
    assert.equal((await s3.send("HEAD /mistagged")).status, 404);
  });

  it("a bucket's tags: none is NoSuchTagSet, 50 are taken, 51 refused", async () => {
    const none = await s3.send("GET /bucket?tagging");
    assert.deepEqual([none.status, none.code], [404, "NoSuchTagSet"]);
    const many = (count: number) =>
      tagging(...Array.from({ length: count }, (_, i): [string, string] => [`key ${i}`, "v"]));
    assert.equal((await s3.send("PUT /bucket?tagging", { body: many(51) })).code, "InvalidTag");
    assert.equal((await s3.send("PUT /bucket?tagging", { body: many(50) })).status, 200);
    assert.equal((await get("/bucket")).length, 50);
    assert.equal((await s3.send("GET /bucket?tagging", { as: other })).code, "AccessDenied");
    assert.equal((await s3.send("DELETE /bucket?tagging")).status, 204);
    assert.equal((await s3.send("GET /bucket?tagging")).code, "NoSuchTagSet");
  });
});
