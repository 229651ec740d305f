/** What commands on many things print: a line each, as they come. */

import { once } from "node:events";
import type { Io } from "./command.ts";

/** Writes a line to standard output, and waits where whoever reads it is slower. */
export async function printLine(io: Io, line: string): Promise<void> {
  if (io.stdout.destroyed) throw Object.assign(new Error("nobody reads the output"), { code: "EPIPE" });
  if (!io.stdout.write(`${line}\n`)) await once(io.stdout, "drain");
}

/** Writes a value as one line of JSON. */
export async function printJsonLine(io: Io, value: unknown): Promise<void> {
  await printLine(io, JSON.stringify(value));
}

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** @example formatBytes(1536); // "1.5 KiB" */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Local time to the second, sortable. @example formatTime(Date.now()); // "2026-11-28 05:30:00" */
export function formatTime(ms: number): string {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 19).replace("T", " ");
}

/** A name in a line of its own, whatever is in it. */
export function printable(name: string): string {
  return name.replaceAll(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
