/**
 * The index port: byte-ordered tables, snapshots, and one atomic commit of checks, puts and deletes.
 *
 * That is all the engine asks of a database; it maps to LMDB, to FoundationDB and to Postgres-compatible databases. An
 * index knows nothing of S3. Every implementation passes the suite in `contract.test.ts`.
 */

/** The tables, in the order of their numbers: the number is part of what is stored, so new ones go to the end. */
export const tables = [
  "meta",
  "buckets",
  "objects",
  "uploads",
  "parts",
  "manifests",
  "inline",
  "blobs",
  "trash",
  "users",
  "keys",
  "versions",
  "heads",
  "outbox",
  "logs",
  "usage",
] as const;

export type Table = (typeof tables)[number];

/**
 * The longest key of a row, in bytes: an S3 key of 1,024 bytes with what stands before and after it. What is asked for may
 * be longer: no row has that key, and a range begins and ends where it would stand.
 */
export const maxKeyBytes = 1200;

export type Awaitable<T> = T | Promise<T>;

/** A row as a snapshot saw it. Its buffers belong to the caller. */
export interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
  /** Differs from every other version that this key had or will have. */
  readonly version: number;
}

/** Keys from `start` up to but without `end`; without `end`, to the end of the table. */
export interface Range {
  readonly start: Uint8Array;
  readonly end?: Uint8Array | undefined;
  /** The most rows to return. */
  readonly limit: number;
}

/** The index at one moment. A value that fails its own checksum is an error, never returned. */
export interface Snapshot {
  get(table: Table, key: Uint8Array): Awaitable<Entry | null>;
  range(table: Table, range: Range): Awaitable<Entry[]>;
  /** Must be called: an open snapshot keeps old pages from being used again. */
  close(): void;
}

/** A row must have this version, or must not exist (`null`), for a commit to happen. */
export interface Check {
  readonly table: Table;
  readonly key: Uint8Array;
  readonly version: number | null;
}

export interface Put {
  readonly table: Table;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface Delete {
  readonly table: Table;
  readonly key: Uint8Array;
}

/** All of it happens, or none. A key stands at most once among puts and deletes. */
export interface Commit {
  readonly checks?: readonly Check[];
  readonly puts?: readonly Put[];
  readonly deletes?: readonly Delete[];
}

export interface Index {
  /** The newest committed row. */
  get(table: Table, key: Uint8Array): Awaitable<Entry | null>;
  snapshot(): Awaitable<Snapshot>;
  /**
   * Differs from every earlier answer as soon as {@link Index.get} may see something that it did not see then. What was
   * read in the same moment need not be read again.
   */
  moment(): number;
  /**
   * From here on, reads see everything that was committed before, by other processes too. Without it they see what this
   * process committed, and what others did some milliseconds ago.
   */
  refresh(): void;
  /**
   * True when it is durable and every later read sees it, false when a check failed and nothing was done. The buffers
   * given must not change before.
   *
   * @throws S3Error InsufficientStorage when there was no room, and nothing was done; InternalError when the disk failed,
   *   and only the next opening can tell whether it was done.
   */
  commit(commit: Commit): Promise<boolean>;
  /** How many rows the index believes a table has. */
  count(table: Table): Awaitable<number>;
  /** Looks at how it is stored, beneath its rows: what is wrong there can hide rows, or show others in their place. */
  verify(options?: VerifyOptions): Promise<IndexFinding[]>;
  /** Bytes that it holds and can use again without asking the disk for more. */
  reusableBytes(): Awaitable<number>;
  close(): Promise<void>;
}

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long everybody else has their turn after each two milliseconds. Default 0: no longer than they need at once. */
  readonly pauseMs?: number | undefined;
}

/** Something that is wrong with how an index is stored. */
export interface IndexFinding {
  /** Undefined: of no table alone. */
  readonly table: string | undefined;
  readonly problem: string;
}

/** A finding in words. */
export function wordsOfFinding({ table, problem }: IndexFinding): string {
  return table === undefined ? problem : `table "${table}": ${problem}`;
}

/** What an operator is to do when a read says that the index is damaged. */
export const damageAdvice = "stop the server and run `stowage check`";

/** A row whose bytes are not those that were written. */
export class DamagedRowError extends Error {
  override readonly name: string = "DamagedRowError";
  readonly table: Table;
  readonly key: Buffer;

  constructor(table: Table, key: Uint8Array) {
    super(
      `The index is damaged: a row of "${table}" fails its checksum (key ${Buffer.from(key).toString("hex")}); ${damageAdvice}`,
    );
    this.table = table;
    this.key = Buffer.from(key);
  }
}

/** A table that cannot be read where it was to be read. */
export class DamagedTableError extends Error {
  override readonly name: string = "DamagedTableError";

  constructor(table: Table, cause: unknown) {
    super(`The index is damaged: "${table}" cannot be read (${(cause as Error).message}); ${damageAdvice}`, {
      cause,
    });
  }
}

/** For implementations: refuses a commit that none can take. @throws RangeError */
export function checkKeys(...groups: readonly (readonly { readonly key: Uint8Array }[])[]): void {
  for (const group of groups) {
    for (const { key } of group) {
      if (key.length === 0 || key.length > maxKeyBytes) {
        throw new RangeError(`Invalid key of ${key.length} bytes: 1 to ${maxKeyBytes} are allowed`);
      }
    }
  }
}
