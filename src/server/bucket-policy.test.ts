import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bucket } from "../engine/types.ts";
import { policyOf } from "./bucket-policy.ts";

function bucketWith(name: string, keys: number): Bucket {
  const Resource = Array.from({ length: keys }, (_, at) => `arn:aws:s3:::${name}/${at}*`);
  const Statement = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource };
  return { name, policy: JSON.stringify({ Version: "2012-10-17", Statement }) } as Bucket;
}

test("policyOf() reads a policy once, and forgets all when they are two million characters", () => {
  const small = bucketWith("small", 1);
  const first = policyOf(small);
  assert.equal(policyOf(small), first);
  for (let at = 0; at < 100; at++) policyOf(bucketWith(`large-${at}`, 400));
  assert.equal(policyOf(small), first, "these are a million");
  for (let at = 0; at < 200; at++) policyOf(bucketWith(`large-${at}`, 400));
  assert.notEqual(policyOf(small), first);
  assert.deepEqual(policyOf(small), first);
});
