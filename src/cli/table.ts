/** Plain tables for people. */

import type { Io } from "./command.ts";

/**
 * Prints rows in columns under a heading.
 *
 * @example
 * printTable(io, ["NAME", "ADMIN"], [["anna", "yes"]]);
 */
export function printTable(io: Io, heading: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  for (const line of lines) {
    const cells = line.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    io.stdout.write(`${cells.join("  ").trimEnd()}\n`);
  }
}

/** Prints a name and a value a line. */
export function printFields(io: Io, fields: Readonly<Record<string, string>>): void {
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  for (const [name, value] of Object.entries(fields)) io.stdout.write(`${name.padEnd(width)}  ${value}\n`);
}

/** Prints one JSON value for programs. */
export function printJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
