/**
 * Rows in LMDB: `crc32 | value`, behind the version that lmdb-js puts in front.
 *
 * The CRC covers table, key, version and value, so a row that was damaged or is in the wrong place is an error.
 */

import { crc32 } from "node:zlib";

import { getLastVersion } from "lmdb";
import type { RangeOptions, Transaction } from "lmdb";

import { DamagedRowError } from "./index.ts";
import type { Entry, Range, Table } from "./index.ts";
import type { Tree } from "./lmdb-environment.ts";

const crcBytes = 4;
/** Smallest key there can be: LMDB has no empty ones. */
const firstKey = Buffer.of(0);
/** One allocation serves many values: an ArrayBuffer for each would cost more than the rest of sealing it. */
const slabBytes = 1024 * 1024;

/** What lmdb-js has and its types do not tell. */
interface ReadTransaction extends Transaction {
  /** Set when lmdb-js has begun to read with a newer transaction. */
  readonly notCurrent?: boolean;
}

interface ReadableRows {
  getBinary(key: Uint8Array, options?: { transaction: Transaction }): Buffer | undefined;
}

/** @param transaction Default: what lmdb-js reads with, which sees every finished commit. */
export function getRow(
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

export function rowsIn(
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
export function seal({ seed }: Tree, key: Uint8Array, value: Uint8Array, version: number): Buffer {
  const sealed = takeBytes(crcBytes + value.length);
  sealed.set(value, crcBytes);
  sealed.writeUInt32LE(checksum(seed, key, value, version));
  return sealed;
}

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
