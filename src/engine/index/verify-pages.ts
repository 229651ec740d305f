/** Verifies the pages of an LMDB data file: every one that the last transaction names, and how they hang together. */

import type { IndexFinding } from "./index.ts";
import {
  DamagedPageError,
  headBytes,
  nameOf,
  newestOf,
  PageReader,
  problemOfMetas,
  readHead,
  readMetas,
  tableFlags,
} from "./lmdb-pages.ts";
import type { Expected, LeafNode, Meta, TreeHead } from "./lmdb-pages.ts";

/**
 * Walks all pages and yields now and then, for others to have their turn. What a row holds is not looked at: it has a
 * checksum of its own.
 *
 * @param file Of a store that is open and in use: a snapshot must be held from before, so that its pages stay.
 * @param names Of the tables there may be.
 */
export function* verifyPages(file: number, names: readonly string[]): Generator<undefined, IndexFinding[]> {
  const metas = readMetas(file);
  const meta = newestOf(metas);
  if (meta === null) return [{ table: undefined, problem: "its first page is damaged" }];
  const walk = new Walk(file, meta);
  const problem = problemOfMetas(metas);
  if (problem !== null) walk.report(undefined, problem);
  for (const [name, head] of yield* walk.tables(names)) {
    yield* walk.tree(name, head, ({ isTree }) => {
      if (isTree) throw new DamagedPageError("a row stands for a table");
    });
  }
  yield* walk.freePages();
  return walk.findings;
}

/**
 * Looks at what holds the tables, as every opening can afford.
 *
 * @returns Null: a table that stands under another name, or under none, would be taken for one that never was.
 */
export function problemOfTables(file: number, names: readonly string[]): string | null {
  for (;;) {
    const meta = newestOf(readMetas(file));
    if (meta === null) return "its first page is damaged";
    const walk = new Walk(file, meta);
    const walking = walk.tables(names);
    while (walking.next().done !== true);
    const [finding] = walk.findings;
    if (finding === undefined) return null;
    // Another process may have used the pages again meanwhile.
    if (newestOf(readMetas(file))?.transaction === meta.transaction) return finding.problem;
  }
}

type Compare = (one: Buffer, other: Buffer) => number;

const bytewise: Compare = (one, other) => one.compare(other);
const asNumbers: Compare = (one, other) => Number(one.readBigUInt64LE() - other.readBigUInt64LE());

/** Keys below a page: from `low` up to but without `high`. */
interface Bounds {
  readonly low?: Buffer | undefined;
  readonly high?: Buffer | undefined;
}

interface Tree {
  readonly name: string | undefined;
  readonly head: TreeHead;
  readonly compare: Compare;
  readonly visit: (row: LeafNode) => void;
  readonly seen: { branchPages: number; leafPages: number; overflowPages: number; entries: number };
}

class Walk {
  readonly findings: IndexFinding[] = [];
  readonly #meta: Meta;
  readonly #reader: PageReader;
  /** A bit for each page that was seen. */
  readonly #used: Uint8Array;

  constructor(file: number, meta: Meta) {
    this.#meta = meta;
    this.#reader = new PageReader(file, meta);
    this.#used = new Uint8Array(Math.ceil((meta.lastPage + 1) / 8));
  }

  report(table: string | undefined, problem: string): void {
    this.findings.push({ table, problem });
  }

  /** The tables with their heads. */
  *tables(names: readonly string[]): Generator<undefined, [name: string, head: TreeHead][]> {
    const heads: [name: string, head: TreeHead][] = [];
    if (this.#meta.main.flags !== 0) this.report(undefined, "its list of tables has unknown flags");
    yield* this.tree(undefined, this.#meta.main, ({ key, data, isTree }) => {
      const head = isTree && data?.length === headBytes ? readHead(data) : null;
      const name = nameOf(key);
      if (head === null || !names.includes(name)) {
        throw new DamagedPageError(
          `it has a table of the unknown name ${JSON.stringify(name)}, or a later version has made it`,
        );
      }
      if (head.flags !== tableFlags) throw new DamagedPageError(`its table "${name}" has unknown flags`);
      heads.push([name, head]);
    });
    return heads;
  }

  *tree(
    name: string | undefined,
    head: TreeHead,
    visit: (row: LeafNode) => void,
    compare: Compare = bytewise,
  ): Generator<undefined> {
    const before = this.findings.length;
    const seen = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 };
    const tree = { name, head, compare, visit, seen };
    if (head.root !== null) {
      yield* this.#page(tree, { page: head.root, transaction: this.#meta.transaction }, 1, {});
    }
    // What is below a damaged page is not counted.
    if (this.findings.length > before) return;
    for (const what of ["branchPages", "leafPages", "overflowPages", "entries"] as const) {
      if (seen[what] !== head[what]) {
        this.report(name, `it has ${seen[what]} ${words[what]}, and should have ${head[what]}`);
      }
    }
  }

  *#page(tree: Tree, expected: Expected, depth: number, bounds: Bounds): Generator<undefined> {
    yield undefined;
    try {
      this.#use(expected.page, 1);
      if (depth === tree.head.depth) {
        this.#leaf(tree, expected, bounds);
        return;
      }
      const { transaction, children } = this.#reader.branch(expected);
      tree.seen.branchPages++;
      // The key of the first is not looked at: it stands for all that is below the second.
      const keys = children.slice(1).map(({ key }) => key);
      this.#ordered(tree, expected.page, keys, bounds);
      for (const [at, { page }] of children.entries()) {
        const below = { low: keys[at - 1] ?? bounds.low, high: keys[at] ?? bounds.high };
        yield* this.#page(tree, { page, transaction }, depth + 1, below);
      }
    } catch (error) {
      if (!(error instanceof DamagedPageError)) throw error;
      this.report(tree.name, error.message);
    }
  }

  #leaf(tree: Tree, expected: Expected, bounds: Bounds): void {
    const rows = this.#reader.leaf(expected);
    tree.seen.leafPages++;
    tree.seen.entries += rows.length;
    this.#ordered(
      tree,
      expected.page,
      rows.map(({ key }) => key),
      bounds,
    );
    for (const row of rows) {
      if (row.overflow !== undefined) {
        tree.seen.overflowPages += row.overflow.pages;
        this.#use(row.overflow.page, row.overflow.pages);
      }
      tree.visit(row);
    }
  }

  #ordered({ compare }: Tree, page: number, keys: readonly Buffer[], { low, high }: Bounds): void {
    let last = low;
    for (const [at, key] of keys.entries()) {
      const order = last === undefined ? 1 : compare(key, last);
      if (order < 0 || (order === 0 && at > 0) || (high !== undefined && compare(key, high) >= 0)) {
        throw new DamagedPageError(`page ${page} has a key in the wrong place`);
      }
      last = key;
    }
  }

  /**
   * What is free must not be in use: it would be overwritten. Each row of the free list is `words that follow (8)`, and of
   * them each is a page, 0 for none, or the negated length of the run that the page behind it begins.
   */
  *freePages(): Generator<undefined> {
    const lists: Buffer[] = [];
    const collect = ({ key, data, overflow }: LeafNode): void => {
      if (key.length !== 8) throw new DamagedPageError("the list of free pages has a key of another kind");
      lists.push(overflow === undefined ? (data ?? Buffer.alloc(0)) : this.#reader.bytesOf(overflow));
    };
    yield* this.tree(undefined, this.#meta.free, collect, asNumbers);
    try {
      for (const list of lists) this.#freeList(list);
    } catch (error) {
      if (!(error instanceof DamagedPageError)) throw error;
      this.report(undefined, `the list of free pages is damaged: ${error.message}`);
    }
  }

  #freeList(list: Buffer): void {
    const count = list.length < 8 ? -1 : Number(list.readBigInt64LE(0));
    if (count < 0 || (count + 1) * 8 > list.length) throw new DamagedPageError("a row has a wrong length");
    let run = 1;
    for (let at = 1; at <= count; at++) {
      const word = Number(list.readBigInt64LE(at * 8));
      if (word < 0) run = -word;
      else if (word > 0) {
        if (word < 2 || word + run - 1 > this.#meta.lastPage)
          throw new DamagedPageError(`there is no page ${word}`);
        this.#use(word, run);
        run = 1;
      }
    }
  }

  /** Marks pages. */
  #use(page: number, pages: number): void {
    for (let at = page; at < page + pages; at++) {
      const bit = 1 << (at & 7);
      const byte = this.#used[at >> 3] ?? 0;
      if ((byte & bit) !== 0) throw new DamagedPageError(`page ${at} is used twice`);
      this.#used[at >> 3] = byte | bit;
    }
  }
}

const words = {
  branchPages: "branch pages",
  leafPages: "leaf pages",
  overflowPages: "overflow pages",
  entries: "rows",
} as const;
