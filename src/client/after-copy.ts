/** What some servers leave undone of a copy: Ceph's RGW loses tags, and stores unencrypted what a customer's key was to encrypt. */

import type { Tags } from "../s3/tags.ts";
import type { ClientCore } from "./core.ts";
import { S3DataError } from "./errors.ts";
import type { CopyObjectInput } from "./inputs.ts";
import { settingsRequests } from "./load-seldom.ts";
import { headObject } from "./operations.ts";
import type { ObjectInfo, Versioned } from "./outputs.ts";

/** Whether an object has tags, as far as a HEAD tells. */
export function hasTags({ headers }: Pick<ObjectInfo, "headers">): boolean {
  return headers["x-amz-tagging-count"] !== undefined;
}

/**
 * Looks at a copy, and gives it the tags that it was to have where the server has lost them.
 *
 * @throws S3DataError NotEncrypted for a copy that the customer's key does not encrypt.
 */
export async function finishCopy(
  core: ClientCore,
  { bucket, key, customerKey }: CopyObjectInput,
  { versionId }: Versioned,
  tags: Tags | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const info = await headObject(core, { bucket, key, versionId, customerKey }, { signal });
  if (customerKey !== undefined && info.encryption !== "customer") {
    throw new S3DataError(
      "NotEncrypted",
      { operation: "CopyObject", bucket, key },
      "the server overlooked the customer's key, and the copy is not encrypted",
      "Delete it, and upload the object with the key.",
    );
  }
  if (tags === undefined || hasTags(info)) return;
  const { putObjectTagging } = await settingsRequests();
  await putObjectTagging(core, { bucket, key, versionId, tags }, { signal });
}
