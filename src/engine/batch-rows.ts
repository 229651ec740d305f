import type { Entry } from "./index/index.ts";

const batchBytes = 1024 * 1024;
const mostRows = 1000;

/**
 * How many rows to ask for next, so that they have about a megabyte: rows of a table may be of some hundreds of bytes or of
 * some hundreds of kilobytes, and everybody waits while they are read.
 *
 * @param last What was read before.
 */
export function nextBatchRows(last: readonly Entry[]): number {
  const bytes = last.reduce((sum, { value }) => sum + value.length, 1);
  return Math.max(1, Math.min(mostRows, Math.floor((last.length * batchBytes) / bytes)));
}

/** To begin with. */
export const firstBatchRows = 16;
