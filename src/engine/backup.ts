/**
 * Copies a store into a directory that can be served, while a server serves it.
 *
 * The copy is the index at one moment, read row by row in a snapshot, and the blobs that it names; none of them is removed
 * before the copy is done. Everything is verified as it is read. A copy that is there already stays whole until the new one
 * has all that it needs: then one rename puts the new index in the place of the old.
 */

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, open, readdir, rename, rm } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { setTimeout } from "node:timers/promises";

import { isBackup, noteBackup } from "./backup-note.ts";
import { openDiskBlobs } from "./blobs/disk.ts";
import type { BlobId, Blobs } from "./blobs/blobs.ts";
import { Draft } from "./atomic.ts";
import { rowsUpToDamage, walkTable } from "./check-rows.ts";
import { readFormat } from "./format.ts";
import { damageAdvice, DamagedRowError, tables, wordsOfFinding } from "./index/index.ts";
import type { Index } from "./index/index.ts";
import { openLmdbIndex } from "./index/lmdb.ts";
import { makeDirectory, syncDirectory } from "./make-directory.ts";
import { takeOwnerLock } from "./owner-lock.ts";
import { afterKey } from "./table-keys.ts";
import { holdTrash, isTrashHold } from "./trash-hold.ts";

export interface BackupOptions {
  /** Data directory of the store. */
  readonly from: string;
  /** Directory of the copy: a new or empty one, or that of an earlier copy. */
  readonly to: string;
  /** Files of the data directory to be copied beside the store, where they are there. */
  readonly files?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told from time to time. */
  readonly onProgress?: ((progress: BackupProgress) => void) | undefined;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: (() => number) | undefined;
}

/** What a backup has done so far. */
export interface BackupCounts {
  /** Rows of the index. */
  rows: number;
  /** Blobs, which hold the bytes of large objects and parts, that were copied. */
  copiedBlobs: number;
  copiedBytes: number;
  /** Blobs that an earlier backup had copied. */
  keptBlobs: number;
  /** Blobs of the earlier backup that nothing names any more. */
  removedBlobs: number;
  /** Blobs that could not be read, in words. What was copied of them earlier is kept. */
  readonly damage: string[];
}

/** How far a backup is. */
export interface BackupProgress {
  /** What is copied now. */
  readonly of: "rows" | "blobs";
  readonly done: number;
  readonly total: number;
  /** Bytes of blobs so far, those of unfinished ones among them. */
  readonly bytes: number;
}

/** Commits of 200 rows. */
const parallelCommits = 16;
const parallelBlobs = 4;
/** How long it takes at most from a blob's removal to that of its row. */
const removalMs = 5000;
const lookAgainMs = 100;
const storeIdKey = Buffer.from("store-id");

/**
 * Makes a backup, or brings an earlier one up to date.
 *
 * @throws Error where `to` is something else, or is served, or where the store's index is damaged: what is in `to` is then
 *   what it was. S3Error InsufficientStorage.
 * @example
 * const { rows, damage } = await backup({ from: ".stowage", to: "/mnt/backup/stowage" });
 */
export async function backup(options: BackupOptions): Promise<BackupCounts> {
  const [from, to] = [resolve(options.from), resolve(options.to)];
  if (`${from}${sep}`.startsWith(`${to}${sep}`) || `${to}${sep}`.startsWith(`${from}${sep}`)) {
    throw refusal(`Cannot back up "${from}" into "${to}": one is in the other`);
  }
  const opened: { close(): Promise<void> }[] = [];
  const opening = <T extends { close(): Promise<void> }>(one: T): T => {
    opened.push(one);
    return one;
  };
  try {
    const index = opening(openLmdbIndex({ path: join(from, "index") }));
    if ((await readFormat(index, from)) === null) throw new Error(`There is no store in "${from}"`);
    const blobs = opening(await openDiskBlobs({ root: join(from, "blobs") }));
    const copy = opening(await openCopy(to, { from, storeId: await storeIdOf(index) }));
    opening(await holdTrash(index, options.clock ?? Date.now));
    return await new Backup({ index, blobs }, copy, options).run(from, to);
  } finally {
    for (const one of opened.toReversed()) await one.close();
  }
}

/** By what the backups of a store are known: drawn when the first is made. */
async function storeIdOf(index: Index): Promise<Buffer> {
  for (;;) {
    const row = await index.get("meta", storeIdKey);
    if (row !== null) return row.value;
    await index.commit(new Draft().check("meta", storeIdKey, null).put("meta", storeIdKey, randomBytes(16)));
  }
}

interface Copy {
  /** Of the backup that is there. Null: there is none. */
  readonly old: Index | null;
  readonly index: Index;
  readonly blobs: Blobs;
  /** Puts the new index in the place of the old. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** The `code` of the Error for a directory that is nothing to back up into. */
export const wrongDirectory = "WrongDirectory";

function refusal(message: string): Error {
  return Object.assign(new Error(message), { code: wrongDirectory });
}

/** @throws Error where the directory is neither empty nor an earlier backup of this store. */
async function openCopy(to: string, of: { readonly from: string; readonly storeId: Buffer }): Promise<Copy> {
  await makeDirectory(to);
  const found = await readdir(to);
  if (found.length > 0 && !isBackup(to)) {
    throw refusal(
      existsSync(join(to, "index", "data.mdb"))
        ? `Cannot back up into "${to}": it was served, as a backup is too once somebody has restored it: it is a store of its own`
        : `Cannot back up into "${to}": it is neither empty nor an earlier backup`,
    );
  }
  await makeDirectory(join(to, "owner"));
  const lock = await takeOwnerLock(to, join(to, "owner"));
  const [oldPath, newPath] = [join(to, "index"), join(to, "new-index")];
  const indexes: Index[] = [];
  const closeIndexes = async (): Promise<void> => {
    for (const one of indexes.splice(0)) await one.close();
  };
  try {
    let old: Index | null = null;
    if (existsSync(join(oldPath, "data.mdb"))) {
      old = openLmdbIndex({ path: oldPath });
      indexes.push(old);
      if ((await old.get("meta", storeIdKey))?.value.equals(of.storeId) !== true) {
        throw refusal(`Cannot back up into "${to}": it is the backup of another store`);
      }
    }
    await noteBackup(to, of.from);
    const blobs = await openDiskBlobs({ root: join(to, "blobs") });
    await rm(newPath, { recursive: true, force: true });
    // Flushed as a whole when it is closed, before anybody relies on it.
    const index = openLmdbIndex({ path: newPath, durability: "relaxed" });
    indexes.push(index);
    return {
      old,
      index,
      blobs,
      async finish(): Promise<void> {
        await closeIndexes();
        await makeDirectory(oldPath);
        const file = await open(join(newPath, "data.mdb"), "r+");
        await file.sync();
        await file.close();
        // The lock file tells of the old file's readers.
        await rm(join(oldPath, "lock.mdb"), { force: true });
        await rename(join(newPath, "data.mdb"), join(oldPath, "data.mdb"));
        await syncDirectory(oldPath);
      },
      async close(): Promise<void> {
        await closeIndexes();
        await blobs.close();
        await rm(newPath, { recursive: true, force: true });
        await lock.release();
      },
    };
  } catch (error) {
    await closeIndexes();
    await lock.release();
    throw error;
  }
}

class Backup {
  readonly #source: { readonly index: Index; readonly blobs: Blobs };
  readonly #copy: Copy;
  readonly #options: BackupOptions;
  readonly #counts: BackupCounts = {
    rows: 0,
    copiedBlobs: 0,
    copiedBytes: 0,
    keptBlobs: 0,
    removedBlobs: 0,
    damage: [],
  };
  #readBytes = 0;

  constructor(source: { index: Index; blobs: Blobs }, copy: Copy, options: BackupOptions) {
    this.#source = source;
    this.#copy = copy;
    this.#options = options;
  }

  async run(from: string, to: string): Promise<BackupCounts> {
    await this.#verifyIndex();
    await this.#copyRows();
    await this.#copyBlobs();
    const unnamed = await this.#unnamed();
    await this.#copyFiles(from, to);
    await this.#copy.finish();
    // Only now: until here the old index named them.
    for (const id of unnamed) await this.#copy.blobs.remove(id);
    this.#counts.removedBlobs = unnamed.length;
    return this.#counts;
  }

  /** Rows may be hidden by what is damaged, and the backup that has them would be replaced by one without. */
  async #verifyIndex(): Promise<void> {
    const [finding] = await this.#source.index.verify({ signal: this.#options.signal });
    if (finding === undefined) return;
    throw new Error(`The index is damaged (${wordsOfFinding(finding)}); ${damageAdvice}`);
  }

  async #copyRows(): Promise<void> {
    const { index } = this.#source;
    const counts = await Promise.all(tables.map(async (table) => index.count(table)));
    const total = counts.reduce((sum, rows) => sum + rows, 0);
    let done = 0;
    const snapshot = await index.snapshot();
    const commits: Promise<boolean>[] = [];
    try {
      for (const table of tables) {
        let start: Buffer = Buffer.of(0);
        for (;;) {
          this.#options.signal?.throwIfAborted();
          const { rows, damaged } = await rowsUpToDamage(snapshot, table, start);
          if (damaged !== undefined) throw damaged;
          const last = rows.at(-1);
          if (last === undefined) break;
          const draft = new Draft();
          for (const { key, value } of rows) {
            if (table !== "meta" || !isTrashHold(key)) draft.put(table, key, value);
          }
          commits.push(this.#copy.index.commit(draft));
          if (commits.length === parallelCommits) await Promise.all(commits.splice(0));
          this.#counts.rows += draft.puts.length;
          done += rows.length;
          this.#tell("rows", done, total);
          start = afterKey(last.key);
        }
      }
      await Promise.all(commits);
    } finally {
      await Promise.allSettled(commits);
      snapshot.close();
    }
  }

  async #copyBlobs(): Promise<void> {
    const total = await this.#copy.index.count("blobs");
    const rows = walkTable(this.#copy.index, "blobs")[Symbol.asyncIterator]();
    let done = 0;
    const tell = (): void => this.#tell("blobs", done, total);
    const stopped = new AbortController();
    const lane = async (): Promise<void> => {
      for (;;) {
        const { done: isEnd, value: row } = await rows.next();
        if (isEnd === true || stopped.signal.aborted) return;
        if (row instanceof DamagedRowError) throw row;
        this.#options.signal?.throwIfAborted();
        if (await this.#isKept(row.key)) this.#counts.keptBlobs++;
        else await this.#copyBlob(row.key, tell);
        done++;
        tell();
      }
    };
    const stop = (error: unknown): never => {
      stopped.abort();
      throw error;
    };
    const lanes = Array.from({ length: parallelBlobs }, async () => lane().catch(stop));
    for (const outcome of await Promise.allSettled(lanes)) {
      if (outcome.status === "rejected") throw outcome.reason;
    }
  }

  /** What the old index does not name may be half of a blob, of a backup that was killed. */
  async #isKept(id: BlobId): Promise<boolean> {
    const { old, blobs } = this.#copy;
    if (old === null || (await old.get("blobs", id)) === null) return false;
    return blobs.size(id).then(
      () => true,
      () => false,
    );
  }

  async #copyBlob(id: BlobId, tell: () => void): Promise<void> {
    const { blobs } = this.#source;
    const { signal } = this.#options;
    await this.#copy.blobs.remove(id);
    let bytes = 0;
    let damage: Error | undefined;
    const readBytes = (more: number): void => {
      this.#readBytes += more;
      tell();
    };
    const read = async function* (): AsyncIterable<Buffer> {
      try {
        const size = await blobs.size(id);
        for await (const piece of blobs.read(id, { size, start: 0, end: size - 1, reusesBuffers: true })) {
          bytes += piece.length;
          readBytes(piece.length);
          yield piece;
          signal?.throwIfAborted();
        }
      } catch (error) {
        if (signal?.aborted !== true) damage = error as Error;
        throw error;
      }
    };
    try {
      await this.#copy.blobs.write(id, read());
    } catch (error) {
      if (damage === undefined) throw error;
      if (await this.#isWanted(id)) this.#counts.damage.push(damage.message);
      return;
    }
    this.#counts.copiedBlobs++;
    this.#counts.copiedBytes += bytes;
  }

  /** Whether a blob should be there. One that was being removed when the backup began is gone a moment before its row. */
  async #isWanted(id: BlobId): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < removalMs; waitedMs += lookAgainMs) {
      this.#options.signal?.throwIfAborted();
      this.#source.index.refresh();
      if ((await this.#source.index.get("blobs", id)) === null) return false;
      await setTimeout(lookAgainMs);
    }
    return true;
  }

  #tell(of: BackupProgress["of"], done: number, total: number): void {
    this.#options.onProgress?.({ of, done, total, bytes: this.#readBytes });
  }

  /** What the earlier backup has and this one does not need. */
  async #unnamed(): Promise<BlobId[]> {
    const unnamed: BlobId[] = [];
    for await (const id of this.#copy.blobs.list()) {
      if ((await this.#copy.index.get("blobs", id)) === null) unnamed.push(id);
    }
    return unnamed;
  }

  async #copyFiles(from: string, to: string): Promise<void> {
    for (const name of this.#options.files ?? []) {
      await copyFile(join(from, name), join(to, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
    }
    await syncDirectory(to);
  }
}
