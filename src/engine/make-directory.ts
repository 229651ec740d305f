/** Directories that are there after a power cut: a new entry is durable when the directory that holds it is flushed. */

import { mkdir, open, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Makes a directory for its owner only, and the ones above it that are missing, durably.
 *
 * Node's own `recursive` asks for ever where a directory is there and takes no entries, as `/proc` does.
 */
export async function makeDirectory(path: string): Promise<void> {
  const directory = resolve(path);
  const parent = dirname(directory);
  const missing = await makeOne(directory);
  if (missing === null) return;
  if (parent === directory) throw missing;
  if (!(await isThere(parent))) await makeDirectory(parent);
  // Who makes the same in the same moment may have made the parent since. Where that takes no entries, trying again is in vain.
  const stillMissing = await makeOne(directory);
  if (stillMissing !== null) throw stillMissing;
}

/** @returns The error where something above it is missing, null where it is there. */
async function makeOne(directory: string): Promise<Error | null> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(directory)).isDirectory()) return null;
    if (code === "ENOENT") return error as Error;
    throw error;
  }
  await syncDirectory(dirname(directory));
  return null;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** Makes every entry of a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
