/**
 * Looks at an LMDB data file before LMDB does: lmdb-js ends the process with a segmentation fault where opening fails, and
 * reading past the end of a file that was cut is a bus error. After either, nobody would know why.
 *
 * Two pages of metadata come first, each `page header (24) | magic (4) version (4) address (8) map size (8) | free list's
 * tree (48, its first word the page size) | main tree (48) | last page (8) transaction (8)`, little-endian.
 */

import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";

const magic = 0xbeefc0de;
const version = 2;
const metaFlag = 0x08;
const at = {
  flags: 18,
  magic: 24,
  version: 28,
  pageSize: 48,
  lastPage: 144,
  transaction: 152,
  end: 160,
} as const;
/** A file is never filled up to more than this: the map that LMDB is given. */
const mostBytes = 2 ** 42;

/**
 * `new`: there is nothing in it yet. `damaged`: its first page is not LMDB's, so that nothing can be read.
 *
 * A file that is shorter than its metadata says is filled with zeros: what reads those pages gets an error then. Pages at
 * the end that nothing refers to need not be there.
 */
export function prepareDataFile(path: string): "new" | "sound" | "damaged" {
  let file: number;
  try {
    file = openSync(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "new";
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    if (size === 0) return "new";
    const first = readMeta(file, 0);
    if (first === null) return "damaged";
    const second = readMeta(file, first.pageSize);
    const current = second !== null && second.transaction > first.transaction ? second : first;
    const wanted = (Number(current.lastPage) + 1) * first.pageSize;
    if (wanted > mostBytes) return "damaged";
    if (size < wanted) ftruncateSync(file, wanted);
    return "sound";
  } finally {
    closeSync(file);
  }
}

interface Meta {
  readonly pageSize: number;
  readonly lastPage: bigint;
  readonly transaction: bigint;
}

function readMeta(file: number, position: number): Meta | null {
  const page = Buffer.alloc(at.end);
  if (readSync(file, page, 0, page.length, position) < page.length) return null;
  const pageSize = page.readUInt32LE(at.pageSize);
  const isMeta =
    (page.readUInt16LE(at.flags) & metaFlag) !== 0 &&
    page.readUInt32LE(at.magic) === magic &&
    page.readUInt32LE(at.version) === version &&
    pageSize >= 512 &&
    pageSize <= 64 * 1024 &&
    (pageSize & (pageSize - 1)) === 0;
  if (!isMeta) return null;
  return {
    pageSize,
    lastPage: page.readBigUInt64LE(at.lastPage),
    transaction: page.readBigUInt64LE(at.transaction),
  };
}
