import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { other, startTestServer, type TestServer } from "../support/server.ts";

const md5 = (body: string | Buffer): string => createHash("md5").update(body).digest("hex");

describe("objects over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /bucket");
  });
  after(() => s3.close());

  it("what PutObject took, GetObject gives back with its headers and metadata", async () => {
    const put = await s3.send("PUT /bucket/hello.txt", {
      body: "Hello, world",
      headers: { "content-type": "text/plain", "cache-control": "no-cache", "x-amz-meta-Author": "Ann" },
    });
    assert.equal(put.status, 200);
    assert.equal(put.headers["etag"], `"${md5("Hello, world")}"`);
    const got = await s3.send("GET /bucket/hello.txt");
    assert.equal(got.status, 200);
    assert.equal(got.text, "Hello, world");
    assert.equal(got.headers["content-type"], "text/plain");
    assert.equal(got.headers["cache-control"], "no-cache");
    assert.equal(got.headers["x-amz-meta-author"], "Ann");
    assert.equal(got.headers["content-length"], "12");
    assert.equal(got.headers["accept-ranges"], "bytes");
    assert.match(got.headers["x-amz-request-id"] as string, /^[0-9A-F]{16}$/);
  });

  it("a large body flows through and comes back whole", async () => {
    const body = Buffer.alloc(3_000_001, "abcdefg");
    await s3.send("PUT /bucket/large", { body });
    const got = await s3.send("GET /bucket/large");
    assert.ok(got.body.equals(body));
    const tail = await s3.send("GET /bucket/large", { headers: { range: "bytes=-3" } });
    assert.ok(tail.body.equals(body.subarray(-3)));
    assert.equal(tail.status, 206);
  });

  it("keys that a file system or a URL would fold stay apart", async () => {
    const keys = [
      "a",
      "a/",
      "a/b",
      "a//b",
      "/a",
      ".",
      "..",
      "../a",
      "a/../b",
      "a+b",
      "a%20b",
      "a%252Fb",
      "%C3%BC",
      "a%2Fc",
    ];
    for (const key of keys)
      assert.equal((await s3.send(`PUT /bucket/keys/${key}`, { body: key })).status, 200, key);
    for (const key of keys) assert.equal((await s3.send(`GET /bucket/keys/${key}`)).text, key, key);
    // %2F in a path is a slash, as on AWS.
    assert.equal((await s3.send("GET /bucket/keys/a/c")).text, "a%2Fc");
  });

  it("a key of 1,024 bytes is taken, of 1,025 refused, as are NUL and bytes that are not UTF-8", async () => {
    assert.equal((await s3.send(`PUT /bucket/${"k".repeat(1024)}`, { body: "x" })).status, 200);
    assert.equal((await s3.send(`PUT /bucket/${"k".repeat(1025)}`, { body: "x" })).code, "KeyTooLongError");
    assert.equal((await s3.send("PUT /bucket/a%00b", { body: "x" })).status, 400);
    assert.equal((await s3.send("PUT /bucket/%FF", { body: "x" })).status, 400);
  });

  it("HeadObject has the headers of GET and no body, for an error too", async () => {
    await s3.send("PUT /bucket/head", { body: "12345" });
    const head = await s3.send("HEAD /bucket/head");
    assert.equal(head.headers["content-length"], "5");
    assert.equal(head.body.length, 0);
    const missing = await s3.send("HEAD /bucket/no-such-key");
    assert.equal(missing.status, 404);
    assert.equal(missing.body.length, 0);
  });

  it("ranges: first bytes, suffix, past the end, malformed, several, empty object", async () => {
    await s3.send("PUT /bucket/range", { body: "0123456789" });
    await s3.send("PUT /bucket/empty", { body: "" });
    const get = (range: string, key = "range") => s3.send(`GET /bucket/${key}`, { headers: { range } });
    const first = await get("bytes=0-3");
    assert.deepEqual(
      [first.status, first.text, first.headers["content-range"]],
      [206, "0123", "bytes 0-3/10"],
    );
    assert.equal((await get("bytes=-2")).text, "89");
    assert.equal((await get("bytes=8-100")).headers["content-range"], "bytes 8-9/10");
    const past = await get("bytes=10-");
    assert.deepEqual(
      [past.status, past.code, past.headers["content-range"]],
      [416, "InvalidRange", "bytes */10"],
    );
    assert.equal((await get("bytes=-0")).status, 416);
    assert.equal((await get("bytes=0-0", "empty")).status, 416);
    assert.deepEqual([(await get("bits=1")).status, (await get("bytes=1-2,4-5")).status], [200, 200]);
  });

  it("If-Range: the whole where the client has a part of something else", async () => {
    await s3.send("PUT /bucket/resumed", { body: "0123456789" });
    const get = (headers: Record<string, string>) =>
      s3.send("GET /bucket/resumed", { headers: { range: "bytes=4-", ...headers } });
    const { headers } = await get({});
    const etag = headers["etag"] ?? "";
    const date = headers["last-modified"] ?? "";
    for (const same of [etag, date]) {
      const rest = await get({ "if-range": same });
      assert.deepEqual([rest.status, rest.text], [206, "456789"]);
    }
    for (const other of ['"other"', `W/${etag}`, "*", "Mon, 01 Jan 2001 00:00:00 GMT", "nonsense"]) {
      const whole = await get({ "if-range": other });
      assert.deepEqual([whole.status, whole.text], [200, "0123456789"], other);
    }
    const past = await get({ "if-range": '"other"', range: "bytes=10-" });
    assert.equal(past.status, 200);
  });

  it("a 304 has what the 200 has for caches, and nothing of the body", async () => {
    await s3.send("PUT /cached");
    const enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    await s3.send("PUT /cached?versioning", { body: enabled });
    const rule = "<CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>";
    await s3.send("PUT /cached?cors", { body: `<CORSConfiguration>${rule}</CORSConfiguration>` });
    const expires = "Wed, 21 Oct 2099 07:28:00 GMT";
    await s3.send("PUT /cached/key", {
      body: "x",
      headers: { "cache-control": "max-age=60", expires, "content-type": "text/plain" },
    });
    const whole = await s3.send("GET /cached/key");
    const same = await s3.send("GET /cached/key", {
      headers: { "if-none-match": String(whole.headers.etag) },
    });
    assert.equal(same.status, 304);
    const names = ["etag", "last-modified", "cache-control", "expires", "vary", "x-amz-version-id"];
    for (const name of names) {
      assert.notEqual(whole.headers[name], undefined, name);
      assert.equal(same.headers[name], whole.headers[name], name);
    }
    assert.equal(same.headers["content-type"], undefined);
    assert.equal(same.headers["content-length"], undefined);
  });

  it("conditions: If-None-Match 304 with the ETag, If-Match 412, dates", async () => {
    await s3.send("PUT /bucket/cond", { body: "x" });
    const etag = `"${md5("x")}"`;
    const get = (headers: Record<string, string>) => s3.send("GET /bucket/cond", { headers });
    const same = await get({ "if-none-match": etag });
    assert.deepEqual([same.status, same.headers["etag"], same.body.length], [304, etag, 0]);
    assert.equal((await get({ "if-match": '"other"' })).code, "PreconditionFailed");
    assert.equal(
      (await get({ "if-match": etag, "if-unmodified-since": "Mon, 01 Jan 2001 00:00:00 GMT" })).status,
      200,
    );
    assert.equal(
      (await get({ "if-modified-since": new Date(Date.now() + 60_000).toUTCString() })).status,
      304,
    );
    assert.equal((await get({ "if-unmodified-since": "Mon, 01 Jan 2001 00:00:00 GMT" })).status, 412);
  });

  it("response-* overrides the answer of a signed request and is refused to anonymous", async () => {
    await s3.send("PUT /bucket/override", { body: "x", headers: { "x-amz-acl": "public-read" } });
    const target =
      "GET /bucket/override?response-content-type=text%2Fx-y&response-content-disposition=attachment";
    const signed = await s3.send(target);
    assert.equal(signed.headers["content-type"], "text/x-y");
    assert.equal(signed.headers["content-disposition"], "attachment");
    assert.equal((await s3.send(target, { as: null })).code, "InvalidRequest");
    const split = await s3.send("GET /bucket/override?response-content-type=a%0D%0Ab");
    assert.equal(split.status, 400);
  });

  it("If-None-Match: * lets exactly one of many writers win", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        s3.send("PUT /bucket/once", { body: `writer ${i}`, headers: { "if-none-match": "*" } }),
      ),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.ok(answers.every(({ status }) => status === 200 || status === 412 || status === 409));
    const winner = answers.findIndex(({ status }) => status === 200);
    assert.equal((await s3.send("GET /bucket/once")).text, `writer ${winner}`);
  });

  it("If-Match writes only over what was seen", async () => {
    await s3.send("PUT /bucket/seen", { body: "one" });
    const put = (etag: string) => s3.send("PUT /bucket/seen", { body: "two", headers: { "if-match": etag } });
    assert.equal((await put('"0123"')).status, 412);
    assert.equal((await put(`"${md5("one")}"`)).status, 200);
    assert.equal(
      (await s3.send("PUT /bucket/never", { body: "x", headers: { "if-match": '"0123"' } })).status,
      404,
    );
  });

  it("a wrong Content-MD5, SHA-256 or CRC stores nothing", async () => {
    const put = (headers: Record<string, string>) => s3.send("PUT /bucket/wrong", { body: "body", headers });
    assert.equal((await put({ "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" })).code, "BadDigest");
    assert.equal((await put({ "content-md5": "nonsense" })).code, "InvalidDigest");
    assert.equal((await put({ "x-amz-content-sha256": "0".repeat(64) })).code, "XAmzContentSHA256Mismatch");
    assert.equal((await put({ "x-amz-checksum-crc32": "AAAAAA==" })).code, "BadDigest");
    assert.equal((await s3.send("GET /bucket/wrong")).status, 404);
  });

  it("a checksum that was verified comes back when it is asked for", async () => {
    // CRC32 of "123456789" is cbf43926.
    await s3.send("PUT /bucket/crc", { body: "123456789", headers: { "x-amz-checksum-crc32": "y/Q5Jg==" } });
    const got = await s3.send("GET /bucket/crc", { headers: { "x-amz-checksum-mode": "ENABLED" } });
    assert.equal(got.headers["x-amz-checksum-crc32"], "y/Q5Jg==");
    assert.equal((await s3.send("GET /bucket/crc")).headers["x-amz-checksum-crc32"], undefined);
  });

  it("DeleteObject is 204 also for what is not there; DeleteObjects answers for each key", async () => {
    assert.equal((await s3.send("DELETE /bucket/not-there")).status, 204);
    for (const key of ["d1", "d2"]) await s3.send(`PUT /bucket/${key}`, { body: "x" });
    const body =
      "<Delete><Object><Key>d1</Key></Object><Object><Key>d2</Key></Object><Object><Key>d3</Key></Object></Delete>";
    const headers = { "content-md5": createHash("md5").update(body).digest("base64") };
    const answer = await s3.send("POST /bucket?delete", { body, headers });
    assert.deepEqual(
      [...answer.text.matchAll(/<Deleted><Key>(.*?)<\/Key>/g)].map((m) => m[1]),
      ["d1", "d2", "d3"],
    );
    assert.equal((await s3.send("GET /bucket/d1")).code, "NoSuchKey");
    assert.equal((await s3.send("POST /bucket?delete", { body })).code, "InvalidRequest");
  });

  it("DeleteObjects tells who may not delete so for each key, and deletes nothing", async () => {
    await s3.send("PUT /bucket/kept", { body: "x" });
    const body = "<Delete><Object><Key>kept</Key></Object></Delete>";
    const headers = { "content-md5": createHash("md5").update(body).digest("base64") };
    const answer = await s3.send("POST /bucket?delete", { as: other, body, headers });
    assert.equal(answer.status, 200);
    assert.match(answer.text, /<Error><Key>kept<\/Key><Code>AccessDenied<\/Code>/);
    assert.equal((await s3.send("GET /bucket/kept")).status, 200);
  });

  it("GetObjectTagging of an object without tags is an empty set", async () => {
    await s3.send("PUT /bucket/untagged", { body: "x" });
    const answer = await s3.send("GET /bucket/untagged?tagging");
    assert.match(answer.text, /<Tagging xmlns="[^"]+"><TagSet><\/TagSet><\/Tagging>|<TagSet\/>/);
  });

  it("CopyObject keeps metadata, REPLACE replaces it, onto itself without change is InvalidRequest", async () => {
    await s3.send("PUT /bucket/source", {
      body: "copy me",
      headers: { "x-amz-meta-a": "1", "content-type": "text/plain" },
    });
    const copy = await s3.send("PUT /bucket/copy", { headers: { "x-amz-copy-source": "/bucket/source" } });
    assert.match(copy.text, new RegExp(`<ETag>"${md5("copy me")}"</ETag>`));
    const got = await s3.send("GET /bucket/copy");
    assert.deepEqual(
      [got.text, got.headers["x-amz-meta-a"], got.headers["content-type"]],
      ["copy me", "1", "text/plain"],
    );
    await s3.send("PUT /bucket/copy", {
      headers: {
        "x-amz-copy-source": "bucket/source",
        "x-amz-metadata-directive": "REPLACE",
        "x-amz-meta-b": "2",
      },
    });
    const replaced = await s3.send("HEAD /bucket/copy");
    assert.deepEqual([replaced.headers["x-amz-meta-a"], replaced.headers["x-amz-meta-b"]], [undefined, "2"]);
    const itself = await s3.send("PUT /bucket/copy", { headers: { "x-amz-copy-source": "bucket/copy" } });
    assert.equal(itself.code, "InvalidRequest");
  });

  it("CopyObject writes on condition, and of many with If-None-Match: * one wins", async () => {
    await s3.send("PUT /bucket/origin", { body: "new" });
    await s3.send("PUT /bucket/there", { body: "old" });
    const copy = (key: string, headers: Record<string, string>) =>
      s3.send(`PUT /bucket/${key}`, { headers: { "x-amz-copy-source": "/bucket/origin", ...headers } });
    assert.equal((await copy("there", { "if-none-match": "*" })).code, "PreconditionFailed");
    assert.equal((await copy("there", { "if-match": '"other"' })).code, "PreconditionFailed");
    assert.equal((await copy("not-there", { "if-match": '"other"' })).code, "NoSuchKey");
    assert.equal((await s3.send("GET /bucket/there")).text, "old");
    assert.equal((await copy("there", { "if-match": md5("old") })).status, 200);
    assert.equal((await s3.send("GET /bucket/there")).text, "new");
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => copy("contended", { "if-none-match": "*" })),
    );
    const won = answers.filter(({ status }) => status === 200);
    assert.equal(won.length, 1);
    assert.ok(answers.every(({ status }) => [200, 409, 412].includes(status)));
  });

  it("CopyObject needs the right to read its source", async () => {
    await s3.send("PUT /bucket/private", { body: "secret" });
    await s3.send("PUT /others", { as: other });
    const copy = await s3.send("PUT /others/stolen", {
      as: other,
      headers: { "x-amz-copy-source": "bucket/private" },
    });
    assert.equal(copy.status, 403);
    assert.equal((await s3.send("GET /others/stolen", { as: other })).status, 404);
  });

  it("a missing key is 404 to who may list and 403 to who may not", async () => {
    assert.equal((await s3.send("GET /bucket/missing")).code, "NoSuchKey");
    assert.equal((await s3.send("GET /bucket/missing", { as: other })).code, "AccessDenied");
  });

  it("headers of its own over 2 KB are refused, which a client could not read back", async () => {
    for (const name of ["content-type", "cache-control", "content-disposition", "expires"]) {
      const fits = { [name]: "a".repeat(2000 - name.length), "content-type": "a" };
      assert.equal((await s3.send("PUT /bucket/system", { body: "x", headers: fits })).status, 200, name);
      const headers = { "content-type": "a", [name]: "a".repeat(2050) };
      assert.equal(
        (await s3.send("PUT /bucket/system", { body: "x", headers })).code,
        "MetadataTooLarge",
        name,
      );
    }
  });

  it("metadata over 2 KB is refused", async () => {
    const answer = await s3.send("PUT /bucket/meta", {
      body: "x",
      headers: { "x-amz-meta-a": "v".repeat(2048) },
    });
    assert.equal(answer.code, "MetadataTooLarge");
  });
});
