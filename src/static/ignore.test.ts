import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultIgnore, ignoreMatcher } from "./ignore.ts";

function ignores(pattern: string, name: string): boolean {
  return ignoreMatcher([pattern])(name);
}

test("ignoreMatcher() ignores by default what Django ignores", () => {
  const ignored = ignoreMatcher(defaultIgnore);
  for (const name of ["CVS", "a/CVS/b", ".hidden", "a/.git/b", "a~", "a/b~"]) assert.ok(ignored(name), name);
  for (const name of ["a", "cvs", "a.b", "a/b.css", "~a"]) assert.ok(!ignored(name), name);
});

test("ignoreMatcher() holds patterns against base names, directories and whole names", () => {
  assert.ok(ignores("*.scss", "css/deep/a.scss"));
  assert.ok(ignores("vendor", "js/vendor/a.js"));
  assert.ok(ignores("js/vendor/*", "js/vendor/deep/a.js"));
  assert.ok(!ignores("vendor/*", "js/vendor/a.js"));
  assert.ok(ignores("./vendor/", "vendor/a.js"));
});

test("ignoreMatcher() knows Python's fnmatch and no more", () => {
  assert.ok(ignores("a[0-9].js", "a1.js"));
  assert.ok(ignores("a[!0-9].js", "ab.js"));
  assert.ok(!ignores("a[!0-9].js", "a1.js"));
  assert.ok(ignores("?.js", "a.js"));
  assert.ok(ignores("{a,b}.js", "{a,b}.js"));
  assert.ok(!ignores("{a,b}.js", "a.js"));
  assert.ok(ignores("!a.js", "!a.js"));
  assert.ok(!ignores("!a.js", "b.js"));
  assert.ok(ignores("+(a).js", "+(a).js"));
  assert.ok(!ignores("*.JS", "a.js"));
});
