import assert from "node:assert/strict";
import { test } from "node:test";
import { urlBelow, withQuery } from "./urls.ts";

// The first rows are those of Django's own test of FileSystemStorage.url().
test("urlBelow() encodes all but what is unreserved, and the name cannot leave the base", () => {
  for (const [name, url] of [
    ["~!*()'@#$%^&*abc`+ =.file", "/media/~!*()'%40%23%24%25%5E%26*abc%60%2B%20%3D.file"],
    ["a/b/c.file", "/media/a/b/c.file"],
    ["/evil.com", "/media/evil.com"],
    ["\\evil.com", "/media/evil.com"],
    ["///evil.com", "/media/evil.com"],
    ["\\\\\\evil.com", "/media/evil.com"],
    ["ä\u{1f600}.txt", "/media/%C3%A4%F0%9F%98%80.txt"],
    ["javascript:alert(1)", "/media/javascript%3Aalert(1)"],
  ] as const) {
    assert.equal(urlBelow("/media/", name, undefined), url);
    assert.equal(urlBelow("/media", name, undefined), url);
  }
  assert.equal(urlBelow("https://cdn.example", "//evil.com", undefined), "https://cdn.example/evil.com");
});

test("withQuery() encodes, and goes on where there is a query", () => {
  assert.equal(withQuery("/a", { x: "1&2", ä: " " }), "/a?x=1%262&%C3%A4=%20");
  assert.equal(withQuery("/a?b", { x: "1" }), "/a?b&x=1");
  assert.equal(withQuery("/a", {}), "/a");
});
