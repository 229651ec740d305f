/** When a request was signed, in the form of signatures, and how far that may be from now. */

import { formatAmzDate, parseHttpDate, parseIsoDate } from "./dates.ts";
import { S3Error } from "./errors.ts";
import type { SigningRequest } from "./signing-request.ts";

/** How far a request's clock may be from the server's, both ways. */
export const maxSkewMs: number = 15 * 60 * 1000;

/** Reads `20130524T000000Z`; null for anything else. */
export function parseAmzDate(value: string): number | null {
  if (value.length !== 16 || value[8] !== "T" || value[15] !== "Z") return null;
  const year = digitsAt(value, 0, 4);
  const month = digitsAt(value, 4, 6);
  const day = digitsAt(value, 6, 8);
  const hour = digitsAt(value, 9, 11);
  const minute = digitsAt(value, 11, 13);
  const second = digitsAt(value, 13, 15);
  // Comparisons with NaN are false, so each must say what is right.
  const inRange =
    year >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= (month === 2 && isLeapYear(year) ? 29 : (daysOfMonth[month - 1] as number)) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59;
  return inRange ? Date.UTC(year, month - 1, day, hour, minute, second) : null;
}

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** The number that the digits from `start` up to `end` are; NaN where one is none. */
function digitsAt(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
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
