/** How a whole file gets its name on disk: in one step, and durably. */

import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { copyFile, link, lstat, open, rename, rm, unlink } from "node:fs/promises";
import { dirname } from "node:path";

export interface PlaceOptions {
  /** Whether a file that has the name is replaced. */
  readonly overwrite: boolean;
}

/**
 * Gives a file its name.
 *
 * @returns False where the name is taken and nothing may be replaced; the file is still where it was.
 */
export async function placeFile(from: string, to: string, options: PlaceOptions): Promise<boolean> {
  try {
    return await place(from, to, options);
  } catch (error) {
    if (codeOf(error) !== "EXDEV") throw error;
  }
  // The name is on another file system, where the file is brought first.
  const beside = `${dirname(to)}/.${randomBytes(12).toString("hex")}.part`;
  try {
    await copyFile(from, beside);
    await flush(beside);
    if (!(await place(beside, to, options))) return false;
  } finally {
    await rm(beside, { force: true });
  }
  await unlink(from);
  return true;
}

/**
 * Windows opens no directories, one without the right to read cannot be opened, and some network file systems flush none:
 * there the system decides when it writes them.
 */
const noFlush = new Set(["EACCES", "EINVAL", "EISDIR", "ENOTSUP", "EPERM"]);

/** Has the system write a file or the entries of a directory to the device. */
export async function flush(path: string): Promise<void> {
  try {
    const file = await open(path, "r");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!noFlush.has(codeOf(error) ?? "")) throw error;
  }
}

async function place(from: string, to: string, { overwrite }: PlaceOptions): Promise<boolean> {
  if (overwrite) await rename(from, to);
  else if (!(await create(from, to))) return false;
  await flush(dirname(to));
  return true;
}

/** A rename replaces whatever is there; a link never does. */
async function create(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") return false;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EXDEV") throw error;
    // A file system without links, such as FAT, says so in many ways; what else is wrong shows again.
    return createByReserving(from, to);
  }
  await unlink(from);
  return true;
}

/** Takes the name by an empty file. It is seen for a moment, and a crash in this moment leaves it. */
async function createByReserving(from: string, to: string): Promise<boolean> {
  const reserved = await reserve(to);
  if (reserved === null) return false;
  try {
    await rename(from, to);
  } catch (error) {
    const found = await lstat(to).catch(() => null);
    // Unless somebody has written the file meanwhile.
    if (found?.ino === reserved.ino && found.size === 0) await rm(to, { force: true });
    throw error;
  }
  return true;
}

async function reserve(path: string): Promise<Stats | null> {
  try {
    const file = await open(path, "wx");
    try {
      return await file.stat();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) === "EEXIST") return null;
    throw error;
  }
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
