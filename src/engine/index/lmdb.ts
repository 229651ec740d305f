/**
 * The index on LMDB.
 *
 * Pages of the file that were ever read count as resident memory of the process until it unmaps them, which LMDB never
 * does. So the environment is opened anew when they have become many: a few milliseconds in which everybody waits.
 */

import { randomInt } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { setImmediate as nextTurn, setTimeout } from "node:timers/promises";

import { DamagedTableError, tables } from "./index.ts";
import type {
  Awaitable,
  Commit,
  Entry,
  Index,
  IndexFinding,
  Snapshot,
  Table,
  VerifyOptions,
} from "./index.ts";
import { write } from "./lmdb-commit.ts";
import { openEnvironment, reusableBytes, statsOf } from "./lmdb-environment.ts";
import type { Environment } from "./lmdb-environment.ts";
import { getRow, rowsIn } from "./lmdb-rows.ts";
import { mappedResidentBytes } from "./mapped-memory.ts";
import { verifyPages } from "./verify-pages.ts";

export interface LmdbIndexOptions {
  /** Directory of the environment; made when it is not there. */
  readonly path: string;
  /** `relaxed`: a commit resolves when it is visible, and is flushed soon after. Default `strict`. */
  readonly durability?: "strict" | "relaxed" | undefined;
}

/**
 * Growth of mapped resident memory after which the environment is opened anew, and how often that is looked at. What is
 * mapped again within moments is in use, and then more is granted.
 */
const leastMappedBytes = 48 * 1024 * 1024;
const mostMappedBytes = 72 * 1024 * 1024;
const lookEveryMs = 200;
const momentsMs = 2000;
/** How long an opening waits for commits and snapshots to end before it is put off, and for how long then. */
const patienceMs = 500;
const putOffMs = 10_000;
const mostAttempts = 100;
const retryMs = 100;
const readerCheckEveryMs = 5000;
/** How long pages are verified before others have their turn. */
const turnMs = 2;

const ignore = (): void => {};

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
  #moment = 0;
  #momentLasts = false;
  readonly #endMoment = (): void => {
    this.#momentLasts = false;
  };
  /** Commits and snapshots that need the environment as it is. */
  #users = 0;
  #lastUserLeft: (() => void) | null = null;
  /** Of the users those who will not leave soon: nobody waits for them. */
  #verifications = 0;
  /** What newcomers wait for. */
  #gate: Promise<void> | null = null;
  readonly #mappedAtFirst: number;
  #remappedAtMs = -Infinity;
  #remapNotBeforeMs = 0;
  #grantsMore = false;
  #readerCheckAtMs = 0;
  readonly #timer: NodeJS.Timeout;

  constructor({ path, durability = "strict" }: LmdbIndexOptions) {
    this.#path = path;
    this.#durability = durability;
    this.#environment = openEnvironment(path, durability);
    this.#mappedAtFirst = mappedResidentBytes() ?? Infinity;
    this.#timer = setInterval(() => void this.#look(), lookEveryMs);
    this.#timer.unref();
  }

  get(table: Table, key: Uint8Array): Awaitable<Entry | null> {
    const environment = this.#environment;
    if (environment === null) return this.#afterGate(() => this.get(table, key));
    try {
      return getRow(table, environment.trees[table], key);
    } catch (error) {
      // LMDB reads nothing any more in a transaction in which it has failed.
      if (error instanceof DamagedTableError) environment.root.resetReadTxn();
      throw error;
    }
  }

  moment(): number {
    // LMDB reads with one transaction throughout a turn of the event loop, unless something resets it.
    if (!this.#momentLasts) {
      this.#momentLasts = true;
      this.#moment++;
      setImmediate(this.#endMoment);
    }
    return this.#moment;
  }

  refresh(): void {
    this.#moment++;
    this.#environment?.root.resetReadTxn();
  }

  snapshot(): Awaitable<Snapshot> {
    if (this.#gate !== null) return this.#afterGate(() => this.snapshot());
    const { root, trees } = this.#opened();
    const transaction = root.useReadTransaction();
    this.#users++;
    let hasFailed = false;
    const reading = <T>(read: () => T): T => {
      try {
        return read();
      } catch (error) {
        hasFailed ||= error instanceof DamagedTableError;
        throw error;
      }
    };
    return {
      get: (table, key) => reading(() => getRow(table, trees[table], key, transaction)),
      range: (table, range) => reading(() => rowsIn(table, trees[table], range, transaction)),
      close: () => {
        transaction.done();
        if (hasFailed) root.resetReadTxn();
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
      this.#moment++;
      this.#leave();
    }
  }

  count(table: Table): Awaitable<number> {
    if (this.#environment === null) return this.#afterGate(() => this.count(table));
    return statsOf(this.#environment.trees[table]).entryCount;
  }

  async verify({ signal, pauseMs = 0 }: VerifyOptions = {}): Promise<IndexFinding[]> {
    this.#verifications++;
    try {
      const snapshot = await this.snapshot();
      const file = openSync(this.#opened().dataFile, "r");
      try {
        return await this.#verifyFile(file, pauseMs, signal);
      } finally {
        closeSync(file);
        snapshot.close();
      }
    } finally {
      this.#verifications--;
    }
  }

  reusableBytes(): Awaitable<number> {
    if (this.#environment === null) return this.#afterGate(() => this.reusableBytes());
    return reusableBytes(this.#environment);
  }

  /**
   * Opens the environment anew, which gives back the memory of its mapping.
   *
   * @returns False when it was put off: somebody kept a snapshot open for so long, or the index is being verified.
   */
  async remap(): Promise<boolean> {
    if (this.#gate !== null) return true;
    if (this.#verifications > 0) return false;
    const reopening = this.#reopen();
    this.#gate = reopening.then(ignore, ignore);
    try {
      return await reopening;
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

  async #look(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs >= this.#readerCheckAtMs) {
      this.#readerCheckAtMs = nowMs + readerCheckEveryMs;
      // A process that was killed leaves the snapshot it read with, which keeps old pages from being used again.
      (this.#environment?.root as { readerCheck?(): number } | undefined)?.readerCheck?.();
    }
    const grownBytes = (mappedResidentBytes() ?? 0) - this.#mappedAtFirst;
    if (grownBytes <= leastMappedBytes || nowMs < this.#remapNotBeforeMs) return;
    const sinceMs = nowMs - this.#remappedAtMs;
    if (grownBytes <= mostMappedBytes && (sinceMs < momentsMs || this.#grantsMore)) {
      this.#grantsMore = true;
      return;
    }
    this.#grantsMore = false;
    const isDone = await this.remap();
    this.#remappedAtMs = performance.now();
    // More is in use than can be granted: opening anew all the time would cost more than it gives.
    if (!isDone || sinceMs < momentsMs / 4)
      this.#remapNotBeforeMs = this.#remappedAtMs + (isDone ? momentsMs : putOffMs);
  }

  async #reopen(): Promise<boolean> {
    if (!(await this.#idle())) return false;
    const { root } = this.#opened();
    this.#environment = null;
    await root.close();
    this.#environment = await this.#reopened();
    return true;
  }

  async #verifyFile(file: number, pauseMs: number, signal: AbortSignal | undefined): Promise<IndexFinding[]> {
    const walk = verifyPages(file, tables);
    for (let turnEndMs = performance.now() + turnMs; ;) {
      const step = walk.next();
      if (step.done === true) return step.value;
      if (performance.now() >= turnEndMs) {
        await (pauseMs === 0 ? nextTurn() : setTimeout(pauseMs, undefined, { signal }));
        turnEndMs = performance.now() + turnMs;
      }
      signal?.throwIfAborted();
    }
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
