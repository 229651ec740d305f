/**
 * Rows in LMDB: `crc32 | value`, behind the version that lmdb-js puts in front.
 *
 * The CRC covers table, key, version and value, so a row that was damaged or is in the wrong place is an error.
 */

import { crc32 } from "node:zlib";

import { getLastVersion } from "lmdb";
import type { RangeOptions, Transaction } from "lmdb";

import { DamagedRowError, DamagedTableError, maxKeyBytes } from "./index.ts";
import type { Entry, Range, Table } from "./index.ts";
import type { Tree } from "./lmdb-environment.ts";

const crcBytes = 4;
/** Smallest key there can be: LMDB has no empty ones. */
const firstKey = Buffer.of(0);
/** One allocation serves many values: an ArrayBuffer for each would cost more than the rest of sealing it. */
const writeSlabBytes = 1024 * 1024;
/** Smaller, because a value that somebody keeps keeps the whole. */
const readSlabBytes = 64 * 1024;

/** What lmdb-js has and its types do not tell. */
interface ReadTransaction extends Transaction {
  /** Set when lmdb-js has begun to read with a newer transaction. */
  readonly notCurrent?: boolean;
}

interface ReadableRows {
  /** What it returns is overwritten by the next read, and as long as the longest value so far. */
  getBinaryFast(key: Uint8Array, options?: { transaction: Transaction }): Uint8Array | undefined;
  /** Of the value that was read last. */
  readonly lastSize: number;
}

/** @param transaction Default: what lmdb-js reads with, which sees every finished commit. */
export function getRow(
  table: Table,
  { rows, seed }: Tree,
  key: Uint8Array,
  transaction?: Transaction,
): Entry | null {
  if (key.length > maxKeyBytes) return null;
  const readable = rows as unknown as ReadableRows;
  let lent: Uint8Array | undefined;
  try {
    lent = readable.getBinaryFast(key, transaction === undefined ? undefined : { transaction });
  } catch (error) {
    throw readFailed(table, error);
  }
  if (lent === undefined) return null;
  return unseal(table, seed, key, copyOf(lent, readable.lastSize), getLastVersion());
}

let lender: Uint8Array | null = null;
let lenderBytes: Uint8Array = new Uint8Array(0);

/** A copy in memory that many values share: an ArrayBuffer for each, as lmdb-js makes it, costs more than the read. */
function copyOf(lent: Uint8Array, length: number): Buffer {
  if (lent !== lender) {
    // lmdb-js gives its buffer a `length` of its own making, which engines do not expect: this one has none.
    lenderBytes = new Uint8Array(lent.buffer, lent.byteOffset);
    lender = lent;
  }
  const copy = readSlab.take(length);
  copy.set(lenderBytes.subarray(0, length));
  return copy;
}

export function rowsIn(
  table: Table,
  { rows, seed }: Tree,
  { start, end, limit }: Range,
  transaction: Transaction,
): Entry[] {
  // Written member by member: a spread would make a dictionary of it, for every seek of a listing.
  const options: RangeOptions = {
    start: start.length === 0 ? firstKey : bound(start),
    limit,
    versions: true,
  };
  if (end !== undefined) options.end = bound(end);
  // While nothing was committed since, the snapshot is the transaction that lmdb-js reads with anyway; left to itself
  // it uses a cursor again that it has, and a seek costs 6 µs less.
  if ((transaction as ReadTransaction).notCurrent === true) options.transaction = transaction;
  const entries: Entry[] = [];
  let last: Uint8Array = options.start as Uint8Array;
  const iterator = rows.getRange(options)[Symbol.iterator]();
  try {
    for (;;) {
      const { done, value: row } = iterator.next();
      if (done === true) return entries;
      // Whoever walks a table goes on behind the last row: rows in another order could keep it for ever.
      const order = Buffer.compare(row.key, last);
      if (order < 0 || (order === 0 && entries.length > 0)) {
        throw new DamagedTableError(table, new Error("its rows are out of order"));
      }
      entries.push(unseal(table, seed, row.key, row.value, row.version as number));
      last = row.key;
    }
  } catch (error) {
    // Else lmdb-js would hold on to the transaction, in which LMDB reads nothing any more.
    iterator.return?.();
    throw readFailed(table, error);
  }
}

/** LMDB's own errors begin so. */
function readFailed(table: Table, error: unknown): unknown {
  return (error as Error).message.startsWith("MDB_") ? new DamagedTableError(table, error) : error;
}

/** LMDB throws for what is too long to be a key. Among keys it stands where one byte more than the longest of them has. */
function bound(key: Uint8Array): Uint8Array {
  return key.length > maxKeyBytes ? key.subarray(0, maxKeyBytes + 1) : key;
}

/** A buffer `crc32 | value` of its own. */
export function seal({ seed }: Tree, key: Uint8Array, value: Uint8Array, version: number): Buffer {
  const sealed = writeSlab.take(crcBytes + value.length);
  sealed.set(value, crcBytes);
  sealed.writeUInt32LE(checksum(seed, key, value, version));
  return sealed;
}

/** Memory that is handed out piece by piece and never taken back: it goes when the last piece of it goes. */
class Slab {
  readonly #bytes: number;
  #memory: Buffer = Buffer.alloc(0);
  #taken = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    if (length > this.#bytes / 8) return Buffer.allocUnsafeSlow(length);
    if (this.#taken + length > this.#memory.length) {
      this.#memory = Buffer.allocUnsafeSlow(this.#bytes);
      this.#taken = 0;
    }
    this.#taken += length;
    return this.#memory.subarray(this.#taken - length, this.#taken);
  }
}

const writeSlab = new Slab(writeSlabBytes);
const readSlab = new Slab(readSlabBytes);

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
