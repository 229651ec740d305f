/** How fields put files into storages, and take them out again. */

import type { Content } from "../storage/content.ts";
import type { CallOptions, SaveOptions } from "../storage/call-options.ts";
import type { Storage } from "../storage/storage.ts";

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

/** Deletes a file, and only a file: never what is in a directory that has its name by now. */
export function removeFile(storage: Storage, name: string, options: CallOptions): Promise<void> {
  return storage.delete(name, { ...options, recursive: false });
}
