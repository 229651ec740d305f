/**
 * Taking back what was done to the keys of a bucket that keeps versions. No version is ever removed by it but delete
 * markers: where something was overwritten, what was there before is copied in front of it.
 */

import { checkNames } from "../s3/known-names.ts";
import type { ListedVersion } from "../s3/documents/list-versions.ts";
import type { ClientCore } from "./core.ts";
import type { CustomerKeyInput } from "./inputs.ts";
import { deleteObject } from "./operations.ts";
import { restoreVersion } from "./restore-version.ts";
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

/** Which keys are meant. */
export interface UndoScope {
  readonly bucket: string;
  /** Default: all keys. */
  readonly prefix?: string | undefined;
  /** Of those that begin with the prefix. Default: all. */
  readonly matches?: ((key: string) => boolean) | undefined;
}

export interface PlanUndoOptions extends RequestOptions {
  /** Everything after this moment, in milliseconds since the epoch, is taken back. Default: the last change of each key. */
  readonly sinceMs?: number | undefined;
}

/**
 * What would take changes back, key by key.
 *
 * @param versions A listing of versions.
 */
export async function* planUndo(
  versions: AsyncIterable<ListedVersion>,
  { matches = () => true, sinceMs }: Pick<UndoScope, "matches"> & Pick<PlanUndoOptions, "sinceMs">,
): AsyncGenerator<Undoing, void, undefined> {
  let ofKey: ListedVersion[] = [];
  for await (const version of versions) {
    if (version.key !== ofKey[0]?.key) {
      const undoing = undoingOf(ofKey, sinceMs);
      if (undoing !== null) yield undoing;
      ofKey = [];
    }
    if (matches(version.key)) ofKey.push(version);
  }
  const undoing = undoingOf(ofKey, sinceMs);
  if (undoing !== null) yield undoing;
}

/** See S3Client.undo. */
export async function undo(
  core: ClientCore,
  bucket: string,
  undoing: Undoing,
  options: RequestOptions & CustomerKeyInput = {},
): Promise<void> {
  checkNames("undo()", options, { signal: 1, customerKey: 1 });
  const { key } = undoing;
  const { signal } = options;
  switch (undoing.action) {
    case "undelete":
      // The newest last: as long as one is there, the object is deleted.
      for (const versionId of undoing.markers.toReversed()) {
        await deleteObject(core, { bucket, key, versionId }, { signal });
      }
      return;
    case "restore":
      await restoreVersion(core, { bucket, key, versionId: undoing.versionId }, options);
      return;
    default:
      await deleteObject(core, { bucket, key }, { signal });
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
