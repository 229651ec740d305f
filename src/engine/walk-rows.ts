/** The walk that every listing makes: rows in order, those that share a common prefix as one. */

import type { Entry, Snapshot, Table } from "./index/index.ts";
import { afterKey, afterPrefix } from "./table-keys.ts";

/** Rows asked for at once: few where common prefixes are skipped, more while every row counts. */
const leastBatchRows = 1;
const firstBatchRows = 32;
const mostBatchRows = 1000;

export interface Walk {
  readonly table: Table;
  /** What all rows' keys begin with before the S3 key. */
  readonly scope: Buffer;
  readonly prefix: string;
  /** Empty is none. */
  readonly delimiter: string;
  /** First row to look at. */
  readonly start: Buffer;
  /** Where the S3 key ends in a row's key. */
  readonly keyEnd: (rowKey: Buffer) => number;
  /** How many rows the caller probably takes. */
  readonly expectedRows: number;
}

/**
 * Shows the rows to `visit`, until it answers false. After a common prefix the walk seeks past all that it stands for.
 *
 * @param visit Gets the row, and the common prefix when the row stands for it.
 */
export async function walkRows(
  snapshot: Snapshot,
  { table, scope, prefix, delimiter, start, keyEnd, expectedRows }: Walk,
  visit: (entry: Entry, commonPrefix: string | undefined) => boolean,
): Promise<void> {
  const prefixRow = Buffer.concat([scope, Buffer.from(prefix)]);
  const delimiterBytes = Buffer.from(delimiter);
  const end = afterPrefix(prefixRow);
  let from = start.compare(prefixRow) > 0 ? start : prefixRow;
  let skipTo: Buffer | undefined;
  let batchRows = clamp(delimiter === "" ? expectedRows : Math.min(expectedRows, firstBatchRows));

  for (;;) {
    if (end !== undefined && from.compare(end) >= 0) return;
    const entries = await snapshot.range(table, { start: from, end, limit: batchRows });
    for (const entry of entries) {
      if (skipTo !== undefined && entry.key.compare(skipTo) < 0) continue;
      let commonPrefixEnd = -1;
      if (delimiterBytes.length > 0) {
        const found = entry.key.indexOf(delimiterBytes, prefixRow.length);
        if (found >= 0 && found + delimiterBytes.length <= keyEnd(entry.key)) {
          commonPrefixEnd = found + delimiterBytes.length;
        }
      }
      if (commonPrefixEnd < 0) {
        if (!visit(entry, undefined)) return;
      } else {
        if (!visit(entry, entry.key.toString("utf8", scope.length, commonPrefixEnd))) return;
        skipTo = afterPrefix(entry.key.subarray(0, commonPrefixEnd));
        if (skipTo === undefined) return;
      }
    }
    const last = entries.at(-1);
    if (last === undefined || entries.length < batchRows) return;
    const isInsideSkipped = skipTo !== undefined && last.key.compare(skipTo) < 0;
    from = isInsideSkipped && skipTo !== undefined ? skipTo : afterKey(last.key);
    batchRows = clamp(isInsideSkipped ? batchRows >> 2 : batchRows * 2);
  }
}

/** Whether a listing with this prefix and delimiter would show `key` as a common prefix. */
export function isCommonPrefix(key: string, prefix: string, delimiter: string): boolean {
  if (delimiter === "" || !key.startsWith(prefix)) return false;
  const found = key.indexOf(delimiter, prefix.length);
  return found >= 0 && found + delimiter.length === key.length;
}

function clamp(rows: number): number {
  return Math.max(leastBatchRows, Math.min(rows, mostBatchRows));
}
