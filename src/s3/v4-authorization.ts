/** Where a request says how it was signed with version 4: the Authorization header, or the query. */

import { v4Algorithm } from "./canonical-request.ts";
import { type CredentialScope, parseCredential, type ScopeFault } from "./credential-scope.ts";
import { queryPairs } from "./encoding.ts";
import { S3Error } from "./errors.ts";
import { Memo } from "./memo.ts";
import { parseAmzDate, requestTime, type RequestTime } from "./request-time.ts";
import { maxExpiresSeconds } from "./sigv4.ts";
import type { SigningRequest } from "./signing-request.ts";

/** What a request says of its own signature. Nothing of it is verified. */
export interface V4Authorization extends CredentialScope, RequestTime {
  /** Lower-case, in the order sent. */
  readonly signedHeaders: readonly string[];
  /** Hexadecimal. */
  readonly signature: string;
  readonly presigned: boolean;
  /** Of a presigned request. */
  readonly expiresSeconds: number | undefined;
  readonly sessionToken: string | undefined;
}

/**
 * Reads the signature of a request from its Authorization header or its query.
 *
 * @returns null if it carries none of version 4.
 * @throws {S3Error} `AuthorizationHeaderMalformed`, `AuthorizationQueryParametersError`; `AccessDenied` without a date.
 */
export function parseV4(request: SigningRequest): V4Authorization | null {
  const header = request.headers["authorization"];
  if (header?.startsWith(v4Algorithm) === true && /^ ?$/.test(header.charAt(v4Algorithm.length))) {
    return parseAuthorizationHeader(request, header.slice(v4Algorithm.length));
  }
  if (!request.query.includes("X-Amz-")) return null;
  const params = new Map(queryPairs(request.query).toReversed());
  // Any one of them means that the request wants to be more than anonymous.
  const presigned = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"].some((name) =>
    params.has(name),
  );
  return presigned ? parseAuthorizationQuery(params) : null;
}

function parseAuthorizationHeader(request: SigningRequest, parameters: string): V4Authorization {
  const credential = parameterOf(parameters, "Credential=");
  const signedHeaders = parameterOf(parameters, "SignedHeaders=");
  const signature = parameterOf(parameters, "Signature=");
  if (credential === "" || signedHeaders === "" || signature === "") {
    throw headerFault(
      "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
    );
  }
  const scope = parseCredential(credential, headerFault);
  const time = requestTime(request);
  checkScopeDate(scope, time.amzDate, headerFault);
  return {
    accessKeyId: scope.accessKeyId,
    date: scope.date,
    region: scope.region,
    service: scope.service,
    signedHeaders: splitSignedHeaders(signedHeaders),
    signature,
    presigned: false,
    timestampMs: time.timestampMs,
    amzDate: time.amzDate,
    expiresSeconds: undefined,
    sessionToken: request.headers["x-amz-security-token"],
  };
}

/** The value behind a name with its `=`, up to a comma or a space; empty where there is none. */
function parameterOf(parameters: string, name: string): string {
  let at = parameters.indexOf(name);
  while (at !== -1 && !isSeparator(parameters, at - 1)) at = parameters.indexOf(name, at + 1);
  if (at === -1) return "";
  let end = at + name.length;
  while (end < parameters.length && !isSeparator(parameters, end)) end++;
  return parameters.slice(at + name.length, end);
}

function isSeparator(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x2c;
}

const signedHeaderLists = new Memo((text: string): readonly string[] => text.toLowerCase().split(";"));

/** A client signs the same few headers in every request. */
function splitSignedHeaders(text: string): readonly string[] {
  return signedHeaderLists.get(text);
}

function parseAuthorizationQuery(params: ReadonlyMap<string, string>): V4Authorization {
  const [named, credential, signature, amzDate, signedHeaders, expires] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-Date",
    "X-Amz-SignedHeaders",
    "X-Amz-Expires",
  ].map((name) => params.get(name));
  if (!named || !credential || !signature || !amzDate || !signedHeaders || !expires) {
    throw queryError(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  }
  if (named !== v4Algorithm) throw queryError(`X-Amz-Algorithm only supports "${v4Algorithm}"`);
  const scope = parseCredential(credential, queryFault);
  const timestampMs = parseAmzDate(amzDate);
  if (timestampMs === null) {
    throw queryError(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`);
  }
  checkScopeDate(scope, amzDate, queryFault);
  // Member by member, and in the order above: what spreads make is slow, and so is everything that reads it later.
  return {
    accessKeyId: scope.accessKeyId,
    date: scope.date,
    region: scope.region,
    service: scope.service,
    signedHeaders: splitSignedHeaders(signedHeaders),
    signature,
    presigned: true,
    timestampMs,
    amzDate,
    expiresSeconds: parseExpires(expires),
    sessionToken: params.get("X-Amz-Security-Token"),
  };
}

/** AWS answers 400 to a number out of range; Ceph's RGW answers 403, and so its s3-tests want it. */
function parseExpires(value: string): number {
  if (!/^-?\d{1,15}$/.test(value)) throw queryError("X-Amz-Expires should be a number");
  const seconds = Number(value);
  if (seconds < 0) throw queryError("X-Amz-Expires must be non-negative", 403);
  if (seconds > maxExpiresSeconds) {
    throw queryError(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${maxExpiresSeconds} seconds`,
      403,
    );
  }
  return seconds;
}

function checkScopeDate(scope: CredentialScope, amzDate: string, fault: ScopeFault): void {
  if (amzDate.startsWith(scope.date)) return;
  const day = amzDate.slice(0, 8);
  throw fault(`Invalid credential date "${scope.date}". This date is not the same as X-Amz-Date: "${day}".`);
}

/** Makes the error of a scope that is wrong, by where the scope stood. */
export function scopeFaultOf({ presigned }: V4Authorization): ScopeFault {
  return presigned ? queryFault : headerFault;
}

function headerFault(reason: string, details: Record<string, string> = {}): S3Error {
  return new S3Error("AuthorizationHeaderMalformed", {
    message: `The authorization header is malformed; ${reason}`,
    details,
  });
}

function queryFault(reason: string, details: Record<string, string> = {}): S3Error {
  return new S3Error("AuthorizationQueryParametersError", {
    message: `Error parsing the X-Amz-Credential parameter; ${reason}`,
    details,
  });
}

function queryError(message: string, status = 400): S3Error {
  return new S3Error("AuthorizationQueryParametersError", { message, status });
}
