/** How fields put files into storages, and take them out again. */

import type { Content } from "../storage/content.ts";
import { loadStorages } from "../storage/default-storages.ts";
import { FileNotFoundError, StorageError } from "../storage/errors.ts";
import type { CallOptions, SaveOptions, Storage } from "../storage/storage.ts";

/**
 * Stores a file under a name that was free, also in a storage that is set to replace files of the same name: the old
 * file could not come back when the transaction rolls back, and the name may be that of another record.
 */
export function storeNew(
  storage: Storage,
  wanted: string,
  content: Content,
  options: SaveOptions,
): Promise<string> {
  return storage.save(wanted, content, { ...options, overwrite: false });
}

/** `Storage.generateFilename`, also of a storage whose configuration is still to be loaded. */
export async function generateFilename(storage: Storage, filename: string): Promise<string> {
  try {
    return storage.generateFilename(filename);
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== "ConfigNotLoaded") throw error;
    await loadStorages();
    return storage.generateFilename(filename);
  }
}

/** Deletes a file, and only a file: `Storage.delete` takes a directory of that name with all that is in it. */
export async function removeFile(storage: Storage, name: string, options: CallOptions): Promise<void> {
  try {
    await storage.size(name, options);
  } catch (error) {
    if (error instanceof FileNotFoundError) return;
    throw error;
  }
  await storage.delete(name, options);
}
