import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startTestServer, type TestServer } from "../support/server.ts";

const all = (xml: string, element: string): string[] =>
  [...xml.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, "gs"))].map((m) => m[1] ?? "");
const keys = (xml: string): string[] => all(xml, "Key");
const prefixes = (xml: string): string[] => all(xml, "CommonPrefixes").flatMap((each) => all(each, "Prefix"));

describe("listings over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer();
    await s3.send("PUT /list");
    for (const key of ["a.b/1", "a/1", "a/2", "b", "c/x/1", "c/y/2", "%F0%9F%98%80", "%EF%BD%9E"]) {
      await s3.send(`PUT /list/${key}`, { body: "x" });
    }
  });
  after(() => s3.close());

  it("order is by UTF-8 bytes", async () => {
    const { text } = await s3.send("GET /list");
    assert.deepEqual(keys(text), ["a.b/1", "a/1", "a/2", "b", "c/x/1", "c/y/2", "\uff5e", "\u{1f600}"]);
  });

  it("a delimiter gathers common prefixes, also behind a prefix", async () => {
    const { text } = await s3.send("GET /list?delimiter=/");
    assert.deepEqual(
      [keys(text), prefixes(text)],
      [
        ["b", "\uff5e", "\u{1f600}"],
        ["a.b/", "a/", "c/"],
      ],
    );
    const inner = await s3.send("GET /list?delimiter=%2F&prefix=c%2F");
    assert.deepEqual([keys(inner.text), prefixes(inner.text)], [[], ["c/x/", "c/y/"]]);
  });

  it("pages of one visit everything once, in both versions", async () => {
    const seen: string[] = [];
    let marker = "";
    for (;;) {
      const { text } = await s3.send(`GET /list?delimiter=/&max-keys=1&marker=${encodeURIComponent(marker)}`);
      seen.push(...keys(text), ...prefixes(text));
      if (all(text, "IsTruncated")[0] === "false") break;
      marker = all(text, "NextMarker")[0] as string;
    }
    assert.deepEqual(seen, ["a.b/", "a/", "b", "c/", "\uff5e", "\u{1f600}"]);
    const again: string[] = [];
    let token = "";
    for (;;) {
      const { text } = await s3.send(`GET /list?list-type=2&delimiter=/&max-keys=1${token}`);
      again.push(...keys(text), ...prefixes(text));
      if (all(text, "IsTruncated")[0] === "false") break;
      token = `&continuation-token=${encodeURIComponent(all(text, "NextContinuationToken")[0] as string)}`;
    }
    assert.deepEqual(again, seen);
  });

  it("max-keys 0 is empty and not truncated; beyond numbers it is InvalidArgument", async () => {
    const { text } = await s3.send("GET /list?max-keys=0");
    assert.deepEqual([keys(text), all(text, "IsTruncated")], [[], ["false"]]);
    for (const value of ["-1", "x", "1.5"]) {
      assert.equal((await s3.send(`GET /list?max-keys=${value}`)).code, "InvalidArgument", value);
    }
  });

  it("V1 has NextMarker only with a delimiter", async () => {
    assert.deepEqual(all((await s3.send("GET /list?max-keys=1")).text, "NextMarker"), []);
  });

  it("V2 has KeyCount, StartAfter, and owners only when asked", async () => {
    const { text } = await s3.send("GET /list?list-type=2&start-after=b");
    assert.deepEqual(
      [all(text, "KeyCount")[0], all(text, "StartAfter")[0], all(text, "Owner")],
      ["4", "b", []],
    );
    assert.equal(all((await s3.send("GET /list?list-type=2&fetch-owner=true")).text, "Owner").length, 8);
    assert.equal(
      (await s3.send("GET /list?list-type=2&continuation-token=nonsense")).code,
      "InvalidArgument",
    );
  });

  it("encoding-type=url encodes keys, others are refused", async () => {
    const { text } = await s3.send("GET /list?encoding-type=url");
    assert.ok(keys(text).includes("%F0%9F%98%80"));
    assert.equal((await s3.send("GET /list?encoding-type=base64")).code, "InvalidArgument");
  });

  it("a version of the listing that there is not is InvalidArgument", async () => {
    assert.equal((await s3.send("GET /list?list-type=3")).code, "InvalidArgument");
    assert.equal((await s3.send("GET /list?list-type=")).status, 200);
  });

  it("a missing bucket is NoSuchBucket", async () => {
    const answer = await s3.send("GET /no-such-bucket");
    assert.deepEqual([answer.status, answer.code], [404, "NoSuchBucket"]);
    assert.match(answer.text, /<BucketName>no-such-bucket<\/BucketName>/);
  });
});
