/** Keys that a browser cannot ask for: in an address it takes `.` and `..` for folders, however they are written. */

import type { S3Client } from "stowage/client";

/** @see https://url.spec.whatwg.org/#single-dot-url-path-segment */
export function hasDotSegments(key: string): boolean {
  return key.split("/").some((segment) => segment === "." || segment === "..");
}

/** Deletes an object by its key in the body of a request, which may be any. */
export async function deleteByKey(client: S3Client, bucket: string, key: string): Promise<void> {
  const { errors } = await client.deleteMany(bucket, [key]);
  if (errors[0] !== undefined) throw new Error(`${errors[0].message} (${errors[0].code})`);
}
