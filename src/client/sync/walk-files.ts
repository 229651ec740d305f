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
  /** Why it cannot be sent; its name may end in a slash, for all that is below. */
  readonly error?: Error;
}

/**
 * One directory's names are in memory at a time. Links to files are followed; those to directories are passed over, because
 * they may lead in circles; so is what is neither.
 *
 * @param onPassed Told of what is there and is no file: a name, or one with a slash behind it for all that is below.
 * @throws Error of the system's where the root cannot be read. What else cannot, and a name that is no UTF-8, is told in its place.
 */
export async function* walkFiles(
  root: string,
  onPassed: (name: string) => void = () => {},
  prefix = "",
): AsyncGenerator<WalkedFile> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(root, prefix), { withFileTypes: true });
  } catch (error) {
    if (prefix === "") throw error;
    yield unsendable(prefix, error as Error);
    return;
  }
  const sorted = entries
    .map((entry) => ({ entry, place: placeOf(entry) }))
    .toSorted((a, b) => compareKeys(a.place, b.place));
  for (const { entry } of sorted) {
    const name = `${prefix}${entry.name}`;
    if (entry.name.includes("\ufffd")) {
      yield unsendable(name, new Error("the name is no UTF-8, which S3 wants: rename it"));
      continue;
    }
    if (entry.isDirectory()) {
      yield* walkFiles(root, onPassed, `${name}/`);
      continue;
    }
    const found = await stat(join(root, name)).catch((error: NodeJS.ErrnoException) => error);
    if (found instanceof Error) {
      // A link that leads to nothing that can be read, or what has just gone.
      if (entry.isSymbolicLink() || found.code === "ENOENT") onPassed(name);
      else yield unsendable(name, found);
    } else if (found.isFile()) yield { name, size: found.size, modifiedMs: found.mtimeMs };
    else onPassed(found.isDirectory() ? `${name}/` : name);
  }
}

function unsendable(name: string, error: Error): WalkedFile {
  return { name, size: 0, modifiedMs: 0, error };
}

/** A directory comes where the names in it do: `a.b` before `a/`. */
function placeOf(entry: Dirent): string {
  return entry.isDirectory() ? `${entry.name}/` : entry.name;
}
