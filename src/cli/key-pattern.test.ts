import assert from "node:assert/strict";
import { test } from "node:test";

import { keyPattern, nameFilter } from "./key-pattern.ts";

test("wildcards match as in a shell", () => {
  for (const [pattern, prefix, matching, others] of [
    [
      "a/*.jpg",
      "a/",
      ["a/b.jpg", "a/.jpg", "a/größe.jpg", "a/x y.jpg"],
      ["a/b/c.jpg", "a/b.jpgx", "b/a.jpg"],
    ],
    ["a/**", "a/", ["a/b", "a/b/c", "a/.b/c"], ["ab"]],
    ["**/x", "", ["x", "a/x", "a/b/x"], ["ax"]],
    ["a?c", "a", ["abc", "aöc"], ["ac", "a/c", "abbc"]],
    ["n[0-3]", "n", ["n0", "n3"], ["n4"]],
    ["a\\*b*", "a*b", ["a*b", "a*bc"], ["axb"]],
    ["{a,b}*", "{a,b}", ["{a,b}c"], ["ac"]],
    ["!a*", "!a", ["!ab"], ["b"]],
    ["a//*", "a//", ["a//b"], ["a/b"]],
  ] as const) {
    const found = keyPattern(pattern);
    assert.equal(found?.prefix, prefix, pattern);
    for (const key of matching) assert.equal(found?.matches(key), true, `${pattern} matches ${key}`);
    for (const key of others) assert.equal(found?.matches(key), false, `${pattern} does not match ${key}`);
  }
});

test("a key without wildcards is no pattern", () => {
  for (const key of ["a/b", "", "a\\*b", "größe {1,2}"]) assert.equal(keyPattern(key), null, key);
});

test("nameFilter() takes what is included and not excluded; a pattern without a slash is for the last part", () => {
  const goes = nameFilter({ include: ["*.jpg", "docs/**"], exclude: ["*.tmp.jpg", "docs/old/**"] });
  assert.deepEqual(
    ["a.jpg", "x/y/a.jpg", "a.tmp.jpg", "docs/a", "docs/old/a", "a.png", "x/docs/a"].filter(goes),
    ["a.jpg", "x/y/a.jpg", "docs/a"],
  );
  assert.equal(nameFilter({})("anything"), true);
});
