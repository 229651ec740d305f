/**
 * The policy of a POST upload from an HTML form, made and signed. Verifying is post-signature.ts; what a policy means is
 * post-policy.ts.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
 */

import { v4Algorithm } from "./canonical-request.ts";
import { scopeOf, signingKey } from "./credential-scope.ts";
import type { Credentials } from "./credentials.ts";
import { formatAmzDate } from "./dates.ts";
import { hmacSha256Hex } from "#hash";

/** A condition as it stands in a policy document. */
export type PostCondition =
  | Readonly<Record<string, string>>
  | readonly ["eq" | "starts-with", field: string, value: string]
  | readonly ["content-length-range", min: number, max: number];

export interface PostPolicyOptions {
  readonly credentials: Credentials;
  readonly region: string;
  readonly bucket: string;
  /** May end in `${filename}`: the form's key need then only begin with what is before it. */
  readonly key: string;
  readonly date: Date;
  readonly expiresSeconds: number;
  /** Further fields of the form, each of which becomes a condition of its exact value. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly conditions?: readonly PostCondition[];
  /** Size of the file in bytes, both inclusive. */
  readonly contentLengthRange?: readonly [min: number, max: number];
}

/**
 * Makes and signs a policy, with version 4.
 *
 * @returns The fields of a form that uploads one file; the field `file` must come after them.
 * @throws {RangeError} When `expiresSeconds` is no positive number.
 * @example
 * const fields = buildPostPolicy({
 *   credentials, region: "us-east-1", bucket: "photos", key: "user/${filename}",
 *   date: new Date(), expiresSeconds: 3600, contentLengthRange: [0, 10_000_000],
 * });
 */
export function buildPostPolicy(options: PostPolicyOptions): Record<string, string> {
  const { credentials, region, bucket, key, date, expiresSeconds, contentLengthRange } = options;
  if (!(expiresSeconds > 0)) throw new RangeError(`Cannot make a policy for ${expiresSeconds} seconds.`);
  const amzDate = formatAmzDate(date.getTime());
  const day = amzDate.slice(0, 8);
  const fields: Record<string, string> = {
    ...options.fields,
    "x-amz-algorithm": v4Algorithm,
    "x-amz-credential": `${credentials.accessKeyId}/${scopeOf(day, region, "s3")}`,
    "x-amz-date": amzDate,
    ...(credentials.sessionToken === undefined ? {} : { "x-amz-security-token": credentials.sessionToken }),
  };
  const [prefix = key, ...rest] = key.split("${filename}");
  const document = {
    expiration: new Date(date.getTime() + expiresSeconds * 1000).toISOString(),
    conditions: [
      { bucket },
      rest.length > 0 ? ["starts-with", "$key", prefix] : { key },
      ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
      ...(contentLengthRange === undefined ? [] : [["content-length-range", ...contentLengthRange]]),
      ...(options.conditions ?? []),
    ],
  };
  const policy = base64(JSON.stringify(document));
  const signature = hmacSha256Hex(signingKey(credentials.secretAccessKey, day, region, "s3"), policy);
  return { key, ...fields, policy, "x-amz-signature": signature };
}

/** Of a text as UTF-8. */
function base64(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}
