/** `x-amz-version-id` and its kin. */

/**
 * The headers that name the version which an operation read, changed or made; none in a bucket that was never versioned.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
 */
export function versionHeaders({
  versionId,
  deleteMarker,
}: {
  readonly versionId?: string | undefined;
  readonly deleteMarker?: boolean | undefined;
}): Record<string, string> {
  return {
    ...(versionId === undefined ? {} : { "x-amz-version-id": versionId }),
    ...(deleteMarker === true ? { "x-amz-delete-marker": "true" } : {}),
  };
}
