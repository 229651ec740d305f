/** The headers of object lock, and who may use them. */

import type { Bucket, ObjectInfo } from "../engine/types.ts";
import { checksumAlgorithmOf } from "../s3/checksums.ts";
import { parseIsoDate } from "../s3/dates.ts";
import { retainUntil } from "../s3/documents/object-lock.ts";
import { S3Error } from "../s3/errors.ts";
import { type LegalHold, type Retention, retentionModes } from "../s3/object-lock.ts";
import { isOwner, mayBypassGovernance, permits } from "./authorize.ts";
import type { Asking, Context } from "./context.ts";

type Headers = Readonly<Record<string, string>>;

/**
 * Retention and legal hold that the headers of a write give to the new object.
 *
 * @throws {S3Error} `InvalidRequest` where the bucket has no object lock; `AccessDenied` for who may write but not lock;
 *   `InvalidArgument`.
 */
export function readLock(
  asking: Asking,
  headers: Headers,
  bucket: Bucket,
  key: string,
): { retention?: Retention; legalHold?: LegalHold } {
  const {
    "x-amz-object-lock-mode": mode,
    "x-amz-object-lock-retain-until-date": until,
    "x-amz-object-lock-legal-hold": legalHold,
  } = headers;
  if (mode === undefined && until === undefined && legalHold === undefined) return {};
  requireObjectLock(bucket);
  const retention = readRetention(mode, until, asking.site.engine.clock());
  if (retention !== undefined) demand(asking, "s3:PutObjectRetention", bucket, key);
  if (legalHold === undefined) return retention === undefined ? {} : { retention };
  if (legalHold !== "ON" && legalHold !== "OFF") {
    throw invalid("Legal Hold must be either of 'ON' or 'OFF'", "x-amz-object-lock-legal-hold", legalHold);
  }
  demand(asking, "s3:PutObjectLegalHold", bucket, key);
  return { ...(retention === undefined ? {} : { retention }), legalHold };
}

/**
 * Refuses a body that nothing protects, where it is going to be locked: what arrived wrong could never be replaced.
 *
 * @throws {S3Error} `InvalidRequest`.
 */
export function checkLockedBody(headers: Headers, bucket: Bucket): void {
  if (bucket.objectLock === undefined) return;
  const isLocked =
    bucket.objectLock.defaultRetention !== undefined ||
    headers["x-amz-object-lock-mode"] !== undefined ||
    headers["x-amz-object-lock-legal-hold"] !== undefined;
  const hasDigest =
    headers["content-md5"] !== undefined ||
    /^x-amz-checksum-/i.test(headers["x-amz-trailer"] ?? "") ||
    Object.keys(headers).some((name) => checksumAlgorithmOf(name) !== undefined);
  if (!isLocked || hasDigest) return;
  throw new S3Error("InvalidRequest", {
    message:
      "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters",
  });
}

/** What GET and HEAD tell of the locks of an object, to who may know. */
export function lockHeaders(asking: Asking, bucket: Bucket, info: ObjectInfo): Record<string, string> {
  const { key, versionId, retention, legalHold } = info;
  if (retention === undefined && legalHold === undefined) return {};
  const owns = isOwner(asking.identity, bucket);
  const may = (action: string): boolean => permits(asking, bucket, [action], owns, { key, versionId, info });
  const headers: Record<string, string> = {};
  if (retention !== undefined && may("s3:GetObjectRetention")) {
    headers["x-amz-object-lock-mode"] = retention.mode;
    headers["x-amz-object-lock-retain-until-date"] = retainUntil(retention);
  }
  if (legalHold !== undefined && may("s3:GetObjectLegalHold")) {
    headers["x-amz-object-lock-legal-hold"] = legalHold;
  }
  return headers;
}

/** Whether a request bypasses GOVERNANCE: it must say so, and whoever asks must be allowed to. */
export function readBypass(context: Context, bucket: Bucket, key: string): boolean {
  const value = context.request.headers["x-amz-bypass-governance-retention"];
  return value?.toLowerCase() === "true" && mayBypassGovernance(context, bucket, key);
}

/** @throws {S3Error} `InvalidRequest` */
export function requireObjectLock(bucket: Bucket): void {
  if (bucket.objectLock !== undefined) return;
  throw new S3Error("InvalidRequest", { message: "Bucket is missing Object Lock Configuration" });
}

/** @throws {S3Error} `InvalidArgument` for a time that is over. */
export function checkRetainUntil(retention: Retention, nowMs: number): void {
  if (retention.untilMs > nowMs) return;
  const header = "x-amz-object-lock-retain-until-date";
  throw invalid("The retain until date must be in the future!", header, retainUntil(retention));
}

function readRetention(
  mode: string | undefined,
  until: string | undefined,
  nowMs: number,
): Retention | undefined {
  if (mode === undefined && until === undefined) return undefined;
  const [modeHeader, untilHeader] = ["x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date"];
  if (mode === undefined || until === undefined) {
    const [header, value] = mode === undefined ? [untilHeader, until ?? ""] : [modeHeader, mode];
    throw invalid(`${untilHeader} and ${modeHeader} must both be supplied`, header, value);
  }
  const known = retentionModes.find((one) => one === mode);
  if (known === undefined) throw invalid("Unknown wormMode directive.", modeHeader, mode);
  const untilMs = parseIsoDate(until);
  if (untilMs === null) {
    throw invalid("The retain until date must be provided in ISO 8601 format", untilHeader, until);
  }
  const retention = { mode: known, untilMs };
  checkRetainUntil(retention, nowMs);
  return retention;
}

function demand(asking: Asking, action: string, bucket: Bucket, key: string): void {
  const owns = isOwner(asking.identity, bucket);
  if (!permits(asking, bucket, [action], owns, { key })) throw new S3Error("AccessDenied");
}

function invalid(message: string, header: string, value: string): S3Error {
  return new S3Error("InvalidArgument", {
    message,
    details: { ArgumentName: header, ArgumentValue: value },
  });
}
