import assert from "node:assert/strict";
import { test } from "node:test";
import { conditionHolds, parseConditions } from "./conditions.ts";

type Values = Readonly<Record<string, readonly string[]>>;

/** Whether every condition holds for a request that has these values. */
function holds(condition: object, values: Values): boolean {
  return parseConditions(condition, { variables: true }).every((one) =>
    conditionHolds(one, (key) => values[key]),
  );
}

/** For each operator: a value of the policy, values of requests for which it holds, and ones for which it does not. */
const cases: readonly (readonly [
  string,
  string,
  string | number | readonly unknown[],
  readonly string[],
  readonly string[],
])[] = [
  ["StringEquals", "aws:UserAgent", "a", ["a"], ["A", "ab", ""]],
  ["StringEquals", "aws:UserAgent", ["a", "b"], ["a", "b"], ["c"]],
  ["StringNotEquals", "aws:UserAgent", ["a", "b"], ["c"], ["a", "b"]],
  ["StringEqualsIgnoreCase", "aws:UserAgent", "ab", ["AB", "ab"], ["a"]],
  ["StringNotEqualsIgnoreCase", "aws:UserAgent", "ab", ["a"], ["AB"]],
  ["StringEquals", "aws:UserAgent", "a*", ["a*"], ["ab"]],
  [
    "StringLike",
    "aws:Referer",
    "http://*.example.com/?",
    ["http://www.example.com/x"],
    ["https://www.example.com/x"],
  ],
  ["StringNotLike", "aws:Referer", ["a*", "b*"], ["c"], ["a", "bc"]],
  ["NumericEquals", "s3:max-keys", 10, ["10", "10.0", "+10"], ["9", "ten", "", "0x0a"]],
  ["NumericNotEquals", "s3:max-keys", "10", ["9"], ["10"]],
  ["NumericLessThan", "s3:max-keys", "10", ["9", "-1"], ["10", "11"]],
  ["NumericLessThanEquals", "s3:max-keys", "10", ["10"], ["10.1"]],
  ["NumericGreaterThan", "s3:max-keys", "9.5", ["10"], ["9", "9.5"]],
  ["NumericGreaterThanEquals", "s3:max-keys", "10", ["10", "100"], ["9"]],
  [
    "DateEquals",
    "aws:CurrentTime",
    "2026-01-01",
    ["2026-01-01T00:00:00Z", "1767225600"],
    ["2026-01-01T00:00:01Z"],
  ],
  ["DateNotEquals", "aws:CurrentTime", "2026-01-01", ["2026-01-02"], ["2026-01-01"]],
  [
    "DateLessThan",
    "aws:CurrentTime",
    "2026-01-01T01:00:00+01:00",
    ["2025-12-31T23:59:59Z"],
    ["2026-01-01T00:00:00Z"],
  ],
  ["DateLessThanEquals", "aws:EpochTime", "1767225600", ["1767225600"], ["1767225601"]],
  [
    "DateGreaterThan",
    "aws:CurrentTime",
    "2026-01-01T00:00:00Z",
    ["2026-01-01T00:00:00.5Z"],
    ["2026-01-01T00:00:00Z", "soon"],
  ],
  ["DateGreaterThanEquals", "aws:CurrentTime", "2026-01-01T00:00", ["2026-01-01T00:00:00Z"], ["2025"]],
  ["Bool", "aws:SecureTransport", "True", ["true"], ["false", ""]],
  ["Bool", "aws:SecureTransport", [false], ["false"], ["true"]],
  ["BinaryEquals", "aws:UserAgent", "QmluYXJ5", ["QmluYXJ5"], ["qmluYXJ5"]],
  [
    "IpAddress",
    "aws:SourceIp",
    ["203.0.113.0/24", "2001:db8::/32"],
    ["203.0.113.7", "2001:db8::7"],
    ["203.0.114.7", "::1", "x"],
  ],
  [
    "NotIpAddress",
    "aws:SourceIp",
    ["10.0.0.0/8", "192.168.0.0/16"],
    ["203.0.113.7"],
    ["10.1.2.3", "192.168.1.1"],
  ],
  [
    "ArnLike",
    "aws:PrincipalArn",
    "arn:aws:iam:::user/a*",
    ["arn:aws:iam:::user/ann"],
    ["arn:aws:iam::1:user/ann", "user"],
  ],
  [
    "ArnEquals",
    "aws:PrincipalArn",
    "arn:*:iam::*:user/ann",
    ["arn:aws:iam::1:user/ann"],
    ["arn:aws:iam:a:1:user/ann"],
  ],
  [
    "ArnNotLike",
    "aws:PrincipalArn",
    "arn:aws:iam:::user/a*",
    ["arn:aws:iam:::user/bob"],
    ["arn:aws:iam:::user/ann"],
  ],
  ["ArnNotEquals", "aws:PrincipalArn", "*", [], ["arn:aws:iam:::user/ann"]],
];

for (const [operator, key, wanted, yes, no] of cases) {
  test(`${operator} ${JSON.stringify(wanted)} holds for ${yes.join(", ")} and not for ${no.join(", ")}`, () => {
    const condition = { [operator]: { [key]: wanted } };
    for (const value of yes) assert.ok(holds(condition, { [key.toLowerCase()]: [value] }), value);
    for (const value of no) assert.ok(!holds(condition, { [key.toLowerCase()]: [value] }), value);
  });
}

test("a key that is missing fulfils negated operators, IfExists and ForAllValues, and nothing else", () => {
  for (const [operator, expected] of [
    ["StringEquals", false],
    ["StringEqualsIfExists", true],
    ["StringNotEquals", true],
    ["StringNotEqualsIfExists", true],
    ["ForAllValues:StringEquals", true],
    ["ForAnyValue:StringEquals", false],
    ["ForAnyValue:StringNotEquals", false],
    ["ForAnyValue:StringEqualsIfExists", true],
  ] as const) {
    assert.equal(holds({ [operator]: { "aws:UserAgent": "a" } }, {}), expected, operator);
  }
  assert.ok(holds({ NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" } }, {}));
  assert.ok(
    !holds({ Bool: { "aws:MultiFactorAuthPresent": "false" } }, {}),
    "AWS: not there, neither true nor false",
  );
});

test("Null asks whether a key is there", () => {
  const missing = { Null: { "s3:x-amz-server-side-encryption": "true" } };
  const there = { Null: { "s3:x-amz-server-side-encryption": false } };
  const values = { "s3:x-amz-server-side-encryption": ["AES256"] };
  assert.deepEqual([holds(missing, {}), holds(missing, values)], [true, false]);
  assert.deepEqual([holds(there, {}), holds(there, values)], [false, true]);
});

test("ForAllValues and ForAnyValue look at every value of the request", () => {
  const all = { "ForAllValues:StringEquals": { "s3:RequestObjectTagKeys": ["a", "b"] } };
  const any = { "ForAnyValue:StringEquals": { "s3:RequestObjectTagKeys": ["a", "b"] } };
  const anyNot = { "ForAnyValue:StringNotEquals": { "s3:RequestObjectTagKeys": ["a", "b"] } };
  const allNot = { "ForAllValues:StringNotEquals": { "s3:RequestObjectTagKeys": ["a", "b"] } };
  const of = (...keys: string[]): Values => ({ "s3:requestobjecttagkeys": keys });
  assert.deepEqual(
    [holds(all, of("a")), holds(all, of("b", "a")), holds(all, of("a", "c"))],
    [true, true, false],
  );
  assert.deepEqual([holds(any, of("a")), holds(any, of("a", "c")), holds(any, of("c"))], [true, true, false]);
  assert.deepEqual([holds(anyNot, of("a")), holds(anyNot, of("a", "c"))], [false, true]);
  assert.deepEqual([holds(allNot, of("c")), holds(allNot, of("a", "c"))], [true, false]);
});

test("all keys of a condition must hold, and the case of a key's name means nothing but that of a tag", () => {
  const both = {
    StringEquals: { "AWS:UserAgent": "a", "aws:referer": "b" },
    Bool: { "aws:securetransport": "true" },
  };
  const values = { "aws:useragent": ["a"], "aws:referer": ["b"], "aws:securetransport": ["true"] };
  assert.ok(holds(both, values));
  assert.ok(!holds(both, { ...values, "aws:referer": ["c"] }));
  const tag = { StringEquals: { "s3:ExistingObjectTag/Class": "x" } };
  assert.ok(holds(tag, { "s3:existingobjecttag/Class": ["x"] }));
  assert.ok(!holds(tag, { "s3:existingobjecttag/class": ["x"] }));
});

test("a variable without a value makes a condition fail, whichever way it asks", () => {
  const values = { "s3:prefix": ["home/ann"], "aws:username": ["ann"] };
  const like = { StringLike: { "s3:prefix": "home/${aws:username}*" } };
  const notLike = { StringNotLike: { "s3:prefix": "home/${aws:username}*" } };
  assert.deepEqual([holds(like, values), holds(notLike, values)], [true, false]);
  const nobody = { "s3:prefix": ["home/ann"] };
  assert.deepEqual([holds(like, nobody), holds(notLike, nobody)], [false, false]);
});

test("parseConditions() refuses operators, keys and values that are none", () => {
  for (const [condition, message] of [
    [{ StringEqual: { "aws:UserAgent": "a" } }, 'Invalid condition operator: "StringEqual"'],
    [{ stringequals: { "aws:UserAgent": "a" } }, "Invalid condition operator"],
    [{ constructor: { "aws:UserAgent": "a" } }, "Invalid condition operator"],
    [{ NullIfExists: { "aws:UserAgent": "true" } }, "Invalid condition operator"],
    [{ "ForSome:StringEquals": { "aws:UserAgent": "a" } }, "Invalid condition operator"],
    [{ StringEquals: { "s3:prefx": "a" } }, 'invalid condition key: "s3:prefx"'],
    [{ StringEquals: { "s3:ExistingObjectTag": {} } }, "neither string, number nor boolean"],
    [{ StringEquals: { "s3:ExistingObjectTag/": "a" } }, "invalid condition key"],
    [{ StringEquals: { prefix: "a" } }, "invalid condition key"],
    [{ StringEquals: { "aws:UserAgent": [] } }, "Condition.StringEquals.aws:UserAgent is empty"],
    [{ StringEquals: { "aws:UserAgent": null } }, "holds null"],
    [{ StringEquals: "a" }, 'Condition.StringEquals is "a"'],
    [[], "Condition is an array, which is no object"],
    [{ NumericEquals: { "s3:max-keys": "ten" } }, '"ten", which is no number'],
    [{ DateEquals: { "aws:CurrentTime": "tomorrow" } }, '"tomorrow", which is no date'],
    [{ DateEquals: { "aws:CurrentTime": "2026-02-31T99:00:00Z" } }, "no date"],
    [{ Bool: { "aws:SecureTransport": "yes" } }, '"yes", which is no boolean'],
    [{ BinaryEquals: { "aws:UserAgent": "?" } }, "no base64"],
    [{ IpAddress: { "aws:SourceIp": "10.0.0.0/40" } }, "no IP address or range"],
    [{ ArnLike: { "aws:PrincipalArn": "user/ann" } }, "no ARN"],
  ] as const) {
    assert.throws(
      () => parseConditions(condition, { variables: true }),
      (error: { code: string; message: string }) =>
        error.code === "MalformedPolicy" && error.message.includes(message),
      JSON.stringify(condition),
    );
  }
});
