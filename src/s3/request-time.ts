/** When a request was signed, in the form of signatures, and how far that may be from now. */

import { parseHttpDate, parseIsoDate } from "./dates.ts";
import { S3Error } from "./errors.ts";
import type { SigningRequest } from "./signing-request.ts";

/** How far a request's clock may be from the server's, both ways. */
export const maxSkewMs: number = 15 * 60 * 1000;

/** A time as `20130524T000000Z`. */
export function formatAmzDate(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

/** Reads `20130524T000000Z`; null for anything else. */
export function parseAmzDate(value: string): number | null {
  if (!/^\d{8}T(?:[01]\d|2[0-3])[0-5]\d[0-5]\dZ$/.test(value)) return null;
  const day = Number(value.slice(6, 8));
  const timeMs = Date.UTC(
    Number(value.slice(0, 4)),
    Number(value.slice(4, 6)) - 1,
    day,
    Number(value.slice(9, 11)),
    Number(value.slice(11, 13)),
    Number(value.slice(13, 15)),
  );
  // Date.UTC rolls 31 February over into March; such a date is none.
  return new Date(timeMs).getUTCDate() === day ? timeMs : null;
}

/** When a request was signed. */
export interface RequestTime {
  /** Milliseconds since the epoch. */
  readonly timestampMs: number;
  /** `yyyymmddThhmmssZ` */
  readonly amzDate: string;
}

/**
 * When a request says it was signed: `x-amz-date`, or else `date`, each in any form that S3's clients send.
 *
 * @throws {S3Error} `AccessDenied` when there is no such date.
 */
export function requestTime({ headers }: SigningRequest): RequestTime {
  const value = headers["x-amz-date"] ?? headers["date"] ?? "";
  const amzDateMs = parseAmzDate(value);
  if (amzDateMs !== null) return { timestampMs: amzDateMs, amzDate: value };
  const timestampMs = parseHttpDate(value) ?? parseIsoDate(value);
  // A time before the epoch is none.
  if (timestampMs !== null && timestampMs >= 0) return { timestampMs, amzDate: formatAmzDate(timestampMs) };
  throw new S3Error("AccessDenied", {
    message: "AWS authentication requires a valid Date or x-amz-date header",
  });
}

/** @throws {S3Error} `RequestTimeTooSkewed` above 15 minutes. */
export function checkSkew(timestampMs: number, nowMs: number): void {
  if (Math.abs(nowMs - timestampMs) <= maxSkewMs) return;
  throw new S3Error("RequestTimeTooSkewed", {
    details: {
      RequestTime: formatAmzDate(timestampMs),
      ServerTime: new Date(nowMs).toISOString(),
      MaxAllowedSkewMilliseconds: String(maxSkewMs),
    },
  });
}

/** What a presigned request gets after its time. */
export function expiredError(
  expiresAtMs: number,
  nowMs: number,
  details: Record<string, string> = {},
): S3Error {
  return new S3Error("AccessDenied", {
    message: "Request has expired",
    details: {
      ...details,
      Expires: new Date(expiresAtMs).toISOString(),
      ServerTime: new Date(nowMs).toISOString(),
    },
  });
}
