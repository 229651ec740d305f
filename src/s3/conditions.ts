/** Conditional requests: If-Match and its kin on reads, on the source of a copy, and on writes. */

import { parseHttpDate, parseIsoDate } from "./dates.ts";
import { S3Error } from "./errors.ts";
import { unquoteETag } from "./etag.ts";

/** What the conditions of a read are held against. */
export interface Validators {
  /** Without quotes. */
  readonly etag: string;
  readonly lastModifiedMs: number;
}

/** What a write asks of the object that is there: `*` for any, or an ETag without quotes. */
export interface WriteConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  /** Of a deletion: milliseconds since the epoch, compared in whole seconds. */
  readonly ifMatchLastModifiedMs?: number | undefined;
  /** Of a deletion: bytes. */
  readonly ifMatchSize?: number | undefined;
}

type Headers = Readonly<Record<string, string>>;

/**
 * Holds If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since against an object, in the order of RFC 9110:
 * an ETag beats a date. A date that cannot be read is ignored; dates count in whole seconds.
 *
 * Call it only once access is granted, or the answer tells strangers what the object is.
 *
 * @returns Whether to answer with the object or with 304.
 * @throws {S3Error} `PreconditionFailed`.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
 */
export function checkReadConditions(headers: Headers, object: Validators): "proceed" | "not-modified" {
  const failed = failedCondition(headers, "", object);
  if (failed === null) return "proceed";
  if (failed === "If-None-Match" || failed === "If-Modified-Since") return "not-modified";
  throw preconditionFailed(failed);
}

/**
 * Holds the four `x-amz-copy-source-if-…` headers against the source of a copy.
 *
 * @throws {S3Error} `PreconditionFailed` for each of them: a copy knows no 304.
 */
export function checkCopyConditions(headers: Headers, source: Validators): void {
  const failed = failedCondition(headers, "x-amz-copy-source-", source);
  if (failed !== null) throw preconditionFailed(`x-amz-copy-source-${failed}`);
}

/** As {@link checkCopyConditions}, for the four `x-amz-rename-source-if-…` headers. */
export function checkRenameConditions(headers: Headers, source: Validators): void {
  const failed = failedCondition(headers, "x-amz-rename-source-", source);
  if (failed !== null) throw preconditionFailed(`x-amz-rename-source-${failed}`);
}

type Condition = "If-Match" | "If-Unmodified-Since" | "If-None-Match" | "If-Modified-Since";

function failedCondition(headers: Headers, prefix: string, object: Validators): Condition | null {
  const lastModified = Math.floor(object.lastModifiedMs / 1000);
  const ifMatch = headers[`${prefix}if-match`];
  if (ifMatch !== undefined) {
    if (!hasETag(ifMatch, object.etag, "strong")) return "If-Match";
  } else {
    const since = seconds(headers[`${prefix}if-unmodified-since`]);
    if (since !== null && lastModified > since) return "If-Unmodified-Since";
  }
  const ifNoneMatch = headers[`${prefix}if-none-match`];
  if (ifNoneMatch !== undefined) {
    return hasETag(ifNoneMatch, object.etag, "weak") ? "If-None-Match" : null;
  }
  const since = seconds(headers[`${prefix}if-modified-since`]);
  return since !== null && lastModified <= since ? "If-Modified-Since" : null;
}

function seconds(date: string | undefined): number | null {
  const timeMs = date === undefined ? null : parseHttpDate(date);
  return timeMs === null ? null : Math.floor(timeMs / 1000);
}

/** S3's clients leave the quotes out now and then; AWS takes both. */
const etagPattern = /\s*(W\/)?(?:"([^"]*)"|([^\s",]+))\s*(?:,|$)/y;

/**
 * Whether a header such as If-Match names an ETag: in a list, with quotes or without, or as `*`.
 *
 * @param comparison A strong comparison never holds for an ETag marked `W/` (RFC 9110, section 8.8.3.2).
 */
export function hasETag(header: string, etag: string, comparison: "strong" | "weak"): boolean {
  const text = header.trim();
  if (text === "*") return true;
  etagPattern.lastIndex = 0;
  while (etagPattern.lastIndex < text.length) {
    const match = etagPattern.exec(text);
    if (match === null) return false;
    const isComparable = match[1] === undefined || comparison === "weak";
    if (isComparable && (match[2] ?? match[3]) === etag) return true;
  }
  return false;
}

/**
 * Whether a range may be sent as one: what the client has a part of is still what is there. Otherwise it must get the whole,
 * or it would put the pieces of two contents together.
 *
 * @param header If-Range: an ETag or a date.
 * @param current.etag Without quotes; null where there is none that can be compared strongly.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5
 */
export function ifRangeHolds(
  header: string | undefined,
  { etag, lastModifiedMs }: { readonly etag: string | null; readonly lastModifiedMs: number },
): boolean {
  if (header === undefined) return true;
  if (header.includes('"')) {
    return etag !== null && header.trim() !== "*" && hasETag(header, etag, "strong");
  }
  const date = seconds(header);
  return date !== null && date === Math.floor(lastModifiedMs / 1000);
}

/**
 * The conditions of a PUT, a copy's target or a completed upload. AWS takes `*` alone in If-None-Match; an ETag there is
 * Ceph's, and its clients use it.
 *
 * @throws {S3Error} `NotImplemented` for a list of ETags.
 */
export function parseWriteConditions(headers: Headers): WriteConditions {
  const ifMatch = parseSingleETag("If-Match", headers["if-match"]);
  const ifNoneMatch = parseSingleETag("If-None-Match", headers["if-none-match"]);
  return {
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
  };
}

/**
 * The conditions of DeleteObject. Those on time and size are AWS's for directory buckets; here they hold for every bucket.
 *
 * @throws {S3Error} `InvalidArgument` for a time or a size that is none.
 */
export function parseDeleteConditions(headers: Headers): WriteConditions {
  const time = headers["x-amz-if-match-last-modified-time"];
  const size = headers["x-amz-if-match-size"];
  const timeMs = time === undefined ? undefined : (parseHttpDate(time) ?? parseIsoDate(time));
  if (timeMs === null) throw invalidCondition("x-amz-if-match-last-modified-time", time ?? "");
  if (size !== undefined && !/^\d{1,15}$/.test(size)) throw invalidCondition("x-amz-if-match-size", size);
  return {
    ...parseWriteConditions(headers),
    ...(timeMs === undefined ? {} : { ifMatchLastModifiedMs: timeMs }),
    ...(size === undefined ? {} : { ifMatchSize: Number(size) }),
  };
}

function invalidCondition(header: string, value: string): S3Error {
  return new S3Error("InvalidArgument", {
    message: `The value of the header ${header} is not valid.`,
    details: { ArgumentName: header, ArgumentValue: value },
  });
}

function parseSingleETag(header: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  // A weak ETag fails every If-Match (RFC 9110, section 13.1.1), so it stays what no object has.
  if (header === "If-Match" && value.trim().startsWith("W/")) return "W/";
  const etag = unquoteETag(value);
  if (!/[",\s]/.test(etag)) return etag;
  throw new S3Error("NotImplemented", {
    message: `${header} of a write takes "*" or one ETag, not ${JSON.stringify(value)}.`,
    details: { Header: header },
  });
}

/**
 * Holds the conditions of a write against the object that is there. The engine calls it inside the commit, so that of
 * many writers with `If-None-Match: *` one wins.
 *
 * @param current The object that is there, or null.
 * @throws {S3Error} `PreconditionFailed`, or `NoSuchKey` when If-Match names an ETag and there is no object.
 */
export function checkWriteConditions(
  conditions: WriteConditions,
  current: (Validators & { readonly size: number }) | null,
): void {
  const { ifMatch, ifNoneMatch, ifMatchLastModifiedMs, ifMatchSize } = conditions;
  if (ifMatch !== undefined) {
    if (current === null) throw new S3Error("NoSuchKey");
    if (ifMatch !== "*" && ifMatch !== current.etag) throw preconditionFailed("If-Match");
  }
  if (ifMatchLastModifiedMs !== undefined) {
    const isSame =
      current !== null &&
      Math.floor(current.lastModifiedMs / 1000) === Math.floor(ifMatchLastModifiedMs / 1000);
    if (!isSame) throw preconditionFailed("x-amz-if-match-last-modified-time");
  }
  if (ifMatchSize !== undefined && current?.size !== ifMatchSize) {
    throw preconditionFailed("x-amz-if-match-size");
  }
  if (ifNoneMatch !== undefined && current !== null) {
    if (ifNoneMatch === "*" || ifNoneMatch === current.etag) throw preconditionFailed("If-None-Match");
  }
}

function preconditionFailed(condition: string): S3Error {
  return new S3Error("PreconditionFailed", { details: { Condition: condition } });
}
