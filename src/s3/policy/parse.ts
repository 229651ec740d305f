/**
 * Reads a bucket policy and finds everything that AWS would refuse: a policy that is stored is one that is understood to
 * the last word.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

import { targetsOf } from "./actions.ts";
import { parseConditions } from "./conditions.ts";
import { duplicateMember } from "./duplicate-member.ts";
import { malformedPolicy, quote, stringsOf } from "./malformed.ts";
import { compilePattern, matchPattern, type Pattern } from "./pattern.ts";
import type { BucketPolicy, PatternRule, Statement } from "./policy.ts";
import { parsePrincipals } from "./principals.ts";

/** "Bucket policies are limited to 20 KB in size." */
export const maxPolicyBytes: number = 20 * 1024;

/**
 * Reads the policy of a bucket.
 *
 * @param text JSON, as it came.
 * @throws {S3Error} `MalformedPolicy`, with what is wrong.
 * @example
 * parsePolicy('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"}}', "photos");
 */
export function parsePolicy(text: string, bucketName: string): BucketPolicy {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > maxPolicyBytes) {
    throw malformedPolicy(
      `Policy exceeds the maximum allowed document size: it has ${sizeBytes} bytes, ${maxPolicyBytes} are allowed`,
    );
  }
  const document = parseJson(text);
  checkMembers(document, ["Version", "Id", "Statement"], "the policy");
  const version = document["Version"] ?? "2008-10-17";
  if (version !== "2012-10-17" && version !== "2008-10-17") {
    throw malformedPolicy(
      `The policy must contain a valid version string: ${quote(version)} is neither "2012-10-17" nor "2008-10-17"`,
    );
  }
  const id = document["Id"];
  if (id !== undefined && typeof id !== "string") throw malformedPolicy("Id is no string");
  const statement = document["Statement"];
  if (statement === undefined) throw malformedPolicy("Missing required field Statement");
  const list: unknown[] = Array.isArray(statement) ? statement : [statement];
  if (list.length === 0) throw malformedPolicy("Could not parse the policy: Statement is empty!");
  const statements = list.map((one) => parseStatement(one, bucketName, version === "2012-10-17"));
  return { version, statements, ...(id === undefined ? {} : { id }) };
}

function parseJson(text: string): Record<string, unknown> {
  if (!text.startsWith("{"))
    throw malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
  try {
    const document = JSON.parse(text) as Record<string, unknown>;
    // The last one would count: what the first one says, a condition perhaps, would be lost without a word.
    const twice = duplicateMember(text);
    if (twice === undefined) return document;
    throw malformedPolicy(`"${twice}" is there twice in one object`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw malformedPolicy(`Policies must be valid JSON: ${error.message}`);
  }
}

const statementMembers = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

function parseStatement(value: unknown, bucketName: string, variables: boolean): Statement {
  if (!isObject(value)) throw malformedPolicy(`Statement is ${quote(value)}, which is no object`);
  checkMembers(value, statementMembers, "a statement");
  const { Sid: sid, Effect: effect, Condition: condition } = value;
  if (sid !== undefined && typeof sid !== "string") throw malformedPolicy("Sid is no string");
  if (effect === undefined) throw malformedPolicy("Missing required field Effect");
  if (effect !== "Allow" && effect !== "Deny") {
    throw malformedPolicy(`Invalid effect: ${quote(effect)}, neither "Allow" nor "Deny"`);
  }
  const principalField = eitherOf(value, "Principal", "NotPrincipal");
  if (principalField === "NotPrincipal" && effect === "Allow") {
    throw malformedPolicy(
      "Allow with NotPrincipal is not supported: it would allow everybody, also without an account",
    );
  }
  const actionField = eitherOf(value, "Action", "NotAction");
  const resourceField = eitherOf(value, "Resource", "NotResource");
  const actions = stringsOf(value[actionField], actionField);
  const resources = stringsOf(value[resourceField], resourceField);
  const statement: Statement = {
    effect,
    principals: parsePrincipals(value[principalField], principalField),
    actions: parseActions(actions, actionField === "NotAction"),
    resources: parseResources(resources, resourceField === "NotResource", bucketName, variables),
    conditions: condition === undefined ? [] : parseConditions(condition, { variables }),
    ...(sid === undefined ? {} : { sid }),
  };
  if (actionField === "Action" && resourceField === "Resource") checkCombination(actions, resources);
  return statement;
}

function parseActions(actions: readonly string[], not: boolean): PatternRule {
  const patterns = actions.map((action) => {
    const lower = action.toLowerCase();
    if (lower !== "*" && targetsOf(lower).size === 0)
      throw malformedPolicy(`Policy has invalid action: "${action}"`);
    return compilePattern(lower, { wildcards: true, variables: false });
  });
  return { not, patterns };
}

const resourcePrefix = "arn:aws:s3:::";

function parseResources(
  resources: readonly string[],
  not: boolean,
  bucketName: string,
  variables: boolean,
): PatternRule {
  const patterns = resources.map((resource): Pattern => {
    if (resource !== "*" && !namesBucket(resource, bucketName)) {
      throw malformedPolicy(
        `Policy has invalid resource: "${resource}" is neither "${resourcePrefix}${bucketName}" nor something in it`,
      );
    }
    return compilePattern(resource, { wildcards: true, variables });
  });
  return { not, patterns };
}

/** Whether a resource is the bucket or within it; `arn:aws:s3:::*` is both. */
function namesBucket(resource: string, bucketName: string): boolean {
  if (!resource.startsWith(resourcePrefix)) return false;
  const [bucket = ""] = resource.slice(resourcePrefix.length).split("/", 1);
  const pattern = compilePattern(bucket, { wildcards: true, variables: false });
  return matchPattern(pattern, bucketName, () => undefined);
}

/** Each action must be done to one of the resources: `s3:ListBucket` to objects, say, never comes to be. */
function checkCombination(actions: readonly string[], resources: readonly string[]): void {
  const hasObjects = resources.some((resource) => /[/*?]/.test(resource));
  const hasBucket = resources.some((resource) => !resource.includes("/"));
  for (const action of actions) {
    const targets = targetsOf(action.toLowerCase());
    if (action === "*" || (hasObjects && targets.has("object")) || (hasBucket && targets.has("bucket")))
      continue;
    throw malformedPolicy(`Action does not apply to any resource(s) in statement: "${action}"`);
  }
}

function eitherOf<T extends string>(
  statement: Record<string, unknown>,
  name: T,
  notName: `Not${T}`,
): T | `Not${T}` {
  const has = statement[name] !== undefined;
  const hasNot = statement[notName] !== undefined;
  if (has && hasNot) throw malformedPolicy(`${name} and ${notName} exclude each other`);
  if (!has && !hasNot) throw malformedPolicy(`Missing required field ${name}`);
  return has ? name : notName;
}

function checkMembers(value: Record<string, unknown>, known: readonly string[], of: string): void {
  const stranger = Object.keys(value).find((name) => !known.includes(name));
  if (stranger !== undefined) throw malformedPolicy(`Unknown field "${stranger}" in ${of}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
