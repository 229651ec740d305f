/**
 * The signature of a POST upload from an HTML form: it covers the policy's base64 text, which stands in a field beside
 * it. Here it is verified; build-post-policy.ts makes it, and what the policy means is post-policy.ts.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
 */

import { v4Algorithm } from "./canonical-request.ts";
import { checkScope, type CredentialScope, parseCredential, signingKey } from "./credential-scope.ts";
import { S3Error } from "./errors.ts";
import { hmacSha1Base64, hmacSha256Hex, timingSafeEqual } from "#hash";
import { parseAmzDate } from "./request-time.ts";

/** What a form says of its own signature. Nothing of it is verified. */
export type PostAuthorization = PostAuthorizationV4 | PostAuthorizationV2;

interface PostAuthorizationV4 extends CredentialScope {
  readonly version: 4;
  /** Hexadecimal. */
  readonly signature: string;
  readonly sessionToken?: string;
}

interface PostAuthorizationV2 {
  readonly version: 2;
  readonly accessKeyId: string;
  /** Base64. */
  readonly signature: string;
  readonly sessionToken?: string;
}

/**
 * Reads the signature from the fields of a form.
 *
 * @param fields By lower-case name.
 * @returns null for a form that is not signed and has no policy: an anonymous upload.
 * @throws {S3Error} `InvalidArgument` for a field that is missing or malformed.
 */
export function parsePostAuthorization(fields: Readonly<Record<string, string>>): PostAuthorization | null {
  const { policy, "x-amz-security-token": sessionToken } = fields;
  const token = sessionToken === undefined ? {} : { sessionToken };
  const isV4 = ["x-amz-algorithm", "x-amz-credential", "x-amz-signature"].some((name) =>
    Object.hasOwn(fields, name),
  );
  const isV2 = ["awsaccesskeyid", "signature"].some((name) => Object.hasOwn(fields, name));
  if (!isV4 && !isV2 && policy === undefined) return null;
  if (policy === undefined) throw missingField("policy");
  if (!isV4) {
    const accessKeyId = requireField(fields, "AWSAccessKeyId");
    return { version: 2, accessKeyId, signature: requireField(fields, "signature"), ...token };
  }
  const named = requireField(fields, "x-amz-algorithm");
  if (named !== v4Algorithm) {
    throw badField("x-amz-algorithm", named, `x-amz-algorithm only supports "${v4Algorithm}"`);
  }
  const credential = requireField(fields, "x-amz-credential");
  const scope = parseCredential(credential, (reason) => badField("x-amz-credential", credential, reason));
  const date = requireField(fields, "x-amz-date");
  if (parseAmzDate(date) === null || !date.startsWith(scope.date)) {
    throw badField(
      "x-amz-date",
      date,
      `x-amz-date must be of the credential's day, as yyyyMMdd'T'HHmmss'Z'.`,
    );
  }
  return { version: 4, ...scope, signature: requireField(fields, "x-amz-signature"), ...token };
}

export interface VerifyPostOptions {
  readonly secretAccessKey: string;
  /** The region that the scope must name; absent: any. */
  readonly region?: string;
}

/**
 * Verifies the signature of a form's policy. What the policy says is not looked at: see parsePostPolicy.
 *
 * @param policy Base64 as sent: what is signed.
 * @throws {S3Error} `SignatureDoesNotMatch`; `InvalidArgument` for another region or service.
 */
export function verifyPostSignature(
  policy: string,
  authorization: PostAuthorization,
  { secretAccessKey, region }: VerifyPostOptions,
): void {
  const { accessKeyId, signature } = authorization;
  if (authorization.version === 4) {
    checkScope(authorization, { region, service: "s3" }, (reason) =>
      badField("x-amz-credential", "", reason),
    );
  }
  const calculated =
    authorization.version === 4
      ? hmacSha256Hex(
          signingKey(secretAccessKey, authorization.date, authorization.region, authorization.service),
          policy,
        )
      : hmacSha1Base64(new TextEncoder().encode(secretAccessKey), policy);
  if (timingSafeEqual(calculated, signature)) return;
  throw new S3Error("SignatureDoesNotMatch", {
    details: { AWSAccessKeyId: accessKeyId, StringToSign: policy, SignatureProvided: signature },
  });
}

function requireField(fields: Readonly<Record<string, string>>, name: string): string {
  const value = fields[name.toLowerCase()];
  if (value === undefined || value === "") throw missingField(name);
  return value;
}

function missingField(name: string): S3Error {
  return badField(
    name,
    "",
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
  );
}

function badField(name: string, value: string, message: string): S3Error {
  return new S3Error("InvalidArgument", { message, details: { ArgumentName: name, ArgumentValue: value } });
}
