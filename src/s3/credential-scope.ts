/** The scope of a version 4 signature, `AKID/20130524/us-east-1/s3/aws4_request`, and the key that signs within it. */

import type { S3Error } from "./errors.ts";
import { hmacSha256 } from "#hash";

/** Who signed, and for what. */
export interface CredentialScope {
  readonly accessKeyId: string;
  /** yyyymmdd */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** Makes the error of a scope that is wrong; it differs by where the scope stood. */
export type ScopeFault = (reason: string, details?: Record<string, string>) => S3Error;

const terminal = "aws4_request";

/** The scope as it is signed: without the access key. */
export function scopeOf(date: string, region: string, service: string): string {
  return `${date}/${region}/${service}/${terminal}`;
}

/** Reads a credential. An access key may hold slashes, the rest may not. */
export function parseCredential(credential: string, fault: ScopeFault): CredentialScope {
  // From the end, slash by slash; where there are too few, the search stays at 0 or falls to -1.
  const endAt = credential.lastIndexOf("/");
  const serviceAt = credential.lastIndexOf("/", endAt - 1);
  const regionAt = credential.lastIndexOf("/", serviceAt - 1);
  const dateAt = credential.lastIndexOf("/", regionAt - 1);
  if (dateAt < 1) {
    throw fault(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  const accessKeyId = credential.slice(0, dateAt);
  const date = credential.slice(dateAt + 1, regionAt);
  const region = credential.slice(regionAt + 1, serviceAt);
  const service = credential.slice(serviceAt + 1, endAt);
  const end = credential.slice(endAt + 1);
  if (end !== terminal) {
    throw fault(`incorrect terminal "${end}". This endpoint uses "${terminal}".`);
  }
  if (!/^\d{8}$/.test(date)) {
    throw fault(
      `incorrect date format "${date}". This date in the credential must be in the format "yyyyMMdd".`,
    );
  }
  return { accessKeyId, date, region, service };
}

/** Compares a scope with what the server is. Without a region every region is right. */
export function checkScope(
  scope: CredentialScope,
  expected: { readonly region: string | undefined; readonly service: string },
  fault: ScopeFault,
): void {
  if (scope.service !== expected.service) {
    throw fault(`incorrect service "${scope.service}". This endpoint belongs to "${expected.service}".`);
  }
  if (expected.region !== undefined && scope.region !== expected.region) {
    // Clients read the region to go on with from this element.
    throw fault(`the region '${scope.region}' is wrong; expecting '${expected.region}'`, {
      Region: expected.region,
    });
  }
}

const encoder = new TextEncoder();

/** Derived keys by what they derive from. Four HMACs a day, region and secret instead of four a request. */
const signingKeys = new Map<string, Uint8Array>();
const maxSigningKeys = 1000;

/**
 * The key that signs for one day, region and service.
 *
 * @param date yyyymmdd
 */
export function signingKey(
  secretAccessKey: string,
  date: string,
  region: string,
  service: string,
): Uint8Array {
  const name = `${date}/${region}/${service}/${secretAccessKey}`;
  const known = signingKeys.get(name);
  if (known !== undefined) return known;
  let key: Uint8Array = encoder.encode(`AWS4${secretAccessKey}`);
  for (const part of [date, region, service, terminal]) key = hmacSha256(key, part);
  if (signingKeys.size >= maxSigningKeys) {
    // A map keeps the order of insertion, so the first is the oldest.
    const [oldest] = signingKeys.keys();
    if (oldest !== undefined) signingKeys.delete(oldest);
  }
  signingKeys.set(name, key);
  return key;
}
