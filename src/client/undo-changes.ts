/**
 * Taking back what was done to the keys of a bucket that keeps versions. No version is ever removed by it but delete
 * markers: where something was overwritten, what was there before is copied in front of it.
 */

import type { ListedVersion } from "../s3/documents/list-versions.ts";
import { restoreVersion } from "./restore-version.ts";
import type { S3Client } from "./s3-client.ts";
import type { RequestOptions } from "./send.ts";

/** What takes the last change of a key back. */
export type Undoing =
  /** Delete markers go away, and the version behind them is current again. */
  | {
      readonly action: "undelete";
      readonly key: string;
      readonly versionId: string;
      readonly markers: readonly string[];
    }
  /** An older version is copied in front of the others. */
  | { readonly action: "restore"; readonly key: string; readonly versionId: string }
  /** There was nothing before: a delete marker is put in front. */
  | { readonly action: "delete"; readonly key: string };

export interface UndoOptions extends RequestOptions {
  /** Everything after this moment, in milliseconds since the epoch, is taken back. Default: the last change of each key. */
  readonly sinceMs?: number | undefined;
}

/**
 * What would take changes back, key by key.
 *
 * @param matches Which keys are meant, of those that begin with the prefix.
 */
export async function* planUndo(
  client: S3Client,
  {
    bucket,
    prefix,
    matches,
  }: { readonly bucket: string; readonly prefix: string; readonly matches: (key: string) => boolean },
  { sinceMs, signal }: UndoOptions = {},
): AsyncGenerator<Undoing> {
  let versions: ListedVersion[] = [];
  for await (const version of client.listVersions({ bucket, prefix }, { signal })) {
    if (version.key !== versions[0]?.key) {
      const undoing = undoingOf(versions, sinceMs);
      if (undoing !== null) yield undoing;
      versions = [];
    }
    if (matches(version.key)) versions.push(version);
  }
  const undoing = undoingOf(versions, sinceMs);
  if (undoing !== null) yield undoing;
}

/** Carries it out. */
export async function undo(
  client: S3Client,
  bucket: string,
  undoing: Undoing,
  { signal }: RequestOptions = {},
): Promise<void> {
  const { key } = undoing;
  switch (undoing.action) {
    case "undelete":
      // The newest last: as long as one is there, the object is deleted.
      for (const versionId of undoing.markers.toReversed()) {
        await client.deleteObject({ bucket, key, versionId }, { signal });
      }
      return;
    case "restore":
      await restoreVersion(client, { bucket, key, versionId: undoing.versionId }, { signal });
      return;
    default:
      await client.deleteObject({ bucket, key }, { signal });
  }
}

/** @param versions Of one key, the newest first. @returns null where there is nothing to take back. */
function undoingOf(versions: readonly ListedVersion[], sinceMs: number | undefined): Undoing | null {
  const [newest] = versions;
  if (newest === undefined) return null;
  const { key } = newest;
  // Markers in front of each other are one deletion: what is deleted cannot be deleted.
  const firstObject = versions.findIndex((version) => version.deleteMarker !== true);
  const wantedAt =
    sinceMs !== undefined
      ? versions.findIndex(({ lastModifiedMs }) => lastModifiedMs <= sinceMs)
      : firstObject > 0
        ? firstObject
        : 1;
  if (wantedAt === 0) return null;
  const wanted = versions[wantedAt];
  if (wanted === undefined || wanted.deleteMarker === true) {
    return newest.deleteMarker === true ? null : { action: "delete", key };
  }
  const { versionId } = wanted;
  if (wantedAt !== firstObject) return { action: "restore", key, versionId };
  const markers = versions.slice(0, wantedAt).map((marker) => marker.versionId);
  return { action: "undelete", key, versionId, markers };
}
