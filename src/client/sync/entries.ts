/** Both sides of a sync as streams of names in one order, that of their UTF-8 bytes, which S3 lists in. */

import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { compareKeys } from "../../s3/keys.ts";
import type { S3Client } from "../s3-client.ts";

/** A directory of this machine, or what of a bucket begins with a prefix. */
export type SyncPlace =
  | { readonly directory: string }
  | {
      readonly bucket: string;
      /** Such as `photos/`. Default: the whole bucket. */ readonly prefix?: string;
    };

/** A file or an object by its name below its place, with slashes. */
export interface SyncEntry {
  readonly name: string;
  readonly size: number;
  /** When it was changed, in milliseconds. */
  readonly modifiedMs: number;
  /** Of an object, without quotes. */
  readonly etag?: string | undefined;
}

/**
 * @param onPassed Told of what is there and is no entry: a name, or one with a slash behind it for all that is below.
 * @throws Error of the system's for a directory that cannot be read, and for a name that is no UTF-8; as S3Client.list()
 *   does.
 */
export function entriesOf(
  client: S3Client,
  place: SyncPlace,
  onPassed: (name: string) => void = () => {},
): AsyncGenerator<SyncEntry> {
  return "directory" in place ? filesIn(place.directory, "", onPassed) : objectsIn(client, place);
}

/** Whether a name is what a download leaves beside its target while it is under way: it takes part on neither side. */
export function isUnfinished(name: string): boolean {
  return unfinished.test(name.slice(name.lastIndexOf("/") + 1));
}

async function* objectsIn(
  client: S3Client,
  { bucket, prefix = "" }: { readonly bucket: string; readonly prefix?: string },
): AsyncGenerator<SyncEntry> {
  for await (const { key, size, lastModifiedMs, etag } of client.list({ bucket, prefix })) {
    const name = key.slice(prefix.length);
    // What stands for a folder is no file.
    if (name !== "" && !name.endsWith("/") && !isUnfinished(name))
      yield { name, size, modifiedMs: lastModifiedMs, etag };
  }
}

const unfinished = /^\..+\.part(?:\.ranges)?$/s;

/**
 * Files below a directory, one directory's names in memory at a time. Links to files are followed; those to directories
 * are left, because they may lead in circles; so is what is neither.
 */
async function* filesIn(
  root: string,
  prefix: string,
  onPassed: (name: string) => void,
): AsyncGenerator<SyncEntry> {
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
      yield* filesIn(root, `${name}/`, onPassed);
      continue;
    }
    if (isUnfinished(name)) continue;
    const found = await stat(join(root, name)).catch((error: NodeJS.ErrnoException) => {
      // A link to nothing, or what has just gone.
      if (error.code === "ENOENT" || error.code === "ELOOP") return null;
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

/** The same name on both sides, or on one. */
export interface EntryPair {
  readonly name: string;
  readonly source: SyncEntry | undefined;
  readonly target: SyncEntry | undefined;
}

/** Two streams in order as one. */
export async function* mergeEntries(
  sources: AsyncIterable<SyncEntry>,
  targets: AsyncIterable<SyncEntry>,
): AsyncGenerator<EntryPair> {
  const [left, right] = [sources[Symbol.asyncIterator](), targets[Symbol.asyncIterator]()];
  try {
    let [a, b] = await Promise.all([left.next(), right.next()]);
    while (a.done !== true || b.done !== true) {
      const order = a.done === true ? 1 : b.done === true ? -1 : compareKeys(a.value.name, b.value.name);
      const source = order <= 0 && a.done !== true ? a.value : undefined;
      const target = order >= 0 && b.done !== true ? b.value : undefined;
      yield { name: (source ?? target)!.name, source, target };
      [a, b] = await Promise.all([
        source === undefined ? a : left.next(),
        target === undefined ? b : right.next(),
      ]);
    }
  } finally {
    await Promise.all([left.return?.(undefined), right.return?.(undefined)]);
  }
}
