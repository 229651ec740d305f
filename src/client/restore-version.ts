/** An older version of an object, made the newest. */

import { grantHeadersOf } from "./grant-headers.ts";
import type { S3Client } from "./s3-client.ts";
import type { RequestOptions } from "./send.ts";

/**
 * Copies a version in front of the others, with its metadata, tags and grants. No version is removed.
 *
 * @returns The id of the copy.
 */
export async function restoreVersion(
  client: S3Client,
  version: { readonly bucket: string; readonly key: string; readonly versionId: string },
  { signal }: RequestOptions = {},
): Promise<{ readonly versionId: string | undefined }> {
  const { bucket, key } = version;
  const headers = await grantHeadersOf(client, version, signal);
  const { versionId } = await client.copy({ bucket, key, copySource: version, headers }, { signal });
  return { versionId };
}
