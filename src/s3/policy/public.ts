/**
 * Whether a policy makes a bucket public, in AWS's meaning of the word.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */

import type { Condition } from "./conditions.ts";
import { parseIpRange } from "./ip-range.ts";
import type { BucketPolicy, Statement } from "./policy.ts";

/** Keys that, held to fixed values, keep the public out. */
const restrictingKeys: ReadonlySet<string> = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceip",
  "aws:sourceorgid",
  "aws:sourceowner",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:userid",
  "aws:username",
  "s3:dataaccesspointaccount",
  "s3:dataaccesspointarn",
  "s3:x-amz-server-side-encryption-aws-kms-key-id",
]);

const restrictingOperators: ReadonlySet<string> = new Set([
  "StringEquals",
  "StringEqualsIgnoreCase",
  "StringLike",
  "ArnEquals",
  "ArnLike",
  "IpAddress",
]);

/** Ranges wider than these are as good as everybody. */
const widestV4Bits = 8;
const widestV6Bits = 32;

/** Whether any statement allows something to everybody. What another denies does not count. */
export function isPublicPolicy(policy: BucketPolicy): boolean {
  return policy.statements.some(isPublicStatement);
}

function isPublicStatement({ effect, principals, conditions }: Statement): boolean {
  if (effect !== "Allow") return false;
  const everyone = principals.not || principals.entries.some(({ type }) => type === "everyone");
  return everyone && !conditions.some(restricts);
}

function restricts({ operator, set, ifExists, key, values }: Condition): boolean {
  // A condition that holds where the key is missing lets everybody in who does not send it.
  if (ifExists || set === "all" || !restrictingOperators.has(operator) || !restrictingKeys.has(key))
    return false;
  return values.every((value) => (operator === "IpAddress" ? isNarrow(value) : isFixed(value)));
}

function isFixed(value: string): boolean {
  return !/[*?]|\$\{/.test(value);
}

function isNarrow(value: string): boolean {
  const range = parseIpRange(value);
  if (range === null) return false;
  return range.prefixBits >= (range.address.length === 4 ? widestV4Bits : widestV6Bits);
}
