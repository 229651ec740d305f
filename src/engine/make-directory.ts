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
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(directory)).isDirectory()) return;
    const isOrphan = code === "ENOENT" && !(await isThere(parent));
    if (!isOrphan || parent === directory) throw error;
    await makeDirectory(parent);
    return makeDirectory(directory);
  }
  await syncDirectory(parent);
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
