/**
 * Object lock: what keeps a version from being deleted.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */

/** GOVERNANCE can be bypassed by who may; COMPLIANCE by nobody. */
export type RetentionMode = "GOVERNANCE" | "COMPLIANCE";

export const retentionModes: readonly RetentionMode[] = ["GOVERNANCE", "COMPLIANCE"];

/** Whether a version is kept until that is taken back. */
export type LegalHold = "ON" | "OFF";

/** Until when a version is kept. */
export interface Retention {
  readonly mode: RetentionMode;
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
}

/** What a bucket gives to every new object: exactly one of days and years is there. */
export interface DefaultRetention {
  readonly mode: RetentionMode;
  readonly days?: number | undefined;
  readonly years?: number | undefined;
}

/** Object lock as a bucket has it. */
export interface ObjectLock {
  readonly defaultRetention?: DefaultRetention | undefined;
}

/** The longest default retention that AWS takes. */
export const maxRetentionDays = 36_500;
export const maxRetentionYears = 100;

/**
 * The retention of an object that is written now.
 *
 * @throws RangeError for what is no default retention: what cannot be understood must not be taken for none.
 */
export function retentionFrom({ mode, days, years }: DefaultRetention, nowMs: number): Retention {
  const isOne = (days === undefined) !== (years === undefined);
  const length = days ?? years ?? 0;
  if (!retentionModes.includes(mode) || !isOne || !Number.isInteger(length) || length < 1) {
    throw new RangeError(`Cannot read a default retention: ${JSON.stringify({ mode, days, years })}`);
  }
  const until = new Date(nowMs);
  if (days === undefined) until.setUTCFullYear(until.getUTCFullYear() + length);
  else until.setUTCDate(until.getUTCDate() + length);
  return { mode, untilMs: until.getTime() };
}

/** Whether a retention still holds. */
export function isRetained(retention: Retention | undefined, nowMs: number): retention is Retention {
  return retention !== undefined && nowMs < retention.untilMs;
}

/**
 * Whether a retention may take the place of one that still holds without a bypass: the same mode, as long or longer.
 * Also a change from GOVERNANCE to COMPLIANCE wants the bypass.
 */
export function isExtension(next: Retention | undefined, current: Retention): boolean {
  return next !== undefined && next.mode === current.mode && next.untilMs >= current.untilMs;
}
