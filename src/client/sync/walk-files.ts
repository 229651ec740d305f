/** The files below a directory, in the order in which S3 lists their names. */

import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { compareKeys } from "../../s3/keys.ts";

/** A file by its name below the directory, with slashes. */
export interface WalkedFile {
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/**
 * One directory's names are in memory at a time. Links to files are followed; those to directories are passed over, because
 * they may lead in circles; so is what is neither.
 *
 * @param onPassed Told of what is there and is no file: a name, or one with a slash behind it for all that is below.
 * @throws Error of the system's for what cannot be read, and for a name that is no UTF-8.
 */
export async function* walkFiles(
  root: string,
  onPassed: (name: string) => void = () => {},
  prefix = "",
): AsyncGenerator<WalkedFile> {
  const entries = await readdir(join(root, prefix), { withFileTypes: true });
  const sorted = entries
    .map((entry) => ({ entry, place: placeOf(entry) }))
    .toSorted((a, b) => compareKeys(a.place, b.place));
  for (const { entry } of sorted) {
    const name = `${prefix}${entry.name}`;
    if (entry.name.includes("\ufffd")) {
      throw new Error(`The name ${JSON.stringify(join(root, name))} is no UTF-8, which S3 wants: rename it.`);
    }
    if (entry.isDirectory()) {
      yield* walkFiles(root, onPassed, `${name}/`);
      continue;
    }
    const found = await stat(join(root, name)).catch((error: NodeJS.ErrnoException) => {
      // A link that leads to nothing that can be read, or what has just gone.
      if (entry.isSymbolicLink() || error.code === "ENOENT") return null;
      throw error;
    });
    if (found?.isFile() === true) yield { name, size: found.size, modifiedMs: found.mtimeMs };
    else onPassed(found?.isDirectory() === true ? `${name}/` : name);
  }
}

/** A directory comes where the names in it do: `a.b` before `a/`. */
function placeOf(entry: Dirent): string {
  return entry.isDirectory() ? `${entry.name}/` : entry.name;
}
