import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { S3Error } from "../errors.ts";
import { maxPolicyBytes, parsePolicy } from "./parse.ts";
import { evaluatePolicy } from "./policy.ts";

const ann = "a".repeat(64);

const statement = {
  Effect: "Allow",
  Principal: "*",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::photos/*",
};

function parse(...statements: object[]): ReturnType<typeof parsePolicy> {
  return parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), "photos");
}

test("parsePolicy() takes one statement or several, one value or several", () => {
  const one = parsePolicy(JSON.stringify({ Statement: statement }), "photos");
  assert.deepEqual([one.version, one.id, one.statements.length], ["2008-10-17", undefined, 1]);
  const many = parsePolicy(
    JSON.stringify({
      Version: "2012-10-17",
      Id: "mine",
      Statement: [
        { ...statement, Sid: "read what is public" },
        {
          ...statement,
          Action: ["s3:Put*", "S3:GETOBJECT"],
          Resource: ["arn:aws:s3:::photos", "arn:aws:s3:::photos/a*"],
        },
      ],
    }),
    "photos",
  );
  assert.deepEqual(
    [many.id, many.statements[0]?.sid, many.statements.length],
    ["mine", "read what is public", 2],
  );
});

test("parsePolicy() says what is wrong", () => {
  const without = (name: string): object =>
    Object.fromEntries(Object.entries(statement).filter(([key]) => key !== name));
  const wrong: [string | object, string][] = [
    ["", "first byte must be"],
    [" {}", "first byte must be"],
    ["[]", "first byte must be"],
    ["{", "must be valid JSON"],
    ['{"Version":"2012-10-17"}', "Missing required field Statement"],
    ['{"Version":"2012-10-18","Statement":[]}', 'valid version string: "2012-10-18"'],
    ['{"Statement":[]}', "Statement is empty"],
    ['{"Statement":"x"}', 'Statement is "x"'],
    ['{"Statement":[null]}', "Statement is null"],
    ['{"Id":1,"Statement":[]}', "Id is no string"],
    ['{"Statements":[]}', 'Unknown field "Statements" in the policy'],
    ['{"Statement":[],"Statement":[]}', '"Statement" is there twice'],
    ['{"Statement":{"Effect":"Allow","Condition":{},"Condition":{}}}', '"Condition" is there twice'],
    ['{"Statement":{"Effect":"Allow","\\u0045ffect":"Deny"}}', '"Effect" is there twice'],
    [without("Effect"), "Missing required field Effect"],
    [without("Principal"), "Missing required field Principal"],
    [without("Action"), "Missing required field Action"],
    [without("Resource"), "Missing required field Resource"],
    [{ ...statement, Effect: "Permit" }, 'Invalid effect: "Permit"'],
    [{ ...statement, Sid: 1 }, "Sid is no string"],
    [{ ...statement, Conditions: {} }, 'Unknown field "Conditions" in a statement'],
    [{ ...statement, NotAction: "s3:*" }, "Action and NotAction exclude each other"],
    [{ ...statement, Action: [] }, "Action is empty"],
    [{ ...statement, Action: [1] }, "Action holds 1"],
    [{ ...statement, Action: "s3:GetObjects" }, 'invalid action: "s3:GetObjects"'],
    [{ ...statement, Action: "ec2:*" }, 'invalid action: "ec2:*"'],
    [
      { ...statement, Action: "s3:ListBucket" },
      'does not apply to any resource(s) in statement: "s3:ListBucket"',
    ],
    [{ ...statement, Action: ["s3:GetObject", "s3:ListAllMyBuckets"] }, "does not apply to any resource"],
    [
      { ...statement, Resource: "arn:aws:s3:::photos" },
      'does not apply to any resource(s) in statement: "s3:GetObject"',
    ],
    [{ ...statement, Resource: "arn:aws:s3:::photos2/*" }, 'invalid resource: "arn:aws:s3:::photos2/*"'],
    [{ ...statement, Resource: "arn:aws:s3:::pho*/x", NotResource: "*" }, "exclude each other"],
    [{ ...statement, Resource: "photos/*" }, "invalid resource"],
    [
      { ...statement, Resource: ["arn:aws:s3:::photos/*", "arn:aws:s3:::videos/*"] },
      'invalid resource: "arn:aws:s3:::videos/*"',
    ],
    [{ ...statement, Principal: "arn:aws:iam:::user/ann" }, 'neither "*" nor an object'],
    [{ ...statement, Principal: {} }, "names nobody"],
    [{ ...statement, Principal: [] }, 'neither "*" nor an object'],
    [{ ...statement, Principal: { aws: "*" } }, 'unknown member "aws"'],
    [{ ...statement, Principal: { AWS: "ann" } }, 'Invalid principal in policy: "ann"'],
    [{ ...statement, Principal: { AWS: "arn:aws:iam:::user/*" } }, "has no wildcards"],
    [{ ...statement, Principal: { AWS: "arn:aws:s3:::photos" } }, "Invalid principal"],
    [{ ...statement, Principal: { CanonicalUser: "ann" } }, "64 hexadecimal digits"],
    [{ ...statement, Principal: { Service: "*" } }, "without wildcards"],
    [{ ...without("Principal"), NotPrincipal: { AWS: ann } }, "Allow with NotPrincipal is not supported"],
  ];
  for (const [input, message] of wrong) {
    const text =
      typeof input === "string" ? input : JSON.stringify({ Version: "2012-10-17", Statement: [input] });
    assert.throws(
      () => parsePolicy(text, "photos"),
      (error: S3Error) => error.code === "MalformedPolicy" && error.message.includes(message),
      text,
    );
  }
});

test("parsePolicy() takes 20 KB and not a byte more", () => {
  const text = (sid: string): string => JSON.stringify({ Statement: { ...statement, Sid: sid } });
  const fits = "é".repeat((maxPolicyBytes - text("").length) / 2);
  const rest = "x".repeat(maxPolicyBytes - Buffer.byteLength(text(fits)));
  assert.equal(parsePolicy(text(fits + rest), "photos").statements.length, 1);
  assert.throws(() => parsePolicy(text(`${fits + rest}x`), "photos"), /20481 bytes, 20480 are allowed/);
});

test("parsePolicy() answers any text with a policy or MalformedPolicy", () => {
  const words = fc.constantFrom(
    ..."Version Id Statement Sid Effect Principal NotPrincipal Action NotAction Resource Condition AWS Allow Deny".split(
      " ",
    ),
    ..."* s3:* s3:GetObject 2012-10-17 arn:aws:s3:::photos/* StringLike s3:prefix __proto__ constructor".split(
      " ",
    ),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      words,
      fc.jsonValue({ maxDepth: 0 }),
      tie("object"),
      fc.array(tie("value"), { maxLength: 3 }),
    ),
    object: fc.dictionary(words, tie("value"), { maxKeys: 6 }),
  }));
  fc.assert(
    fc.property(value, (document) => {
      try {
        parsePolicy(JSON.stringify(document), "photos");
      } catch (error) {
        assert.ok(error instanceof S3Error, String(error));
        assert.equal(error.code, "MalformedPolicy");
      }
    }),
    { numRuns: 2000 },
  );
});

test("parsePolicy() ends soon on what is deeply nested or long", () => {
  const deep = "[".repeat(10_000) + "]".repeat(10_000);
  assert.throws(() => parsePolicy(`{"Statement":${deep}}`, "photos"), { code: "MalformedPolicy" });
  const stars = parse({ ...statement, Resource: `arn:aws:s3:::photos/${"*a".repeat(9000)}b` });
  const resource = `arn:aws:s3:::photos/${"a".repeat(1024)}`;
  const request = { principal: {}, action: "s3:GetObject", resource, values: () => undefined };
  assert.equal(evaluatePolicy(stars, request), undefined);
});

test("evaluatePolicy(): Deny beats Allow, whatever their order; what none speaks of is undecided", () => {
  const deny = { ...statement, Effect: "Deny", Resource: "arn:aws:s3:::photos/secret/*" };
  const ask = (policy: ReturnType<typeof parse>, key: string, action = "s3:GetObject"): string | undefined =>
    evaluatePolicy(policy, {
      principal: { id: ann, name: "ann" },
      action,
      resource: `arn:aws:s3:::photos/${key}`,
      values: () => undefined,
    });
  for (const policy of [parse(statement, deny), parse(deny, statement)]) {
    assert.equal(ask(policy, "a"), "Allow");
    assert.equal(ask(policy, "secret/a"), "Deny");
    assert.equal(ask(policy, "a", "s3:PutObject"), undefined);
  }
  const but = parse({
    Effect: "Deny",
    Principal: { AWS: ann },
    NotAction: "s3:Get*",
    NotResource: "arn:aws:s3:::photos/mine/*",
  });
  assert.equal(ask(but, "a", "s3:PutObject"), "Deny");
  assert.equal(ask(but, "a", "s3:GetObject"), undefined);
  assert.equal(ask(but, "mine/a", "s3:PutObject"), undefined);
});

test("evaluatePolicy(): a user whose name is another's id is not that other", () => {
  const policy = parse({ ...statement, Principal: { AWS: `arn:aws:iam:::user/${ann}` } });
  const ask = (principal: { id?: string; name?: string }): string | undefined =>
    evaluatePolicy(policy, {
      principal,
      action: "s3:GetObject",
      resource: "arn:aws:s3:::photos/a",
      values: () => undefined,
    });
  assert.equal(ask({ id: ann, name: "ann" }), "Allow");
  assert.equal(ask({ id: "b".repeat(64), name: ann }), undefined);
  assert.equal(ask({}), undefined);
});
