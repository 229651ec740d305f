/**
 * The pages of an LMDB data file, read from the file and not through LMDB: it trusts its pages, and one that is damaged
 * can end the process. Everything is verified before it is used; what is wrong is a {@link DamagedPageError}.
 *
 * Numbers are little-endian. Every page begins with `own number (8) transaction (8) pad (2) flags (2)`, and goes on with
 * `lower (2) upper (2)` and the places of its nodes, or in the first of a run of overflow pages with the length of the run
 * (4). A node is `size of its data, or page below it (4, of a page 2 more) flags (2) size of its key (2) key data`; places
 * count from the end of the page's header. Pages 0 and 1 are metadata.
 */

import { readSync } from "node:fs";

const magic = 0xbeefc0de;
const version = 2;
const headerBytes = 24;
const nodeHeaderBytes = 8;
/** Of what stands in a node for data on overflow pages: first page, transaction, number of pages. */
const overflowBytes = 24;
const pageFlag = { branch: 0x01, leaf: 0x02, overflow: 0x04, meta: 0x08 } as const;
const nodeFlag = { overflow: 0x01, tree: 0x02 } as const;
const metaAt = {
  address: 32,
  mapSize: 40,
  pageSize: 48,
  free: 48,
  main: 96,
  lastPage: 144,
  transaction: 152,
};
const metaBytes = 160;
const noPage = 2n ** 64n - 1n;
/** Of metadata that was not flushed when it was written. */
const relaxedFlag = 0x1000;
/** A file is never filled up to more than this: the map that LMDB is given. */
export const mostFileBytes: number = 2 ** 42;

/** What a page should have been and is not. */
export class DamagedPageError extends Error {
  override readonly name: string = "DamagedPageError";
}

/** What is known of a tree beside its pages. */
export interface TreeHead {
  readonly flags: number;
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  /** Null: it is empty. */
  readonly root: number | null;
}

/** A page of metadata: one of the last two transactions. */
export interface Meta {
  readonly pageSize: number;
  readonly lastPage: number;
  readonly transaction: number;
  /** Pages that are free, by the transaction that freed them. */
  readonly free: TreeHead;
  /** The heads of all tables, by their names. */
  readonly main: TreeHead;
}

/** A row of a tree as it stands in a leaf. */
export interface LeafNode {
  readonly key: Buffer;
  /** Null: it stands on overflow pages. */
  readonly data: Buffer | null;
  readonly overflow?: Overflow;
  /** Whether the data is the head of a tree. */
  readonly isTree: boolean;
}

/** A run of pages that holds the data of one row. */
export interface Overflow {
  readonly page: number;
  readonly pages: number;
  /** Of the data, in bytes. */
  readonly size: number;
}

export type Metas = readonly [Meta | null, Meta | null];

/** Both pages of metadata, of one moment; null for one that is none. Other processes may be writing them. */
export function readMetas(file: number): Metas {
  let metas = readOnce(file);
  for (;;) {
    const again = readOnce(file);
    if (metas.every((meta, at) => meta?.transaction === again[at]?.transaction)) return again;
    metas = again;
  }
}

function readOnce(file: number): Metas {
  const first = readMeta(file, 0);
  return [first, first === null ? null : readMeta(file, first.pageSize)];
}

/**
 * What is wrong with the pages of metadata; null where nothing is. A transaction writes the page of its number's parity, so
 * that the one before stays on the other. Where they are not flushed one by one, a power cut may leave others.
 */
export function problemOfMetas([first, second]: Metas): string | null {
  if (first === null || second === null) return "its first page is damaged";
  if (((first.free.flags | second.free.flags) & relaxedFlag) !== 0) return null;
  const [one, other] = [first.transaction, second.transaction];
  const isPair = (one === 0 && other === 0) || (one % 2 === 0 && Math.abs(one - other) === 1);
  return isPair ? null : "its first two pages are not those of one transaction and the next";
}

/** The one that LMDB goes by. */
export function newestOf([first, second]: Metas): Meta | null {
  return first !== null && second !== null && second.transaction > first.transaction ? second : first;
}

function readMeta(file: number, position: number): Meta | null {
  const page = Buffer.alloc(metaBytes);
  if (readSync(file, page, 0, metaBytes, position) < metaBytes) return null;
  const pageSize = page.readUInt32LE(metaAt.pageSize);
  const isMeta =
    (page.readUInt16LE(18) & pageFlag.meta) !== 0 &&
    page.readUInt32LE(headerBytes) === magic &&
    page.readUInt32LE(headerBytes + 4) === version &&
    page.readBigUInt64LE(metaAt.address) === 0n &&
    page.readBigUInt64LE(metaAt.mapSize) <= mostFileBytes &&
    pageSize >= 512 &&
    pageSize <= 32 * 1024 &&
    (pageSize & (pageSize - 1)) === 0;
  if (!isMeta) return null;
  return {
    pageSize,
    lastPage: Number(page.readBigUInt64LE(metaAt.lastPage)),
    transaction: Number(page.readBigUInt64LE(metaAt.transaction)),
    free: readHead(page.subarray(metaAt.free)),
    main: readHead(page.subarray(metaAt.main)),
  };
}

/** Of every table: lmdb-js puts versions in front of its rows. */
export const tableFlags = 0x100;

/** Bytes of a tree's head. */
export const headBytes = 48;

/** The name of a table, out of its key among the tables: lmdb-js ends it with NUL. */
export function nameOf(key: Buffer): string {
  return key.toString("latin1", 0, key.at(-1) === 0 ? key.length - 1 : key.length);
}

export function readHead(bytes: Buffer): TreeHead {
  const root = bytes.readBigUInt64LE(40);
  return {
    flags: bytes.readUInt16LE(4),
    depth: bytes.readUInt16LE(6),
    branchPages: Number(bytes.readBigUInt64LE(8)),
    leafPages: Number(bytes.readBigUInt64LE(16)),
    overflowPages: Number(bytes.readBigUInt64LE(24)),
    entries: Number(bytes.readBigUInt64LE(32)),
    root: root === noPage ? null : Number(root),
  };
}

/** What a page must be by what is known of where it stands. */
export interface Expected {
  readonly page: number;
  /** Of the page above it: what is below a page is never younger. */
  readonly transaction: number;
}

interface Page {
  readonly bytes: Buffer;
  readonly transaction: number;
}

interface Child {
  readonly key: Buffer;
  readonly page: number;
}

/** Reads pages one at a time, as they were when the metadata was written. */
export class PageReader {
  readonly #file: number;
  readonly #meta: Meta;

  constructor(file: number, meta: Meta) {
    this.#file = file;
    this.#meta = meta;
  }

  /** @throws DamagedPageError */
  branch(expected: Expected): { transaction: number; children: Child[] } {
    const { bytes, transaction } = this.#nodesPage(expected, "branch");
    const children = nodesOf(bytes, expected.page, (at) => {
      const keyBytes = bytes.readUInt16LE(at + 6);
      const page = bytes.readUInt32LE(at) + bytes.readUInt16LE(at + 4) * 2 ** 32;
      return {
        node: { key: bytes.subarray(at + nodeHeaderBytes, at + nodeHeaderBytes + keyBytes), page },
        dataBytes: 0,
      };
    });
    return { transaction, children };
  }

  /** @throws DamagedPageError */
  leaf(expected: Expected): LeafNode[] {
    const { bytes, transaction } = this.#nodesPage(expected, "leaf");
    return nodesOf(bytes, expected.page, (at) => {
      const size = bytes.readUInt32LE(at);
      const flags = bytes.readUInt16LE(at + 4);
      if (flags > nodeFlag.tree)
        throw new DamagedPageError(`page ${expected.page} has a row of unknown kind`);
      const isOverflow = flags === nodeFlag.overflow;
      const dataAt = at + nodeHeaderBytes + bytes.readUInt16LE(at + 6);
      const dataBytes = isOverflow ? overflowBytes : size;
      if (dataAt + dataBytes > bytes.length) {
        throw new DamagedPageError(`page ${expected.page} has a row that goes past its end`);
      }
      const data = bytes.subarray(dataAt, dataAt + dataBytes);
      const node = {
        key: bytes.subarray(at + nodeHeaderBytes, dataAt),
        data: isOverflow ? null : data,
        isTree: flags === nodeFlag.tree,
        ...(isOverflow ? { overflow: this.#overflow(data, size, transaction) } : {}),
      };
      return { node, dataBytes };
    });
  }

  /** What stands on overflow pages. */
  bytesOf({ page, size }: Overflow): Buffer {
    const bytes = Buffer.alloc(size);
    readSync(this.#file, bytes, 0, size, page * this.#meta.pageSize + headerBytes);
    return bytes;
  }

  #nodesPage({ page, transaction: above }: Expected, kind: "branch" | "leaf"): Page {
    const read = this.#read(page, above);
    if (read.bytes.readUInt16LE(18) !== pageFlag[kind])
      throw new DamagedPageError(`page ${page} is no ${kind} page`);
    return read;
  }

  #overflow(place: Buffer, size: number, above: number): Overflow {
    const page = Number(place.readBigUInt64LE(0));
    const pages = Number(place.readBigUInt64LE(16));
    const { bytes } = this.#read(page, above);
    const wanted = Math.floor((headerBytes - 1 + size) / this.#meta.pageSize) + 1;
    if (bytes.readUInt16LE(18) !== pageFlag.overflow)
      throw new DamagedPageError(`page ${page} is no overflow page`);
    if (pages !== wanted || bytes.readUInt32LE(20) !== wanted || page + pages - 1 > this.#meta.lastPage) {
      throw new DamagedPageError(`page ${page} begins a run of another length than its row has`);
    }
    return { page, pages, size };
  }

  #read(page: number, above: number): Page {
    const { pageSize, lastPage } = this.#meta;
    if (page < 2 || page > lastPage)
      throw new DamagedPageError(`page ${page} is named, and there are ${lastPage + 1}`);
    const bytes = Buffer.allocUnsafe(pageSize);
    if (readSync(this.#file, bytes, 0, pageSize, page * pageSize) < pageSize) {
      throw new DamagedPageError(`page ${page} is behind the end of the file`);
    }
    const transaction = Number(bytes.readBigUInt64LE(8));
    if (Number(bytes.readBigUInt64LE(0)) !== page || bytes.readUInt16LE(16) !== 0 || transaction > above) {
      throw new DamagedPageError(`page ${page} has the header of another`);
    }
    return { bytes, transaction };
  }
}

/** The nodes of a page in their order, which fill it from where they begin to its end. */
function nodesOf<T>(bytes: Buffer, page: number, read: (at: number) => { node: T; dataBytes: number }): T[] {
  const lower = bytes.readUInt16LE(20);
  const upper = bytes.readUInt16LE(22);
  const room = bytes.length - headerBytes;
  if (lower % 2 !== 0 || lower > upper || upper > room)
    throw new DamagedPageError(`page ${page} has no sound bounds`);
  const places: [begin: number, end: number][] = [];
  const nodes: T[] = [];
  for (let slot = 0; slot < lower; slot += 2) {
    const at = headerBytes + bytes.readUInt16LE(headerBytes + slot);
    if (at < headerBytes + upper || at + nodeHeaderBytes > bytes.length) {
      throw new DamagedPageError(`page ${page} has a row outside of its bounds`);
    }
    const { node, dataBytes } = read(at);
    const length = nodeHeaderBytes + bytes.readUInt16LE(at + 6) + dataBytes;
    places.push([at, at + length + (length % 2)]);
    nodes.push(node);
  }
  let end = headerBytes + upper;
  for (const place of places.toSorted(([one], [other]) => one - other)) {
    if (place[0] !== end)
      throw new DamagedPageError(`page ${page} has rows that do not lie one behind the other`);
    end = place[1];
  }
  if (end !== bytes.length) throw new DamagedPageError(`page ${page} has rows that do not fill it`);
  return nodes;
}
