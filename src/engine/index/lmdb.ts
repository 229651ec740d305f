/**
 * The index on LMDB: one environment, a B-tree for each table.
 *
 * A commit is a nest of conditions that LMDB's write thread decides by itself, so hundreds of commits that arrive
 * together share one transaction and one flush, and no JavaScript runs while the write lock is held. The promise of a
 * write resolves after LMDB has flushed its pages and written the meta page through (`overlappingSync: false`): what is
 * answered is on the disk.
 *
 * A value is stored as `crc32 | value`, behind the version that lmdb-js puts in front. The CRC covers all of them and
 * the table and key, so a row that was damaged or is in the wrong place is an error.
 */

import { randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

import { getLastVersion, open } from "lmdb";
import type { Database, RangeOptions, RootDatabase, Transaction } from "lmdb";

import { S3Error } from "../../s3/errors.ts";
import { maxKeyBytes, tables } from "./index.ts";
import type { Check, Commit, Entry, Index, Range, Snapshot, Table } from "./index.ts";

export interface LmdbIndexOptions {
  /** Directory of the environment; made when it is not there. */
  readonly path: string;
  /** `relaxed`: a commit resolves when it is visible, and is flushed soon after. Default `strict`. */
  readonly durability?: "strict" | "relaxed" | undefined;
}

/**
 * Address space reserved for the file. lmdb-js would begin small and keep every outgrown mapping until it closes, each
 * with pages that count as resident.
 */
const mapBytes = 2 ** 42;

/** Larger than the kernel's, so that an inline body of 4 KiB takes one page of its own and not two. */
const pageBytes = 8192;

const crcBytes = 4;
/** Smallest key there can be: LMDB has no empty ones. */
const firstKey = Buffer.of(0);

interface Tree {
  readonly rows: Database<Buffer, Uint8Array>;
  /** CRC of the table's name, where every CRC of its rows starts. */
  readonly seed: number;
}

/** What lmdb-js can do and its types do not tell. */
interface ReadableRows {
  getBinary(key: Uint8Array, options?: { transaction: Transaction }): Buffer | undefined;
}

export function openLmdbIndex({ path, durability = "strict" }: LmdbIndexOptions): Index {
  const options = {
    path,
    encoding: "binary" as const,
    keyEncoding: "binary" as const,
    overlappingSync: durability === "relaxed",
    mapSize: mapBytes,
    pageSize: pageBytes,
    maxDbs: tables.length + 4,
    // lmdb-js takes these two, though its types do not know them. The index holds secrets.
    noReadAhead: true,
    permissionsMode: 0o600,
  };
  const environment = open<Buffer, Uint8Array>(options);
  const trees = Object.fromEntries(
    tables.map((table): [Table, Tree] => [
      table,
      {
        rows: environment.openDB<Buffer, Uint8Array>(table, {
          encoding: "binary",
          keyEncoding: "binary",
          useVersions: true,
        }),
        seed: crc32(table),
      },
    ]),
  ) as Record<Table, Tree>;
  return new LmdbIndex(environment, trees);
}

class LmdbIndex implements Index {
  readonly #environment: RootDatabase<Buffer, Uint8Array>;
  readonly #trees: Readonly<Record<Table, Tree>>;
  // No row ever has the same version twice: versions rise within a process, and each process starts at random.
  #version = randomInt(2 ** 47) * 16;

  constructor(environment: RootDatabase<Buffer, Uint8Array>, trees: Readonly<Record<Table, Tree>>) {
    this.#environment = environment;
    this.#trees = trees;
  }

  get(table: Table, key: Uint8Array): Entry | null {
    return getRow(table, this.#trees[table], key);
  }

  snapshot(): Snapshot {
    const trees = this.#trees;
    const transaction = this.#environment.useReadTransaction();
    return {
      get: (table, key) => getRow(table, trees[table], key, transaction),
      range: (table, range) => rowsIn(table, trees[table], range, transaction),
      close: () => transaction.done(),
    };
  }

  async commit({ checks = [], puts = [], deletes = [] }: Commit): Promise<boolean> {
    // Whatever can be thrown must be before the first instruction is written, or half a commit would be done.
    for (const { key } of checks) checkKey(key);
    for (const { key } of puts) checkKey(key);
    for (const { key } of deletes) checkKey(key);
    const version = ++this.#version;
    const values = puts.map(({ table, key, value }) => seal(this.#trees[table], key, value, version));

    const outcomes: Promise<boolean>[] = [];
    const nest = (depth: number): void => {
      const check = checks[depth];
      if (check !== undefined) {
        outcomes.push(this.#condition(check, () => nest(depth + 1)));
        return;
      }
      for (const { table, key } of deletes) void this.#trees[table].rows.remove(key);
      for (let at = 0; at < puts.length; at++) {
        const { table, key } = puts[at] as (typeof puts)[number];
        void this.#trees[table].rows.put(key, values[at] as Buffer, version);
      }
    };
    if (checks.length > 0) nest(0);
    else outcomes.push(this.#environment.batch(() => nest(0)));
    // An inner condition may report success though an outer one failed, but what is inside of both is not done: the
    // commit happened only if every condition held.
    try {
      return (await Promise.all(outcomes)).every(Boolean);
    } catch (error) {
      throw commitFailed(await causeOf(error));
    }
  }

  count(table: Table): number {
    return (this.#trees[table].rows.getStats() as { entryCount: number }).entryCount;
  }

  async close(): Promise<void> {
    await this.#environment.flushed;
    await this.#environment.close();
  }

  #condition({ table, key, version }: Check, then: () => void): Promise<boolean> {
    const { rows } = this.#trees[table];
    return version === null ? rows.ifNoExists(key, then) : rows.ifVersion(key, version, then);
  }
}

function getRow(
  table: Table,
  { rows, seed }: Tree,
  key: Uint8Array,
  transaction?: Transaction,
): Entry | null {
  const value = (rows as ReadableRows).getBinary(
    key,
    transaction === undefined ? undefined : { transaction },
  );
  return value === undefined ? null : unseal(table, seed, key, value, getLastVersion());
}

function rowsIn(
  table: Table,
  { rows, seed }: Tree,
  { start, end, limit }: Range,
  transaction: Transaction,
): Entry[] {
  const options: RangeOptions = {
    start: start.length === 0 ? firstKey : start,
    limit,
    versions: true,
    transaction,
    ...(end === undefined ? {} : { end }),
  };
  const entries: Entry[] = [];
  for (const row of rows.getRange(options)) {
    entries.push(unseal(table, seed, row.key, row.value, row.version as number));
  }
  return entries;
}

/** A new buffer `crc32 | value`. */
function seal({ seed }: Tree, key: Uint8Array, value: Uint8Array, version: number): Buffer {
  const sealed = Buffer.allocUnsafe(crcBytes + value.length);
  sealed.set(value, crcBytes);
  sealed.writeUInt32LE(checksum(seed, key, value, version));
  return sealed;
}

function unseal(table: Table, seed: number, key: Uint8Array, sealed: Buffer, version: number): Entry {
  // lmdb-js returns large values in buffers that it has tinkered with: a plain view has none of that.
  const value = Buffer.from(sealed.buffer, sealed.byteOffset + crcBytes, sealed.length - crcBytes);
  if (sealed.length < crcBytes || sealed.readUInt32LE(0) !== checksum(seed, key, value, version)) {
    throw new Error(
      `The index is damaged: a row of "${table}" fails its checksum (key ${Buffer.from(key).toString("hex")})`,
    );
  }
  return { key: key as Buffer, value, version };
}

function checksum(seed: number, key: Uint8Array, value: Uint8Array, version: number): number {
  return (crc32(value, crc32(key, seed)) ^ (version / 2 ** 32) ^ version) >>> 0;
}

function checkKey(key: Uint8Array): void {
  if (key.length === 0 || key.length > maxKeyBytes) {
    throw new RangeError(`Invalid key of ${key.length} bytes: 1 to ${maxKeyBytes} are allowed`);
  }
}

/** lmdb-js hides the cause behind a promise of its own, which nobody else would handle. */
async function causeOf(error: unknown): Promise<unknown> {
  try {
    await (error as { commitError?: Promise<unknown> }).commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}

function commitFailed(cause: unknown): S3Error {
  const isFull = cause instanceof Error && /no space|disk quota|MDB_MAP_FULL/i.test(cause.message);
  return new S3Error(isFull ? "InsufficientStorage" : "InternalError", { cause });
}
