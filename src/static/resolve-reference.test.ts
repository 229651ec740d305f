import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveReference } from "./resolve-reference.ts";

function resolved(url: string, from = "css/site.css"): [name: string, withBase: string] | null {
  const target = resolveReference(url, from, "/static/");
  return target === null ? null : [target.name, target.withBase("NEW")];
}

test("resolveReference() leaves what is not among the static files", () => {
  for (const url of [
    "https://example.com/a.png",
    "data:image/png;base64,AAAA",
    "about:blank",
    "blob:x",
    "//example.com/a.png",
    "#fragment",
    "?query",
    "",
    "/other/a.png",
    "/staticfiles/a.png",
    "img/",
  ]) {
    assert.equal(resolved(url), null, url);
  }
});

test("resolveReference() resolves against the file in which the URL stands", () => {
  assert.deepEqual(resolved("a.png"), ["css/a.png", "NEW"]);
  assert.deepEqual(resolved("./img/../a.png"), ["css/a.png", "./img/../NEW"]);
  assert.deepEqual(resolved("../img/a.png"), ["img/a.png", "../img/NEW"]);
  assert.deepEqual(resolved("a.png", "site.css"), ["a.png", "NEW"]);
  assert.deepEqual(resolved("/static/img/a.png"), ["img/a.png", "/static/img/NEW"]);
  assert.deepEqual(resolved("../../a.png"), ["../a.png", "../../NEW"]);
});

test("resolveReference() keeps query, fragment and ?#iefix", () => {
  assert.deepEqual(resolved("a.png?v=1"), ["css/a.png", "NEW?v=1"]);
  assert.deepEqual(resolved("a.svg#icon"), ["css/a.svg", "NEW#icon"]);
  assert.deepEqual(resolved("a.eot?#iefix"), ["css/a.eot", "NEW?#iefix"]);
  assert.deepEqual(resolved("a.svg?x=/y#a/b"), ["css/a.svg", "NEW?x=/y#a/b"]);
});

test("resolveReference() decodes, and encodes again only what would end a path or a string", () => {
  assert.deepEqual(resolved("my%20img/%C3%A9.png"), ["css/my img/é.png", "my img/NEW"]);
  assert.deepEqual(resolved("a%23b/c%22d.png"), ['css/a#b/c"d.png', "a%23b/NEW"]);
  assert.deepEqual(resolved("%E9.png"), ["%E9.png", "%E9.png"]);
});
