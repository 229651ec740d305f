/** Rows that were decoded lately. One counts only while its version is the row's, so what is cached cannot be stale. */

import type { Entry, Table } from "./index/index.ts";

/** When there are more, all are forgotten: who is in use comes back at once. */
const mostRows = 20_000;

export interface DecodedCache {
  /** What `decode` makes of the row, or made of it before. It is shared, and must not be changed. */
  decoded<T extends object>(table: Table, entry: Entry, decode: (entry: Entry) => T): T;
}

export function createDecodedCache(): DecodedCache {
  const rows = new Map<string, { readonly version: number; readonly value: object }>();
  return {
    decoded<T extends object>(table: Table, entry: Entry, decode: (entry: Entry) => T): T {
      const name = table + entry.key.toString("latin1");
      const known = rows.get(name);
      // The same table is always decoded to the same type.
      if (known?.version === entry.version) return known.value as T;
      const value = decode(entry);
      if (rows.size >= mostRows) rows.clear();
      rows.set(name, { version: entry.version, value });
      return value;
    },
  };
}
