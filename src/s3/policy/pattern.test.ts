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

test("matchPattern() agrees with a regular expression on long pieces", () => {
  const piece = (maxLength: number, ...letters: string[]): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom(...letters), { maxLength }).map((list) => list.join(""));
  const text = piece(100, "a", "b");
  const blurred = fc.tuple(text, fc.infiniteStream(fc.nat(9)));
  fc.assert(
    fc.property(
      text,
      blurred,
      text,
      blurred,
      piece(3, "a", "b", "é"),
      (one, [two, blur], three, [four, more], x) => {
        const hide = (of: string, where: Iterator<number>): string =>
          Array.from(of, (letter) => (where.next().value === 0 ? "?" : letter)).join("");
        const pattern = `*${hide(two, blur)}*${hide(four, more)}*${x}`;
        const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`, "su");
        for (const whole of [one + two + three + four + one, one + four + two, two + x + four + x]) {
          assert.equal(matches(pattern, whole), expression.test(whole), `${pattern} and ${whole}`);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test("matchPattern() makes no more of a variable's value than the text could match", () => {
  const long: ConditionValues = () => ["x".repeat(30_000)];
  const pattern = compilePattern("${aws:referer}".repeat(1400), { wildcards: true, variables: true });
  const startedMs = performance.now();
  for (let round = 0; round < 100; round++) assert.ok(!matchPattern(pattern, "x".repeat(1000), long));
  // All of it would be 42 million characters, each time.
  assert.ok(performance.now() - startedMs < 2000);
});

test("matchPattern() looks for long pieces in long texts without going over each place letter by letter", () => {
  const text = "a".repeat(200_000);
  const startedMs = performance.now();
  for (const pattern of [`*${"a".repeat(10_000)}b*`, `*b${"a".repeat(10_000)}*`, `*${"a?".repeat(5000)}b*`]) {
    assert.ok(!matches(pattern, text));
  }
  // Letter by letter that is 4,000 million steps.
  assert.ok(performance.now() - startedMs < 4000);
});

test("matchPattern() takes bounded steps for patterns that blow regular expressions up", () => {
  // With backtracking this is 2^1,000 steps and never ends.
  assert.ok(!matches("*a".repeat(1000) + "b", "a".repeat(1024)));
  assert.ok(!matches("a*".repeat(10_000), "b".repeat(1024)));
  assert.ok(matches("*".repeat(20_000), "x".repeat(1024)));
});
