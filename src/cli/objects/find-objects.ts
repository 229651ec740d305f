/** The objects that an address names: one, those in a folder, or those that a pattern matches. */

import type { S3Client } from "../../client/s3-client.ts";
import type { ListedObject } from "../../s3/documents/list-objects.ts";
import { UsageError } from "../command.ts";
import { keyPattern, nameFilter, type NameFilter } from "../key-pattern.ts";
import { folderPrefix, formatS3Url, type S3Url } from "../s3-url.ts";

export interface FindOptions extends NameFilter {
  /** All that begins with the key, which is a folder's name then. */
  readonly recursive?: boolean;
  /** Wildcards are characters like others. */
  readonly raw?: boolean;
}

/** An object, and what it is called from where the work begins: what it is called where it is put. */
export interface FoundObject extends ListedObject {
  readonly name: string;
}

/** What of an address is a folder's name or the beginning of keys, and which of them are meant. */
export interface Selection {
  /** What is listed. */
  readonly prefix: string;
  /** How much of a key is the way to it, and no part of its name. */
  readonly rootLength: number;
  readonly matches: (key: string) => boolean;
  /** Whether it is one object alone. */
  readonly isSingle: boolean;
}

/** @throws {UsageError} For a folder or a bucket without `--recursive`. */
export function selectionOf(
  url: S3Url,
  { recursive = false, raw = false, ...filter }: FindOptions,
): Selection {
  const { key } = url;
  const goes = nameFilter(filter);
  const pattern = raw ? null : keyPattern(key);
  if (pattern !== null) {
    const rootLength = folderLength(pattern.prefix);
    return {
      prefix: pattern.prefix,
      rootLength,
      matches: (one) => pattern.matches(one) && goes(one.slice(rootLength)),
      isSingle: false,
    };
  }
  if (recursive) {
    const prefix = folderPrefix(key);
    return {
      prefix,
      rootLength: prefix.length,
      matches: (one) => one !== prefix && goes(one.slice(prefix.length)),
      isSingle: false,
    };
  }
  if (key === "" || key.endsWith("/")) {
    throw new UsageError(
      `${formatS3Url(url)} is a ${key === "" ? "bucket" : "folder"}, not an object`,
      "add --recursive for all that is in it, or name what is meant with wildcards",
    );
  }
  return { prefix: key, rootLength: folderLength(key), matches: (one) => one === key, isSingle: true };
}

/** Lists what is meant, in the order of the keys. */
export async function* findObjects(
  client: S3Client,
  bucket: string,
  { prefix, rootLength, matches }: Selection,
): AsyncGenerator<FoundObject> {
  for await (const object of client.list({ bucket, prefix })) {
    if (matches(object.key)) yield { ...object, name: object.key.slice(rootLength) };
  }
}

function folderLength(key: string): number {
  return key.lastIndexOf("/") + 1;
}
