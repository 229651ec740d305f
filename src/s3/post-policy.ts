/**
 * The policy of a POST upload from an HTML form: what it says, and whether a form keeps to it.
 *
 * The server first verifies the signature over the policy's base64 text (post-signature.ts) and only then reads it.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */

import { parseIsoDate } from "./dates.ts";
import { S3Error } from "./errors.ts";

/** A policy document that was read. */
export interface PostPolicy {
  readonly expirationMs: number;
  readonly conditions: readonly FieldCondition[];
  /** Sizes of the file in bytes, both inclusive. */
  readonly contentLengthRange: ContentLengthRange | null;
}

export interface FieldCondition {
  readonly match: "eq" | "starts-with";
  /** Lower-case. */
  readonly field: string;
  readonly value: string;
}

export interface ContentLengthRange {
  readonly min: number;
  readonly max: number;
}

/**
 * Reads the field `policy`, after its signature was verified.
 *
 * @param policy Base64 as sent.
 * @throws {S3Error} `InvalidPolicyDocument`.
 */
export function parsePostPolicy(policy: string): PostPolicy {
  const document = parseJson(policy);
  if (!isObject(document)) throw invalidPolicy("Invalid JSON.");
  const { expiration, conditions, ...others } = document;
  if (expiration === undefined) throw invalidPolicy("Policy missing expiration.");
  if (conditions === undefined) throw invalidPolicy("Policy missing conditions.");
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalidPolicy(`Unexpected: ${JSON.stringify(other)}`);
  const expirationMs = typeof expiration === "string" ? parseIsoDate(expiration) : null;
  if (expirationMs === null) {
    throw invalidPolicy(`Invalid 'expiration' value: ${JSON.stringify(expiration)}`);
  }
  if (!Array.isArray(conditions)) throw invalidPolicy("Invalid 'conditions' value: must be a List.");

  const fields: FieldCondition[] = [];
  let contentLengthRange: ContentLengthRange | null = null;
  for (const condition of conditions as readonly unknown[]) {
    const parsed = parseCondition(condition);
    if ("field" in parsed) fields.push(parsed);
    else contentLengthRange = intersect(contentLengthRange, parsed);
  }
  return { expirationMs, conditions: fields, contentLengthRange };
}

function parseJson(policy: string): unknown {
  // The two escapes that Amazon's policies have and JSON has not. Every backslash is looked at with what follows it.
  const text = Buffer.from(policy, "base64")
    .toString("utf8")
    .replaceAll(/\\(.)/gs, (escape, character) =>
      character === "$" ? "$" : character === "v" ? String.raw`\u000b` : escape,
    );
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidPolicy("Invalid JSON.", cause);
  }
}

function parseCondition(condition: unknown): FieldCondition | ContentLengthRange {
  if (Array.isArray(condition)) return parseTest(condition as readonly unknown[]);
  if (!isObject(condition)) throw invalidPolicy("Invalid condition test: must be a List or Object.");
  const entries = Object.entries(condition);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw invalidPolicy(
      "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
    );
  }
  const [field, value] = entry;
  if (typeof value !== "string") {
    throw invalidPolicy("Invalid Simple-Condition: value must be a string.");
  }
  return { match: "eq", field: field.toLowerCase(), value };
}

function parseTest([operation, first, second, ...more]: readonly unknown[]):
  | FieldCondition
  | ContentLengthRange {
  if (typeof operation !== "string") {
    throw invalidPolicy("Invalid Condition: missing operation identifier.");
  }
  const match = operation.toLowerCase();
  if (match !== "eq" && match !== "starts-with" && match !== "content-length-range") {
    throw invalidPolicy(`Invalid Condition: unknown operation '${operation}'.`);
  }
  if (second === undefined || more.length > 0) {
    throw invalidPolicy(`Invalid ${match}: wrong number of arguments.`);
  }
  if (match === "content-length-range") return { min: parseSize(first), max: parseSize(second) };
  if (typeof first !== "string" || !/^\$./.test(first)) {
    throw invalidPolicy(`Invalid ${match}: the field must be a string that begins with "$".`);
  }
  if (typeof second !== "string" && typeof second !== "number") {
    throw invalidPolicy(`Invalid ${match}: value must be a string.`);
  }
  return { match, field: first.slice(1).toLowerCase(), value: String(second) };
}

function parseSize(value: unknown): number {
  const size = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof size === "number" && Number.isSafeInteger(size) && size >= 0) return size;
  throw invalidPolicy(`Invalid content-length-range: ${JSON.stringify(value)} is no size.`);
}

function intersect(a: ContentLengthRange | null, b: ContentLengthRange): ContentLengthRange {
  return a === null ? b : { min: Math.max(a.min, b.min), max: Math.min(a.max, b.max) };
}

export interface CheckPostPolicyOptions {
  /** The bucket that the request addresses. */
  readonly bucket: string;
  /** The key under which the file would be stored: `${filename}` replaced. */
  readonly key: string;
  readonly nowMs: number;
  /** Size of the file in bytes, where it is known already; else see {@link checkContentLengthRange}. */
  readonly contentLength?: number;
}

/**
 * Checks that a form keeps to its policy: expiration, every condition, and no field that no condition covers.
 *
 * @param fields Every field of the form but the file, by lower-case name.
 * @throws {S3Error} `AccessDenied`; `EntityTooLarge` or `EntityTooSmall` for `contentLength`.
 */
export function checkPostPolicy(
  policy: PostPolicy,
  fields: Readonly<Record<string, string>>,
  { bucket, key, nowMs, contentLength }: CheckPostPolicyOptions,
): void {
  if (nowMs >= policy.expirationMs) throw denied("Policy expired.");
  // What decides is what will be done, whatever the form says; and a policy that names no bucket would be good for all.
  const values = new Map(Object.entries(fields)).set("bucket", bucket).set("key", key);
  for (const condition of policy.conditions) {
    const value = values.get(condition.field);
    if (value !== undefined && matches(condition, value)) continue;
    const { match, field, value: wanted } = condition;
    throw denied(`Policy Condition failed: ["${match}", "$${field}", ${JSON.stringify(wanted)}]`);
  }
  const covered = new Set(policy.conditions.map(({ field }) => field));
  const extra = [...values.keys()].filter((field) => !covered.has(field) && !needsNoCondition(field));
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(", ")}`);
  if (contentLength !== undefined) checkContentLengthRange(policy, contentLength);
}

/**
 * Checks the size of the file against the policy's content-length-range.
 *
 * @param contentLength In bytes.
 * @throws {S3Error} `EntityTooLarge`, `EntityTooSmall`.
 */
export function checkContentLengthRange(policy: PostPolicy, contentLength: number): void {
  const range = policy.contentLengthRange;
  if (range === null) return;
  const proposed = { ProposedSize: String(contentLength) };
  if (contentLength > range.max) {
    throw new S3Error("EntityTooLarge", { details: { ...proposed, MaxSizeAllowed: String(range.max) } });
  }
  if (contentLength < range.min) {
    throw new S3Error("EntityTooSmall", { details: { ...proposed, MinSizeAllowed: String(range.min) } });
  }
}

function matches({ match, field, value: wanted }: FieldCondition, value: string): boolean {
  if (match === "eq") return value === wanted;
  // A comma in a content type separates several, each of which must match.
  const values = field === "content-type" ? value.split(",").map((type) => type.trim()) : [value];
  return values.every((each) => each.startsWith(wanted));
}

const uncovered: ReadonlySet<string> = new Set([
  "awsaccesskeyid",
  "file",
  "policy",
  "signature",
  "x-amz-signature",
]);

/** A checksum can only make the upload fail; Ceph's s3-tests send one that the policy does not name. */
function needsNoCondition(field: string): boolean {
  return uncovered.has(field) || field.startsWith("x-ignore-") || field.startsWith("x-amz-checksum-");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function denied(reason: string): S3Error {
  return new S3Error("AccessDenied", { message: `Invalid according to Policy: ${reason}` });
}

function invalidPolicy(reason: string, cause?: unknown): S3Error {
  return new S3Error("InvalidPolicyDocument", {
    message: `Invalid Policy: ${reason}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
