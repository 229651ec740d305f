/** The error of a policy that cannot be read, and the readers that throw it. */

import { S3Error } from "../errors.ts";

/** `MalformedPolicy` with what is wrong. */
export function malformedPolicy(reason: string): S3Error {
  // The reason may quote the policy.
  return new S3Error("MalformedPolicy", {
    message: reason.length > 300 ? `${reason.slice(0, 300)}…` : reason,
  });
}

/** A value for a message. What is within an array or an object may be nested without end. */
export function quote(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : JSON.stringify(value);
}

/**
 * A string, or an array of at least one.
 *
 * @throws {S3Error} `MalformedPolicy`.
 */
export function stringsOf(value: unknown, field: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw malformedPolicy(`${field} is empty`);
  return list.map((member) => {
    if (typeof member === "string") return member;
    throw malformedPolicy(`${field} holds ${quote(member)}, which is no string`);
  });
}
