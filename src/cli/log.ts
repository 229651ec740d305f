/** The log on standard error: a line of JSON for each event, or plain lines where a person watches. */

import { type Logger, pino } from "pino";
import { CommandError, type Io } from "./command.ts";

const levels = ["debug", "info", "warn", "error", "silent"];

/**
 * Opens the log. No secret is ever given to it.
 *
 * @throws {CommandError} For a level that is none.
 */
export function openLog(io: Io): Logger {
  const level = io.env["STOWAGE_LOG_LEVEL"] ?? "info";
  if (!levels.includes(level)) {
    throw new CommandError(`STOWAGE_LOG_LEVEL is "${level}"`, `set it to one of ${levels.join(", ")}`);
  }
  const destination = io.terminal
    ? {
        write: (line: string): boolean =>
          io.stderr.write(plainLine(JSON.parse(line) as Record<string, unknown>)),
      }
    : io.stderr;
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

/** One event as a person reads it: `12:00:00 error request failed (status 500, key "a")`. */
export function plainLine(event: Readonly<Record<string, unknown>>): string {
  const { level, time, pid: _pid, msg, err, ...rest } = event;
  const clock = String(time).slice(11, 19);
  const name = level === "info" ? "" : String(level);
  const details = Object.entries(rest).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  const message = (err as { message?: string } | undefined)?.message;
  if (message !== undefined) details.push(message);
  const text = [clock, name, String(msg), details.length === 0 ? "" : `(${details.join(", ")})`].filter(
    (word) => word !== "",
  );
  return `${harmless(text.join(" "))}\n`;
}

/** A key may hold the bytes that move a terminal's cursor or change its title. */
function harmless(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
