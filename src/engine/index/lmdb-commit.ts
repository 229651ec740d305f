/**
 * A commit as a nest of conditions that LMDB's write thread decides by itself: hundreds that arrive together share one
 * transaction and one flush, and no JavaScript runs while the write lock is held.
 */

import { statfs } from "node:fs/promises";
import { constants } from "node:os";

import { S3Error } from "../../s3/errors.ts";
import { checkKeys, damageAdvice } from "./index.ts";
import type { Check, Commit } from "./index.ts";
import type { Environment, Tree } from "./lmdb-environment.ts";
import { seal } from "./lmdb-rows.ts";

/** Less room than a large commit takes. */
const fullBytes = 4 * 1024 * 1024;

/**
 * @param version Of every row that is put.
 * @returns Whether every check held.
 * @throws S3Error InsufficientStorage or InternalError when LMDB could not; nothing is done then.
 */
export async function write(
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
  if (isFull || mayBeFull) return new S3Error("InsufficientStorage", { cause });
  // What LMDB says of its own, and not of the disk, is of its pages.
  const isDamaged = String(message).startsWith("MDB_");
  return new S3Error("InternalError", {
    cause: isDamaged
      ? new Error(`The index is damaged: a commit failed (${String(message)}); ${damageAdvice}`, { cause })
      : cause,
  });
}

async function isDiskFull(path: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize < fullBytes;
  } catch {
    return false;
  }
}
