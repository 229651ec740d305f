/** Times on command lines. */

import { UsageError } from "./command.ts";

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of `90s`, `5m`, `1h`, `7d` or `1w`. @throws {UsageError} */
export function parseDuration(text: string): number {
  const [, amount = "", unit = ""] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  const seconds = Number(amount) * (units[unit] ?? Number.NaN);
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new UsageError(`"${text}" is no length of time`, "give it as 90s, 5m, 1h or 7d");
}

/** Milliseconds since the epoch, of a time ago or a date. @throws {UsageError} */
export function parseMoment(text: string, nowMs: number): number {
  const date = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(date)) return date;
  if (/^\d+[smhdw]$/.test(text)) return nowMs - parseDuration(text) * 1000;
  throw new UsageError(`"${text}" is no time`, "give it as 10m, 2h or 3d, or as 2026-01-31T12:00:00Z");
}
