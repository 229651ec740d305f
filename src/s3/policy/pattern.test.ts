import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { compilePattern, type ConditionValues, matchPattern } from "./pattern.ts";

const none: ConditionValues = () => undefined;
const values: ConditionValues = (key) => (key === "aws:username" ? ["ann*"] : undefined);

function matches(pattern: string, text: string, resolve: ConditionValues = none): boolean {
  return matchPattern(compilePattern(pattern, { wildcards: true, variables: true }), text, resolve);
}

test("matchPattern() takes * for any characters, also none and slashes, and ? for one", () => {
  for (const [pattern, text] of [
    ["", ""],
    ["*", ""],
    ["a", "a"],
    ["a*", "a"],
    ["*a", "bba"],
    ["a*c", "abbbc"],
    ["a*b*c", "a-b-b-c"],
    ["*ab*ab*", "abab"],
    ["a?c", "abc"],
    ["a?*", "ab"],
    ["*?", "x"],
    ["arn:aws:s3:::b/*/x/*.jpg", "arn:aws:s3:::b/1/2/x/y/z.jpg"],
    ["?", "😀"],
    ["*é*", "café!"],
  ] as const) {
    assert.ok(matches(pattern, text), `${pattern} and ${text}`);
  }
  for (const [pattern, text] of [
    ["", "a"],
    ["a", "ab"],
    ["a", "A"],
    ["a*", "ba"],
    ["*a", "ab"],
    ["ab*ba", "aba"],
    ["a*b*c", "acb"],
    ["a?c", "ac"],
    ["?", ""],
    ["?", "ab"],
    [".*", "ab"],
    ["[ab]", "a"],
    ["a+", "aa"],
  ] as const) {
    assert.ok(!matches(pattern, text), `${pattern} and ${text}`);
  }
});

test("matchPattern() puts the request's values for variables, in which a star is a star", () => {
  assert.ok(matches("home/${aws:username}/*", "home/ann*/x", values));
  assert.ok(!matches("home/${aws:username}/*", "home/anna/x", values));
  assert.ok(matches("home/${AWS:UserName}/?", "home/ann*/x", values));
  assert.ok(!matches("home/${aws:username}/*", "home//x", none), "no value, no match");
  assert.ok(matches("home/${aws:username, 'nobody'}", "home/nobody", none));
  assert.ok(matches("${*}${?}${$}", "*?$"));
  assert.ok(!matches("${*}", "a"));
  assert.ok(matches("a${b", "a${b"), "what is not closed is text");
});

test("compilePattern() of the older policy version knows no variables, and without wildcards no star", () => {
  const old = compilePattern("${aws:username}*", { wildcards: true, variables: false });
  assert.ok(matchPattern(old, "${aws:username}x", values));
  const plain = compilePattern("a*", { wildcards: false, variables: true });
  assert.ok(matchPattern(plain, "a*", none));
  assert.ok(!matchPattern(plain, "ab", none));
  const any = compilePattern("ÄbC", { wildcards: false, variables: true, ignoreCase: true });
  assert.ok(matchPattern(any, "äBc", none));
});

test("matchPattern() agrees with a regular expression on every pattern", () => {
  const letters = fc.constantFrom("a", "b", "*", "?", "/");
  const pattern = fc.array(letters, { maxLength: 12 }).map((list) => list.join(""));
  const text = fc.array(fc.constantFrom("a", "b", "/"), { maxLength: 14 }).map((list) => list.join(""));
  fc.assert(
    fc.property(pattern, text, (one, other) => {
      const expression = new RegExp(`^${one.replaceAll("*", ".*").replaceAll("?", ".")}$`, "su");
      assert.equal(matches(one, other), expression.test(other));
    }),
    { numRuns: 2000 },
  );
});

test("matchPattern() takes bounded steps for patterns that blow regular expressions up", () => {
  // With backtracking this is 2^1,000 steps and never ends.
  assert.ok(!matches("*a".repeat(1000) + "b", "a".repeat(1024)));
  assert.ok(!matches("a*".repeat(10_000), "b".repeat(1024)));
  assert.ok(matches("*".repeat(20_000), "x".repeat(1024)));
});
