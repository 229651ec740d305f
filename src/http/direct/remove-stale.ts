/** What was begun and never completed. */

import { type DirectContext, orNull, pendingDirectory } from "./context.ts";

/**
 * Deletes what was begun and never completed. To be called now and then, such as once a day.
 *
 * @param olderThanSeconds Default: two days.
 * @returns How many uploads were deleted.
 */
export async function removeStale(
  context: DirectContext,
  { olderThanSeconds = 172_800 }: { readonly olderThanSeconds?: number | undefined } = {},
): Promise<number> {
  const { client, bucket, keyOf } = await context.place();
  const before = context.now() - olderThanSeconds * 1000;
  let removed = 0;
  const prefix = `${keyOf(pendingDirectory)}/`;
  for await (const { key, lastModifiedMs } of client.list({ bucket, prefix })) {
    if (lastModifiedMs >= before) continue;
    await client.deleteObject({ bucket, key });
    removed++;
  }
  let marker: { keyMarker?: string; uploadIdMarker?: string } | null = {};
  while (marker !== null) {
    const page = await client.listMultipartUploads({ bucket, prefix, ...marker });
    for (const { key, uploadId, initiatedAtMs } of page.uploads) {
      if (initiatedAtMs >= before) continue;
      await orNull("NoSuchUpload", client.abortMultipartUpload({ bucket, key, uploadId }));
      removed++;
    }
    marker = page.isTruncated
      ? { keyMarker: page.nextKeyMarker, uploadIdMarker: page.nextUploadIdMarker }
      : null;
  }
  return removed;
}
