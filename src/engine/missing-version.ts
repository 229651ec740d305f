import { httpDate } from "../s3/write-dates.ts";
import { S3Error } from "../s3/errors.ts";
import type { ObjectInfo } from "./types.ts";

/**
 * The error for a version that cannot be read: it is not there, or it is a delete marker.
 *
 * @param versionId What was asked for; `undefined` for the newest.
 * @param marker The delete marker that was found.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
 */
export function missingVersion(key: string, versionId: string | undefined, marker?: ObjectInfo): S3Error {
  const headers: Record<string, string> =
    marker === undefined
      ? {}
      : { "x-amz-delete-marker": "true", "x-amz-version-id": marker.versionId ?? "null" };
  if (versionId === undefined) return new S3Error("NoSuchKey", { details: { Key: key }, headers });
  if (marker === undefined) {
    return new S3Error("NoSuchVersion", { details: { Key: key, VersionId: versionId } });
  }
  return new S3Error("MethodNotAllowed", {
    details: { ResourceType: "DeleteMarker" },
    headers: { ...headers, allow: "DELETE", "last-modified": httpDate(marker.lastModifiedMs) },
  });
}
