/** One opening of the LMDB environment, with a B-tree for each table. */

import { join } from "node:path";
import { crc32 } from "node:zlib";

import { open } from "lmdb";
import type { Database, RootDatabase } from "lmdb";

import { prepareDataFile } from "./data-file.ts";
import { tables } from "./index.ts";
import type { Table } from "./index.ts";

/**
 * Address space reserved for the file. lmdb-js would begin small and keep every outgrown mapping until it closes, each
 * with pages that count as resident.
 */
const mapBytes = 2 ** 42;

export interface Tree {
  readonly rows: Database<Buffer, Uint8Array>;
  /** CRC of the table's name, where every CRC of its rows starts. */
  readonly seed: number;
}

export interface Environment {
  readonly path: string;
  readonly dataFile: string;
  readonly root: RootDatabase<Buffer, Uint8Array>;
  readonly trees: Readonly<Record<Table, Tree>>;
}

/**
 * @param path Directory of the environment; made when it is not there.
 * @throws Error for a file that is damaged at its beginning.
 */
export function openEnvironment(path: string, durability: "strict" | "relaxed"): Environment {
  const dataFile = join(path, "data.mdb");
  const problem = prepareDataFile(dataFile, tables);
  if (problem !== null) {
    throw new Error(
      `The index is damaged: "${dataFile}" cannot be opened, ${problem}. Restore the data directory from a backup; if the server has never listened on it, remove it`,
    );
  }
  const options = {
    path,
    encoding: "binary" as const,
    keyEncoding: "binary" as const,
    // When it is off, the promise of a write resolves after LMDB has flushed its pages and written the meta page
    // through. When it is on, at once, and the flush follows; a crash of the system then falls back to the last flush.
    overlappingSync: durability === "relaxed",
    // The writes of one turn of the event loop go together by this as well. lmdb-js's own way to do it makes a promise
    // that nobody can handle, so that a full disk would end the process.
    eventTurnBatching: false,
    txnStartThreshold: Number.MAX_SAFE_INTEGER,
    mapSize: mapBytes,
    maxDbs: tables.length + 4,
    // lmdb-js takes these two, though its types do not know them. The index holds secrets.
    noReadAhead: true,
    permissionsMode: 0o600,
  };
  const root = open<Buffer, Uint8Array>(options);
  const entries = tables.map((table): [Table, Tree] => {
    const rows = root.openDB<Buffer, Uint8Array>(table, {
      encoding: "binary",
      keyEncoding: "binary",
      useVersions: true,
    });
    return [table, { rows, seed: crc32(table) }];
  });
  return { path, dataFile, root, trees: Object.fromEntries(entries) as Record<Table, Tree> };
}

/** What lmdb-js tells of a tree and of its environment, though its types do not. */
interface TreeStats {
  readonly entryCount: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

interface EnvironmentStats extends TreeStats {
  readonly root: TreeStats;
  readonly free: TreeStats;
  readonly lastPageNumber: number;
  readonly pageSize: number;
}

export function statsOf({ rows }: Tree): EnvironmentStats {
  return rows.getStats() as unknown as EnvironmentStats;
}

/** Bytes of pages that are free for the next commits. */
export function reusableBytes({ trees }: Environment): number {
  const all = Object.values(trees).map((tree) => statsOf(tree));
  const { root, free, lastPageNumber, pageSize } = all[0] as EnvironmentStats;
  const used = [...all, root, free].reduce(
    (pages, tree) => pages + tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages,
    0,
  );
  // Two pages are the environment's own.
  return Math.max(0, lastPageNumber + 1 - 2 - used) * pageSize;
}
