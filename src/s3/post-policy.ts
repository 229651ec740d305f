/**
 * POST uploads from HTML forms: the policy document, its signature, and whether a form keeps to it.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */

import type { Credentials } from "./credentials.ts";

/** A condition as it stands in the policy document. */
export type PostCondition =
  | Readonly<Record<string, string>>
  | readonly ["eq" | "starts-with", field: string, value: string]
  | readonly ["content-length-range", min: number, max: number];

export interface PostPolicyOptions {
  readonly credentials: Credentials;
  readonly region: string;
  readonly bucket: string;
  /** The key; may hold `${filename}`, and then the form's key need only start with what is before it. */
  readonly key: string;
  readonly date: Date;
  readonly expiresSeconds: number;
  /** Further fields of the form, each of which becomes a condition of its exact value. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly conditions?: readonly PostCondition[];
  readonly contentLengthRange?: readonly [min: number, max: number];
}

/** The fields of a form that uploads one file, signed with version 4; the field `file` comes after them. */
export function buildPostPolicy(options: PostPolicyOptions): Record<string, string> {
  throw new Error(`not yet ${options.bucket}`);
}

/** What the form says of its own signature. Nothing of it is verified. */
export type PostAuthorization =
  | {
      readonly version: 4;
      readonly accessKeyId: string;
      readonly date: string;
      readonly region: string;
      readonly service: string;
      readonly amzDate: string;
      readonly signature: string;
      readonly sessionToken?: string;
    }
  | {
      readonly version: 2;
      readonly accessKeyId: string;
      readonly signature: string;
      readonly sessionToken?: string;
    };

/** Reads the signature from a form's fields, by lower-case name; null if there is none: an anonymous upload. */
export function parsePostAuthorization(fields: Readonly<Record<string, string>>): PostAuthorization | null {
  throw new Error(`not yet ${fields["policy"]}`);
}

/** Verifies the signature of the field `policy` (base64 as sent). Throws SignatureDoesNotMatch, AccessDenied. */
export function verifyPostSignature(
  policy: string,
  authorization: PostAuthorization,
  options: { readonly secretAccessKey: string; readonly region?: string },
): void {
  throw new Error(`not yet ${policy} ${authorization.version} ${options.region}`);
}

/** A policy document that was read. */
export interface PostPolicy {
  readonly expirationMs: number;
  readonly conditions: readonly {
    readonly match: "eq" | "starts-with";
    /** Lower-case. */
    readonly field: string;
    readonly value: string;
  }[];
  readonly contentLengthRange: { readonly min: number; readonly max: number } | null;
}

/** Reads the field `policy` (base64), after its signature was verified. Throws InvalidPolicyDocument. */
export function parsePostPolicy(policy: string): PostPolicy {
  throw new Error(`not yet ${policy}`);
}

/**
 * Whether a form keeps to its policy: expiration, every condition, and no field that no condition covers. Throws
 * AccessDenied, and EntityTooLarge or EntityTooSmall where `contentLength` (of the file, in bytes) is given.
 */
export function checkPostPolicy(
  policy: PostPolicy,
  fields: Readonly<Record<string, string>>,
  options: { readonly nowMs: number; readonly contentLength?: number },
): void {
  throw new Error(`not yet ${policy.expirationMs} ${fields["key"]} ${options.nowMs}`);
}

/** The file's size against the policy's content-length-range. Throws EntityTooLarge, EntityTooSmall. */
export function checkContentLengthRange(policy: PostPolicy, contentLength: number): void {
  throw new Error(`not yet ${policy.expirationMs} ${contentLength}`);
}
