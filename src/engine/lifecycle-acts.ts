/** What lifecycle rules do to the versions of a page, each in one commit that judges again. */

import { S3Error } from "../s3/errors.ts";
import { judgeCurrent, judgeNoncurrent } from "../s3/lifecycle.ts";
import type { LifecycleAction, LifecycleClock, LifecycleConfiguration } from "../s3/lifecycle.ts";
import { deleteObject } from "./delete-object.ts";
import type { ListedVersion, VersionList } from "./list-versions.ts";
import type { Bucket, Engine, ObjectInfo } from "./types.ts";
import { updateObject } from "./update-object.ts";

/** How often each kind of act was done. */
export interface LifecycleReport {
  /** Objects and versions that were removed or hidden, and delete markers that were removed. */
  expired: number;
  transitioned: number;
  uploadsAborted: number;
}

/** Something to be done with a version. */
export interface LifecycleAct {
  readonly version: ListedVersion;
  readonly action: LifecycleAction;
  /** What the rules say of the version as it is at another time. */
  readonly judge: (info: ObjectInfo, clock: LifecycleClock) => LifecycleAction | null;
}

/** What the next page of a listing needs of the one before. */
export interface PageState {
  /** The version before, and how many noncurrent versions of its key there were up to it. */
  readonly newer?: { readonly version: ListedVersion; readonly noncurrent: number } | undefined;
  /** A delete marker that is the newest of its key, while it is not known whether it is the only one. */
  readonly marker?: ListedVersion | undefined;
}

/** Judges the versions of a page, which stand by key and of each key the newest first. */
export function judgePage(
  configuration: LifecycleConfiguration,
  { versions, isTruncated }: Pick<VersionList, "versions" | "isTruncated">,
  before: PageState,
  clock: LifecycleClock,
): { acts: LifecycleAct[]; state: PageState } {
  const acts: LifecycleAct[] = [];
  const add = (version: ListedVersion, judge: LifecycleAct["judge"]): void => {
    const action = judge(version, clock);
    if (action !== null) acts.push({ version, action, judge });
  };
  const addLoneMarker = (marker: ListedVersion): void =>
    add(marker, (info, at) =>
      judgeCurrent(configuration, { ...info, isDeleteMarker: true, isOnlyVersion: true }, at),
    );
  let { newer, marker } = before;
  for (const version of versions) {
    if (version.isLatest) {
      if (marker !== undefined) addLoneMarker(marker);
      marker = version.deleteMarker === true ? version : undefined;
      newer = { version, noncurrent: 0 };
      if (marker === undefined) add(version, (info, at) => judgeCurrent(configuration, info, at));
      continue;
    }
    marker = undefined;
    if (newer !== undefined) {
      const place = {
        isDeleteMarker: version.deleteMarker,
        noncurrentSinceMs: newer.version.lastModifiedMs,
        newerNoncurrentVersions: newer.noncurrent,
      };
      add(version, (info, at) => judgeNoncurrent(configuration, { ...info, ...place }, at));
    }
    newer = { version, noncurrent: (newer?.noncurrent ?? 0) + 1 };
  }
  if (!isTruncated && marker !== undefined) addLoneMarker(marker);
  return { acts, state: { newer, marker } };
}

/** Does it, unless the version has changed or gone meanwhile, or is locked. */
export async function actOn(
  engine: Engine,
  bucket: Bucket,
  { version, action, judge }: LifecycleAct,
  run: { readonly clock: () => LifecycleClock; readonly report: LifecycleReport },
): Promise<void> {
  const { key, isLatest, versionId } = version;
  const isStill = (info: ObjectInfo): boolean => judge(info, run.clock())?.type === action.type;
  // The current version is not named: then a new one has taken its place, and is judged itself.
  const named = isLatest && action.type !== "removeDeleteMarker" ? {} : { versionId };
  try {
    if (action.type === "transition") {
      const { storageClass } = action;
      await updateObject(engine, bucket, key, { ...named, event: "LifecycleTransition" }, (info) => {
        if (!isStill(info)) throw new S3Error("PreconditionFailed");
        return { storageClass };
      });
      run.report.transitioned++;
      return;
    }
    const { existed } = await deleteObject(engine, bucket, key, {
      ...named,
      isExpiration: true,
      // What was noncurrent may have become the current version, when somebody removed the newer ones.
      onlyIf: (info, isCurrent) => isStill(info) && isCurrent === (isLatest && version.deleteMarker !== true),
    });
    if (existed) run.report.expired++;
  } catch (error) {
    if (!(error instanceof S3Error) || !passedOver.has(error.code)) throw error;
  }
}

/** It changed, it is gone, or it is locked: the next walk judges it again. */
const passedOver: ReadonlySet<string> = new Set([
  "AccessDenied",
  "MethodNotAllowed",
  "NoSuchBucket",
  "NoSuchKey",
  "NoSuchVersion",
  "PreconditionFailed",
]);
