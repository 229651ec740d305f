/**
 * The index in memory: for tests, and the model that the others are held to.
 *
 * A table is a list of sorted chunks that are copied when they change, so a snapshot is the list as it was.
 */

import type { Commit, Entry, Index, Range, Snapshot, Table } from "./index.ts";
import { checkKeys, tables } from "./index.ts";

/** Rows in a chunk before it is split: large enough for few chunks, small enough to copy at each change. */
const chunkRows = 256;

type Chunk = readonly Entry[];
type State = Readonly<Record<Table, readonly Chunk[]>>;

export function createMemoryIndex(): Index {
  let state = Object.fromEntries(tables.map((table) => [table, [] as Chunk[]])) as unknown as State;
  let lastVersion = 0;

  return {
    get: (table, key) => copyOf(find(state[table], key)),
    snapshot: () => snapshotOf(state),
    moment: () => lastVersion,
    refresh(): void {},
    async commit({ checks = [], puts = [], deletes = [] }: Commit): Promise<boolean> {
      checkKeys(checks, puts, deletes);
      for (const check of checks) {
        if ((find(state[check.table], check.key)?.version ?? null) !== check.version) return false;
      }
      const next: Record<Table, readonly Chunk[]> = { ...state };
      const version = ++lastVersion;
      for (const { table, key } of deletes) next[table] = without(next[table], key);
      for (const { table, key, value } of puts) {
        next[table] = withRow(next[table], { key: Buffer.from(key), value: Buffer.from(value), version });
      }
      state = next;
      return true;
    },
    count: (table) => state[table].reduce((rows, chunk) => rows + chunk.length, 0),
    verify: () => Promise.resolve([]),
    reusableBytes: () => 0,
    async close(): Promise<void> {},
  };
}

function snapshotOf(state: State): Snapshot {
  return {
    get: (table, key) => copyOf(find(state[table], key)),
    range: (table, range) => rowsIn(state[table], range),
    close(): void {},
  };
}

function copyOf(entry: Entry | undefined): Entry | null {
  return entry === undefined ? null : { ...entry, value: Buffer.from(entry.value) };
}

function find(chunks: readonly Chunk[], key: Uint8Array): Entry | undefined {
  const chunk = chunks[chunkOf(chunks, key)];
  if (chunk === undefined) return undefined;
  const entry = chunk[firstNotBelow(chunk, key)];
  return entry !== undefined && entry.key.compare(key) === 0 ? entry : undefined;
}

function rowsIn(chunks: readonly Chunk[], { start, end, limit }: Range): Entry[] {
  const rows: Entry[] = [];
  for (let at = chunkOf(chunks, start); at < chunks.length; at++) {
    const chunk = chunks[at] ?? [];
    for (let row = firstNotBelow(chunk, start); row < chunk.length; row++) {
      const entry = chunk[row] as Entry;
      if (rows.length >= limit || (end !== undefined && entry.key.compare(end) >= 0)) return rows;
      rows.push({ ...entry, value: Buffer.from(entry.value) });
    }
  }
  return rows;
}

/** The chunk where a key is or would be: the last one whose first key is not above it. */
function chunkOf(chunks: readonly Chunk[], key: Uint8Array): number {
  let low = 0;
  let high = chunks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [first] = chunks[middle] as Chunk;
    if ((first as Entry).key.compare(key) <= 0) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function firstNotBelow(chunk: Chunk, key: Uint8Array): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((chunk[middle] as Entry).key.compare(key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function withRow(chunks: readonly Chunk[], entry: Entry): Chunk[] {
  if (chunks.length === 0) return [[entry]];
  const at = chunkOf(chunks, entry.key);
  const chunk = chunks[at] as Chunk;
  const row = firstNotBelow(chunk, entry.key);
  const replaces = chunk[row]?.key.compare(entry.key) === 0;
  const grown = [...chunk.slice(0, row), entry, ...chunk.slice(replaces ? row + 1 : row)];
  const halves =
    grown.length > chunkRows ? [grown.slice(0, grown.length >> 1), grown.slice(grown.length >> 1)] : [grown];
  return [...chunks.slice(0, at), ...halves, ...chunks.slice(at + 1)];
}

function without(chunks: readonly Chunk[], key: Uint8Array): readonly Chunk[] {
  const at = chunkOf(chunks, key);
  const chunk = chunks[at] ?? [];
  const row = firstNotBelow(chunk, key);
  if (chunk[row]?.key.compare(key) !== 0) return chunks;
  const shrunk = [...chunk.slice(0, row), ...chunk.slice(row + 1)];
  return [...chunks.slice(0, at), ...(shrunk.length > 0 ? [shrunk] : []), ...chunks.slice(at + 1)];
}
