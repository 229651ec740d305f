/** The conditions of a write or a deletion, and the right to ask them: they tell what the object is that is there. */

import { headObject } from "../engine/open-object.ts";
import type { Bucket } from "../engine/types.ts";
import { parseWriteConditions, type WriteConditions } from "../s3/conditions.ts";
import { S3Error } from "../s3/errors.ts";
import { mayRead } from "./authorize.ts";
import type { Asking } from "./context.ts";

/**
 * The conditions in the headers of a write.
 *
 * @throws {S3Error} `AccessDenied` where they ask for the content of what may not be read; `NotImplemented` for a list of
 *   ETags.
 */
export function readWriteConditions(
  asking: Asking,
  bucket: Bucket,
  key: string,
): WriteConditions | Promise<WriteConditions> {
  const conditions = parseWriteConditions(asking.request.headers);
  if (!asksForContent(conditions)) return conditions;
  return authorizeConditions(asking, bucket, key, conditions).then(() => conditions);
}

/** Whether somebody who may not read the object would learn of it whether a condition holds. */
function asksForContent(conditions: WriteConditions): boolean {
  const { ifMatch = "*", ifNoneMatch = "*", ifMatchLastModifiedMs, ifMatchSize } = conditions;
  return (
    ifMatch !== "*" || ifNoneMatch !== "*" || ifMatchLastModifiedMs !== undefined || ifMatchSize !== undefined
  );
}

/**
 * Permits conditions on ETag, size or time to who may read the object. That there is one, `*` tells everybody who may write.
 *
 * "Conditional deletes with a specific ETag value require both s3:DeleteObject and s3:GetObject permissions". Of writes AWS
 * says no such thing, and whoever may write could try ETags out.
 *
 * @param versionId Of what is deleted, where a version is named.
 * @throws {S3Error} `AccessDenied`; `InvalidArgument` for what cannot be a version id.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-delete-enforce.html
 */
export async function authorizeConditions(
  asking: Asking,
  bucket: Bucket,
  key: string,
  conditions: WriteConditions,
  versionId?: string,
): Promise<void> {
  if (!asksForContent(conditions)) return;
  const info = await headObject(asking.site.engine, bucket, key, { versionId });
  if (info !== null && !mayRead(asking, bucket, info, versionId)) throw new S3Error("AccessDenied");
}
