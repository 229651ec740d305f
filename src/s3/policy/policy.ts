/**
 * Bucket policies: who may do what with a bucket and its objects, as their owner wrote it down in JSON. This is what a
 * policy is, and the verdict that it gives on a request. It does no I/O: what a condition asks of a request it asks of
 * {@link PolicyRequest.values}.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */

import { type Condition, conditionHolds } from "./conditions.ts";
import { type ConditionValues, matchPattern, type Pattern, patternResolves } from "./pattern.ts";
import { matchPrincipals, type Principal, type PrincipalRule } from "./principals.ts";

/** A policy that was read and found valid for its bucket. */
export interface BucketPolicy {
  /** Only the newer one knows policy variables. */
  readonly version: "2012-10-17" | "2008-10-17";
  readonly id?: string | undefined;
  readonly statements: readonly Statement[];
}

/** One statement: an effect, and everything that must hold for it. */
export interface Statement {
  readonly sid?: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly principals: PrincipalRule;
  readonly actions: PatternRule;
  readonly resources: PatternRule;
  readonly conditions: readonly Condition[];
}

/** A list of patterns of which one must match, or, for `NotAction` and `NotResource`, none. */
export interface PatternRule {
  readonly not: boolean;
  readonly patterns: readonly Pattern[];
}

/** What a policy is asked. */
export interface PolicyRequest {
  readonly principal: Principal;
  /** Such as `s3:GetObject`. */
  readonly action: string;
  /** Such as `arn:aws:s3:::bucket/key`, the key as it is stored. */
  readonly resource: string;
  /** The values that the request has for a condition key; `undefined` where it has none. */
  readonly values: ConditionValues;
}

/**
 * What a policy says of a request.
 *
 * @returns `Deny` when any statement denies, else `Allow` when any allows, else undefined: it says nothing.
 */
export function evaluatePolicy(policy: BucketPolicy, request: PolicyRequest): "Allow" | "Deny" | undefined {
  let verdict: "Allow" | undefined;
  for (const statement of policy.statements) {
    if (statement.effect === "Allow" && verdict !== undefined) continue;
    if (!applies(statement, request)) continue;
    if (statement.effect === "Deny") return "Deny";
    verdict = "Allow";
  }
  return verdict;
}

/** Whether any condition of the policy asks for a key, or for one that begins so, such as `s3:requestobjecttag`. */
export function asksFor(policy: BucketPolicy, keyPrefix: string): boolean {
  return policy.statements.some(({ conditions }) => conditions.some(({ key }) => key.startsWith(keyPrefix)));
}

function applies(statement: Statement, request: PolicyRequest): boolean {
  const { principal, action, resource, values } = request;
  return (
    matchPrincipals(statement.principals, principal) &&
    matchRule(statement.actions, action.toLowerCase(), values) &&
    matchRule(statement.resources, resource, values) &&
    statement.conditions.every((condition) => conditionHolds(condition, values))
  );
}

function matchRule({ not, patterns }: PatternRule, text: string, values: ConditionValues): boolean {
  const resolved = patterns.filter((pattern) => patternResolves(pattern, values));
  // "If a variable isn't in the request, the statement doesn't match": also where it says what it does not match.
  if (not && resolved.length < patterns.length) return false;
  return resolved.some((pattern) => matchPattern(pattern, text, values)) !== not;
}
