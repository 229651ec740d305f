/**
 * Rows that nearly every request reads, decoded: buckets, users and keys.
 *
 * Nothing stale can come out. A row counts without being read again only within the moment of the index in which it was
 * read, and after that only while its version is the row's.
 */

import type { Awaitable, Entry, Index, Table } from "./index/index.ts";

/** When there are more, all are forgotten: who is in use comes back at once. */
const mostRows = 20_000;
/** As they are stored; decoded they take some times as much. A bucket with all its settings can have hundreds of kilobytes. */
const mostBytes = 16 * 1024 * 1024;

export interface DecodedCache {
  /**
   * The newest committed row, decoded; null where there is none.
   *
   * @param key Makes the row's key of its name.
   * @returns What `decode` makes of the row, or made of it before. It is shared, and must not be changed.
   */
  get<T extends object>(
    table: Table,
    name: string,
    key: (name: string) => Buffer,
    decode: (entry: Entry, name: string) => T,
  ): Awaitable<T | null>;
  /** As {@link DecodedCache.get}, of a row that was read already. */
  decoded<T extends object>(
    table: Table,
    name: string,
    entry: Entry,
    decode: (entry: Entry, name: string) => T,
  ): T;
}

interface Decoded {
  readonly version: number;
  readonly value: object;
  moment: number;
}

const noMoment = -1;

export function createDecodedCache(index: Index): DecodedCache {
  const tables = new Map<Table, Map<string, Decoded>>();
  let bytes = 0;
  const rowsOf = (table: Table): Map<string, Decoded> => {
    let rows = tables.get(table);
    if (rows === undefined) tables.set(table, (rows = new Map()));
    return rows;
  };
  // The same table is always decoded to the same type.
  const keep = <T extends object>(
    table: Table,
    name: string,
    entry: Entry,
    decode: (entry: Entry, name: string) => T,
    moment: number,
  ): T => {
    const rows = rowsOf(table);
    const known = rows.get(name);
    if (known?.version === entry.version) {
      known.moment = moment;
      return known.value as T;
    }
    const value = decode(entry, name);
    bytes += entry.value.length;
    if (rows.size >= mostRows || bytes > mostBytes) {
      for (const one of tables.values()) one.clear();
      bytes = entry.value.length;
    }
    rows.set(name, { version: entry.version, value, moment });
    return value;
  };
  return {
    get<T extends object>(
      table: Table,
      name: string,
      key: (name: string) => Buffer,
      decode: (entry: Entry, name: string) => T,
    ): Awaitable<T | null> {
      // Taken before the row is read: what is committed between the two must not count as seen.
      const moment = index.moment();
      const known = rowsOf(table).get(name);
      if (known?.moment === moment) return known.value as T;
      const entry = index.get(table, key(name));
      if (entry === null) return null;
      if (!(entry instanceof Promise)) return keep(table, name, entry, decode, moment);
      return entry.then((read) => (read === null ? null : keep(table, name, read, decode, moment)));
    },
    decoded: (table, name, entry, decode) => keep(table, name, entry, decode, noMoment),
  };
}
