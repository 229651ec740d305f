/** How fields put files into storages, and take them out again. */

import type { Content } from "../storage/content.ts";
import { FileNotFoundError } from "../storage/errors.ts";
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
