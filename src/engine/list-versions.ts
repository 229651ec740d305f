import { orderOf, parseVersionId, readHead, readVersion } from "./find-version.ts";
import type { FoundVersion } from "./find-version.ts";
import { idBytes } from "./ids.ts";
import type { Entry, Snapshot } from "./index/index.ts";
import { nullVersionId } from "./records/object.ts";
import { RowCursor } from "./row-cursor.ts";
import {
  afterKey,
  afterPrefix,
  bucketIdBytes,
  bucketPrefix,
  objectKey,
  versionKey,
  versionsPrefix,
} from "./table-keys.ts";
import type { Bucket, Engine, ObjectInfo } from "./types.ts";
import { isCommonPrefix } from "./walk-rows.ts";

export interface ListVersionsOptions {
  readonly prefix?: string | undefined;
  /** Keys that are alike up to it, after the prefix, are listed as one common prefix. Empty is none. */
  readonly delimiter?: string | undefined;
  /** List what comes after this key. A common prefix is skipped whole. */
  readonly keyMarker?: string | undefined;
  /** With `keyMarker`: also the versions of that very key that are older than this one. */
  readonly versionIdMarker?: string | undefined;
  /** The most versions, delete markers and common prefixes to return, together. */
  readonly limit: number;
}

export interface ListedVersion extends ObjectInfo {
  readonly versionId: string;
  readonly isLatest: boolean;
}

export interface VersionList {
  /** Versions and delete markers. */
  readonly versions: ListedVersion[];
  readonly commonPrefixes: string[];
  readonly isTruncated: boolean;
  /** What to pass as `keyMarker` and `versionIdMarker` for the rest; the second is absent after a common prefix. */
  readonly nextKeyMarker: string | null;
  readonly nextVersionIdMarker: string | null;
}

/**
 * One page of a bucket's versions and delete markers: by key in the order of UTF-8 bytes, of each key the newest first.
 * The cost follows what is returned.
 *
 * @throws S3Error InvalidArgument for a marker that cannot be a version id.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export function listVersions(
  engine: Engine,
  bucket: Bucket,
  options: ListVersionsOptions,
): Promise<VersionList> {
  return engine.turns.run(() => readPage(engine, bucket, options));
}

async function readPage(
  engine: Engine,
  bucket: Bucket,
  { prefix = "", delimiter = "", keyMarker = "", versionIdMarker = "", limit }: ListVersionsOptions,
): Promise<VersionList> {
  const versions: ListedVersion[] = [];
  const commonPrefixes: string[] = [];
  let isTruncated = false;
  let nextKeyMarker: string | null = null;
  let nextVersionIdMarker: string | null = null;
  const snapshot = await engine.index.snapshot();
  try {
    const from = await startAfter(snapshot, bucket, keyMarker, versionIdMarker, { prefix, delimiter });
    if (limit <= 0) return { versions, commonPrefixes, isTruncated, nextKeyMarker, nextVersionIdMarker };
    const merge = new Merge(snapshot, bucket, prefix, from, delimiter === "" ? limit + 1 : 32);
    let { seenKey } = from;
    const delimiterBytes = Buffer.from(delimiter);
    for (let row = await merge.peek(); row !== undefined; row = await merge.peek()) {
      if (versions.length + commonPrefixes.length >= limit) {
        isTruncated = true;
        break;
      }
      const keyBytes = row.entry.key.subarray(0, row.keyEnd);
      const found =
        delimiter === "" ? -1 : keyBytes.indexOf(delimiterBytes, bucketIdBytes + Buffer.byteLength(prefix));
      if (found >= 0) {
        const commonPrefix = keyBytes.subarray(0, found + delimiterBytes.length);
        nextKeyMarker = commonPrefix.toString("utf8", bucketIdBytes);
        nextVersionIdMarker = null;
        commonPrefixes.push(nextKeyMarker);
        merge.skip(afterPrefix(commonPrefix));
        continue;
      }
      const key = keyBytes.toString("utf8", bucketIdBytes);
      const { info } = readVersion(row.table, row.entry, key, bucket);
      const { versionId = nullVersionId } = info;
      versions.push({ ...info, versionId, isLatest: key !== seenKey });
      seenKey = nextKeyMarker = key;
      nextVersionIdMarker = versionId;
      merge.next();
    }
  } finally {
    snapshot.close();
  }
  return { versions, commonPrefixes, isTruncated, nextKeyMarker, nextVersionIdMarker };
}

/** Where a page begins. */
interface Start {
  readonly objects: Buffer;
  readonly versions: Buffer;
  /** A key whose newest version was listed before. */
  readonly seenKey: string | undefined;
}

async function startAfter(
  snapshot: Snapshot,
  bucket: Bucket,
  key: string,
  versionId: string,
  { prefix, delimiter }: { readonly prefix: string; readonly delimiter: string },
): Promise<Start> {
  const row = objectKey(bucket.id, key);
  if (key === "") return { objects: row, versions: row, seenKey: undefined };
  if (isCommonPrefix(key, prefix, delimiter)) {
    const after = afterPrefix(row) ?? afterKey(row);
    return { objects: after, versions: after, seenKey: undefined };
  }
  const afterVersions = afterPrefix(versionsPrefix(bucket.id, key)) ?? afterKey(row);
  if (versionId === "") return { objects: afterKey(row), versions: afterVersions, seenKey: undefined };

  const current = await snapshot.get("objects", row);
  const newest = current === null ? null : readVersion("objects", current, key, bucket);
  const head = await readHead(snapshot, bucket, key);
  const isCurrentNull = newest !== null && (newest.info.versionId ?? nullVersionId) === nullVersionId;
  const order = parseVersionId(versionId) ?? (isCurrentNull ? orderOf(newest) : head.nullVersion);
  // The null version was removed since, and with it its place: better a version twice than one not at all.
  if (order === undefined) return { objects: row, versions: row, seenKey: undefined };
  // What was older than the marker may have become the newest since.
  const top = newest === null ? head.marker : orderOf(newest);
  const isTopListed = top === undefined || top.compare(order) >= 0;
  return {
    objects: newest === null || isTopListed ? afterKey(row) : row,
    versions: afterKey(versionKey(bucket.id, key, order)),
    seenKey: isTopListed ? key : undefined,
  };
}

interface MergedRow {
  readonly table: FoundVersion["table"];
  readonly entry: Entry;
  /** Where the S3 key ends in the row's key. */
  readonly keyEnd: number;
}

/** The rows of `objects` and `versions` as one: a key's current version before its others. */
class Merge {
  readonly #objects: RowCursor;
  readonly #versions: RowCursor;
  #isAtObject = false;
  #isOver = false;

  constructor(snapshot: Snapshot, bucket: Bucket, prefix: string, from: Start, expectedRows: number) {
    const first = Buffer.concat([bucketPrefix(bucket.id), Buffer.from(prefix)]);
    const end = afterPrefix(first);
    const later = (start: Buffer): Buffer => (start.compare(first) > 0 ? start : first);
    this.#objects = new RowCursor(snapshot, "objects", { start: later(from.objects), end, expectedRows });
    this.#versions = new RowCursor(snapshot, "versions", { start: later(from.versions), end, expectedRows });
  }

  async peek(): Promise<MergedRow | undefined> {
    if (this.#isOver) return undefined;
    const object = await this.#objects.peek();
    const version = await this.#versions.peek();
    const keyEnd = version === undefined ? 0 : version.key.length - idBytes - 1;
    this.#isAtObject =
      object !== undefined && (version === undefined || object.key.compare(version.key, 0, keyEnd) <= 0);
    if (this.#isAtObject && object !== undefined) {
      return { table: "objects", entry: object, keyEnd: object.key.length };
    }
    return version === undefined ? undefined : { table: "versions", entry: version, keyEnd };
  }

  next(): void {
    (this.#isAtObject ? this.#objects : this.#versions).next();
  }

  /** @param to Undefined: there is nothing behind. */
  skip(to: Buffer | undefined): void {
    if (to === undefined) {
      this.#isOver = true;
      return;
    }
    this.#objects.seek(to);
    this.#versions.seek(to);
  }
}
