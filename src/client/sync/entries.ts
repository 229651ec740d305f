/** Both sides of a sync as streams of names in one order, that of their UTF-8 bytes, which S3 lists in. */

import { compareKeys } from "../../s3/keys.ts";
import { isPartName } from "../part-names.ts";
import type { S3Client } from "../s3-client.ts";
import { walkFiles } from "./walk-files.ts";

/** A directory of this machine, or what of a bucket begins with a prefix. */
export type SyncPlace = { readonly directory: string } | BucketPlace;

export interface BucketPlace {
  readonly bucket: string;
  /** Such as `photos/`. Default: the whole bucket. */
  readonly prefix?: string;
}

export function keyIn({ prefix = "" }: BucketPlace, name: string): string {
  return `${prefix}${name}`;
}

/** A file or an object by its name below its place, with slashes. */
export interface SyncEntry {
  readonly name: string;
  readonly size: number;
  /** When it was changed, in milliseconds. */
  readonly modifiedMs: number;
  /** Why it cannot be sent. */
  readonly error?: Error;
  /** Of an object, without quotes. */
  readonly etag?: string | undefined;
}

/**
 * @param onPassed As {@link walkFiles} has it.
 * @throws As {@link walkFiles} and S3Client.list() do.
 */
export async function* entriesOf(
  client: S3Client,
  place: SyncPlace,
  onPassed?: (name: string) => void,
): AsyncGenerator<SyncEntry> {
  const all = "directory" in place ? walkFiles(place.directory, onPassed) : objectsIn(client, place);
  for await (const entry of all) if (!isUnfinished(entry.name)) yield entry;
}

/** Whether a name is of a download under way: it takes part on neither side. */
function isUnfinished(name: string): boolean {
  return isPartName(name.slice(name.lastIndexOf("/") + 1));
}

async function* objectsIn(client: S3Client, { bucket, prefix = "" }: BucketPlace): AsyncGenerator<SyncEntry> {
  for await (const { key, size, lastModifiedMs, etag } of client.list({ bucket, prefix })) {
    const name = key.slice(prefix.length);
    // What stands for a folder is no file.
    if (name !== "" && !name.endsWith("/")) yield { name, size, modifiedMs: lastModifiedMs, etag };
  }
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
