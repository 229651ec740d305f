/** `x-amz-version-id` and its kin. */

/** Of a write: as on AWS, one into a bucket whose versioning is suspended answers without the null version's id. */
export function madeVersionHeaders({ versionId }: { readonly versionId?: string | undefined }): {
  "x-amz-version-id"?: string;
} {
  return versionId === undefined || versionId === "null" ? {} : { "x-amz-version-id": versionId };
}

/**
 * The headers that name the version which an operation read, changed or removed; none in a bucket that was never versioned.
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
