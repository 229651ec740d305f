/**
 * The index on LMDB.
 *
 * A commit is a nest of conditions that LMDB's write thread decides by itself, so hundreds of commits that arrive
 * together share one transaction and one flush, and no JavaScript runs while the write lock is held.
 *
 * A value is stored as `crc32 | value`, behind the version that lmdb-js puts in front. The CRC covers all of them and
 * the table and key, so a row that was damaged or is in the wrong place is an error.
 *
 * Pages of the file that were ever read count as resident memory of the process until it unmaps them, which LMDB never
 * does. So the environment is opened anew when they have become many: a few milliseconds in which everybody waits.
 */

import { randomInt } from "node:crypto";
import { statfs } from "node:fs/promises";
import { constants } from "node:os";
import { setTimeout } from "node:timers/promises";
import { crc32 } from "node:zlib";

import { getLastVersion } from "lmdb";
import type { RangeOptions, Transaction } from "lmdb";

import { S3Error } from "../../s3/errors.ts";
import { checkKeys, DamagedRowError } from "./index.ts";
import type { Awaitable, Check, Commit, Entry, Index, Range, Snapshot, Table } from "./index.ts";
import { openEnvironment } from "./lmdb-environment.ts";
import type { Environment, Tree } from "./lmdb-environment.ts";
import { mappedResidentBytes } from "./mapped-memory.ts";

export interface LmdbIndexOptions {
  /** Directory of the environment; made when it is not there. */
  readonly path: string;
  /** `relaxed`: a commit resolves when it is visible, and is flushed soon after. Default `strict`. */
  readonly durability?: "strict" | "relaxed" | undefined;
}

const crcBytes = 4;
/** Less room than a large commit takes. */
const fullBytes = 4 * 1024 * 1024;
const slabBytes = 1024 * 1024;
/** Smallest key there can be: LMDB has no empty ones. */
const firstKey = Buffer.of(0);

/** Growth of mapped resident memory after which the environment is opened anew, and how often that is looked at. */
const mostMappedBytes = 48 * 1024 * 1024;
const lookEveryMs = 200;
/** How long an opening waits for commits and snapshots to end before it is put off. */
const patienceMs = 100;
const mostAttempts = 100;
const retryMs = 100;

export function openLmdbIndex(options: LmdbIndexOptions): LmdbIndex {
  return new LmdbIndex(options);
}

export class LmdbIndex implements Index {
  readonly #path: string;
  readonly #durability: "strict" | "relaxed";
  /** Null while it is opened anew. */
  #environment: Environment | null;
  // No row ever has the same version twice: versions rise within a process, and each process starts at random.
  #version = randomInt(2 ** 47) * 16;
  /** Commits and snapshots that need the environment as it is. */
  #users = 0;
  #lastUserLeft: (() => void) | null = null;
  /** What newcomers wait for. */
  #gate: Promise<void> | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor({ path, durability = "strict" }: LmdbIndexOptions) {
    this.#path = path;
    this.#durability = durability;
    this.#environment = openEnvironment(path, durability);
    const atFirst = mappedResidentBytes() ?? Infinity;
    this.#timer = setInterval(() => {
      if ((mappedResidentBytes() ?? 0) - atFirst > mostMappedBytes) void this.remap();
    }, lookEveryMs);
    this.#timer.unref();
  }

  get(table: Table, key: Uint8Array): Awaitable<Entry | null> {
    const environment = this.#environment;
    if (environment === null) return this.#afterGate(() => this.get(table, key));
    return getRow(table, environment.trees[table], key);
  }

  snapshot(): Awaitable<Snapshot> {
    if (this.#gate !== null) return this.#afterGate(() => this.snapshot());
    const { root, trees } = this.#opened();
    const transaction = root.useReadTransaction();
    this.#users++;
    return {
      get: (table, key) => getRow(table, trees[table], key, transaction),
      range: (table, range) => rowsIn(table, trees[table], range, transaction),
      close: () => {
        transaction.done();
        this.#leave();
      },
    };
  }

  async commit(commit: Commit): Promise<boolean> {
    while (this.#gate !== null) await this.#gate;
    this.#users++;
    try {
      return await write(this.#opened(), commit, ++this.#version);
    } finally {
      this.#leave();
    }
  }

  count(table: Table): Awaitable<number> {
    if (this.#environment === null) return this.#afterGate(() => this.count(table));
    return statsOf(this.#environment.trees[table]).entryCount;
  }

  reusableBytes(): Awaitable<number> {
    if (this.#environment === null) return this.#afterGate(() => this.reusableBytes());
    const all = Object.values(this.#environment.trees).map((tree) => statsOf(tree));
    const { root, free, lastPageNumber, pageSize } = all[0] as EnvironmentStats;
    const used = [...all, root, free].reduce(
      (pages, tree) => pages + tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages,
      0,
    );
    // Two pages are the environment's own.
    return Math.max(0, lastPageNumber + 1 - 2 - used) * pageSize;
  }

  /** Opens the environment anew, which gives back the memory of its mapping; puts it off while a snapshot stays open. */
  async remap(): Promise<void> {
    if (this.#gate !== null) return;
    const reopening = this.#reopen();
    this.#gate = reopening.catch(() => {});
    try {
      await reopening;
    } finally {
      this.#gate = null;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    while (this.#gate !== null) await this.#gate;
    const { root } = this.#opened();
    await root.flushed;
    await root.close();
    this.#environment = null;
  }

  #opened(): Environment {
    if (this.#environment === null) throw new Error("The index is closed");
    return this.#environment;
  }

  async #afterGate<T>(then: () => Awaitable<T>): Promise<T> {
    if (this.#gate === null) throw new Error("The index is closed");
    await this.#gate;
    return then();
  }

  async #reopen(): Promise<void> {
    if (!(await this.#idle())) return;
    const { root } = this.#opened();
    this.#environment = null;
    await root.close();
    this.#environment = await this.#reopened();
  }

  #leave(): void {
    this.#users--;
    if (this.#users === 0) this.#lastUserLeft?.();
  }

  /** Whether everybody has left in time. */
  async #idle(): Promise<boolean> {
    if (this.#users === 0) return true;
    const left = new Promise<void>((resolve) => {
      this.#lastUserLeft = resolve;
    });
    const patience = new AbortController();
    await Promise.race([
      left,
      setTimeout(patienceMs, undefined, { signal: patience.signal }).catch(() => {}),
    ]);
    patience.abort();
    this.#lastUserLeft = null;
    return this.#users === 0;
  }

  /** The process may have run out of file descriptors for a moment. It cannot go on without an index. */
  async #reopened(): Promise<Environment> {
    for (let attempt = 1; ; attempt++) {
      try {
        return openEnvironment(this.#path, this.#durability);
      } catch (error) {
        if (attempt === mostAttempts) throw error;
        await setTimeout(retryMs);
      }
    }
  }
}

async function write(
  { path, root, trees }: Environment,
  { checks = [], puts = [], deletes = [] }: Commit,
  version: number,
): Promise<boolean> {
  // Whatever can be thrown must be before the first instruction is written, or half a commit would be done.
  checkKeys(checks, puts, deletes);
  const values = puts.map(({ table, key, value }) => seal(trees[table], key, value, version));

  const outcomes: Promise<boolean>[] = [];
  const nest = (depth: number): void => {
    const check = checks[depth];
    if (check !== undefined) {
      outcomes.push(condition(trees[check.table], check, () => nest(depth + 1)));
      return;
    }
    for (const { table, key } of deletes) void trees[table].rows.remove(key);
    for (let at = 0; at < puts.length; at++) {
      const { table, key } = puts[at] as (typeof puts)[number];
      void trees[table].rows.put(key, values[at] as Buffer, version);
    }
  };
  if (checks.length > 0) nest(0);
  else outcomes.push(root.batch(() => nest(0)));
  try {
    // An inner condition may report success though an outer one failed, but what is inside of both is not done: the
    // commit happened only if every condition held.
    return (await Promise.all(outcomes)).every(Boolean);
  } catch (error) {
    throw await commitFailed(path, await causeOf(error));
  }
}

function condition({ rows }: Tree, { key, version }: Check, then: () => void): Promise<boolean> {
  return version === null ? rows.ifNoExists(key, then) : rows.ifVersion(key, version, then);
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

function statsOf({ rows }: Tree): EnvironmentStats {
  return rows.getStats() as unknown as EnvironmentStats;
}

/** What lmdb-js has and its types do not tell. */
interface ReadTransaction extends Transaction {
  /** Set when lmdb-js has begun to read with a newer transaction. */
  readonly notCurrent?: boolean;
}

interface ReadableRows {
  getBinary(key: Uint8Array, options?: { transaction: Transaction }): Buffer | undefined;
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
    // While nothing was committed since, the snapshot is the transaction that lmdb-js reads with anyway; left to itself
    // it uses a cursor again that it has, and a seek costs 6 µs less.
    ...((transaction as ReadTransaction).notCurrent === true ? { transaction } : {}),
    ...(end === undefined ? {} : { end }),
  };
  const entries: Entry[] = [];
  for (const row of rows.getRange(options)) {
    entries.push(unseal(table, seed, row.key, row.value, row.version as number));
  }
  return entries;
}

/** A buffer `crc32 | value` of its own. */
function seal({ seed }: Tree, key: Uint8Array, value: Uint8Array, version: number): Buffer {
  const sealed = takeBytes(crcBytes + value.length);
  sealed.set(value, crcBytes);
  sealed.writeUInt32LE(checksum(seed, key, value, version));
  return sealed;
}

/** One allocation serves many values: an ArrayBuffer for each would cost more than the rest of sealing it. */
let slab: Buffer = Buffer.alloc(0);
let slabTaken = 0;

function takeBytes(length: number): Buffer {
  if (length > slabBytes / 8) return Buffer.allocUnsafeSlow(length);
  if (slabTaken + length > slab.length) {
    slab = Buffer.allocUnsafeSlow(slabBytes);
    slabTaken = 0;
  }
  slabTaken += length;
  return slab.subarray(slabTaken - length, slabTaken);
}

function unseal(table: Table, seed: number, key: Uint8Array, sealed: Buffer, version: number): Entry {
  const value = sealed.subarray(crcBytes);
  if (sealed.length < crcBytes || sealed.readUInt32LE(0) !== checksum(seed, key, value, version)) {
    throw new DamagedRowError(table, key);
  }
  return { key: key as Buffer, value, version };
}

function checksum(seed: number, key: Uint8Array, value: Uint8Array, version: number): number {
  return (crc32(value, crc32(key, seed)) ^ (version / 2 ** 32) ^ version) >>> 0;
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

/** LMDB reports a write that was cut short, as it is on a full disk, as any I/O error. */
async function commitFailed(path: string, cause: unknown): Promise<S3Error> {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  const isFull = /no space|disk quota|MDB_MAP_FULL/i.test(String(message));
  const mayBeFull = code === constants.errno.EIO && (await isDiskFull(path));
  return new S3Error(isFull || mayBeFull ? "InsufficientStorage" : "InternalError", { cause });
}

async function isDiskFull(path: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize < fullBytes;
  } catch {
    return false;
  }
}
