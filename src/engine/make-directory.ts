/** Directories that are there after a power cut: a new entry is durable when the directory that holds it is flushed. */

import { mkdir, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Makes a directory for its owner only, and the ones above it that are missing, durably. */
export async function makeDirectory(path: string): Promise<void> {
  const firstMade = await mkdir(path, { recursive: true, mode: 0o700 });
  if (firstMade === undefined) return;
  for (let made = resolve(path); ; made = dirname(made)) {
    await syncDirectory(dirname(made));
    if (made === resolve(firstMade) || made === dirname(made)) return;
  }
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
