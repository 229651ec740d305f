/** Object lock: what the engine refuses, whoever asks. Who may bypass GOVERNANCE is the caller's to know. */

import { S3Error } from "../s3/errors.ts";
import { isRetained, isExtension, retentionFrom } from "../s3/object-lock.ts";
import type { Retention } from "../s3/object-lock.ts";
import { updateObject } from "./update-object.ts";
import type { Bucket, Engine, ObjectAttributes, ObjectInfo } from "./types.ts";

export interface BypassOptions {
  /** Whoever asks may bypass the retention mode GOVERNANCE, and does. */
  readonly bypassGovernance?: boolean | undefined;
}

/** @throws S3Error AccessDenied for a version that is locked. */
export function checkLock(
  engine: Engine,
  { key, versionId, retention, legalHold }: ObjectInfo,
  { bypassGovernance = false }: BypassOptions = {},
): void {
  if (legalHold === "ON") throw locked(key, versionId, "it is under legal hold");
  if (!isRetained(retention, engine.clock())) return;
  if (retention.mode === "GOVERNANCE" && bypassGovernance) return;
  throw locked(key, versionId, `it is retained (${retention.mode}) until ${isoOf(retention)}`);
}

/** What a new object has of locks: what it was given, or else what its bucket gives. */
export function lockOf(
  { objectLock }: Bucket,
  { retention, legalHold }: Pick<ObjectAttributes, "retention" | "legalHold">,
  nowMs: number,
): Pick<ObjectInfo, "retention" | "legalHold"> {
  const given = objectLock?.defaultRetention;
  const kept = retention ?? (given === undefined ? undefined : retentionFrom(given, nowMs));
  return {
    ...(kept === undefined ? {} : { retention: kept }),
    ...(legalHold === undefined ? {} : { legalHold }),
  };
}

/**
 * Gives a version another retention, or none.
 *
 * @throws S3Error AccessDenied when that would weaken one that still holds: COMPLIANCE for anyone, GOVERNANCE without
 *   a bypass. And as `updateObject` does.
 */
export async function setRetention(
  engine: Engine,
  bucket: Bucket,
  key: string,
  options: BypassOptions & {
    readonly versionId?: string | undefined;
    readonly retention: Retention | undefined;
  },
): Promise<ObjectInfo> {
  const { versionId, retention, bypassGovernance = false } = options;
  return updateObject(engine, bucket, key, { versionId }, (info) => {
    const current = info.retention;
    if (isRetained(current, engine.clock()) && !isExtension(retention, current)) {
      if (current.mode === "COMPLIANCE" || !bypassGovernance) {
        throw locked(key, info.versionId, `it is retained (${current.mode}) until ${isoOf(current)}`);
      }
    }
    return { retention };
  });
}

function isoOf({ untilMs }: Retention): string {
  return new Date(untilMs).toISOString();
}

function locked(key: string, versionId: string | undefined, why: string): S3Error {
  return new S3Error("AccessDenied", {
    message: `Access Denied because object protected by object lock: ${why}`,
    details: { Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) },
  });
}
