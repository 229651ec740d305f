/** DeleteObject and DeleteObjects. */

import { setImmediate } from "node:timers/promises";

import { deleteObject } from "../../engine/delete-object.ts";
import { parseDeleteConditions } from "../../s3/conditions.ts";
import {
  type DeletedObject,
  deleteResultXml,
  type DeleteFailure,
  type ObjectToDelete,
  parseDelete,
} from "../../s3/documents/delete.ts";
import { S3Error } from "../../s3/errors.ts";
import { checkKey } from "../../s3/keys.ts";
import { mayDelete, mayOnBucket } from "../authorize.ts";
import type { AlsoLogged } from "../access-log.ts";
import { readDocument, requireDigest } from "../body.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { originOf } from "../origin.ts";
import { readBypass } from "../object-lock.ts";
import { refusesToPay } from "../requester-pays.ts";
import { versionHeaders } from "../version-headers.ts";
import { authorizeConditions } from "../write-conditions.ts";
import { xmlResponse } from "../xml-response.ts";

/** 1,000 keys of 1,024 bytes, each byte at most `&quot;`, with their elements. */
const deleteLimitBytes = 8 * 1024 * 1024;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export async function deleteObjectOperation(context: BucketContext): Promise<S3Response> {
  const { site, request, identity, bucket, key } = context;
  const versionId = request.params.get("versionId");
  const conditions = parseDeleteConditions(request.headers);
  await authorizeConditions(context, bucket, key, conditions, versionId);
  const deletion = await deleteObject(site.engine, bucket, key, {
    ...conditions,
    versionId,
    owner: identity.owner,
    bypassGovernance: readBypass(context, bucket, key),
    origin: originOf(context),
  });
  return { status: 204, headers: versionHeaders(deletion) };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export async function deleteObjects(context: BucketContext): Promise<S3Response> {
  const { site, request, identity, bucket, body } = context;
  // Whatever the document says, nothing of it is allowed: nobody in particular must not make the server hold it.
  const isRefused =
    refusesToPay(context, bucket) ||
    (identity.anonymous && bucket.policy === undefined && !mayOnBucket(identity, bucket, "WRITE"));
  if (isRefused) {
    throw new S3Error("AccessDenied");
  }
  const document = await readDocument(body, request.headers, deleteLimitBytes);
  requireDigest(context);
  const { quiet, objects } = parseDelete(document);
  const deleted: DeletedObject[] = [];
  const errors: DeleteFailure[] = [];
  const remove = async (i: number, named: ObjectToDelete): Promise<void> => {
    const { key, versionId, etag, lastModifiedMs, size } = named;
    try {
      // Who may not delete is told so for each key, as on AWS: the document is read either way.
      if (!mayDelete(context, bucket, key, { versionId, ifMatch: etag })) throw new S3Error("AccessDenied");
      checkKey(key);
      const conditions = { ifMatch: etag, ifMatchLastModifiedMs: lastModifiedMs, ifMatchSize: size };
      await authorizeConditions(context, bucket, key, conditions, versionId);
      const { deleteMarker, versionId: done } = await deleteObject(site.engine, bucket, key, {
        ...conditions,
        versionId,
        owner: identity.owner,
        bypassGovernance: readBypass(context, bucket, key),
        origin: originOf(context),
      });
      deleted[i] = {
        key,
        versionId,
        ...(deleteMarker === true ? { deleteMarker, deleteMarkerVersionId: done } : {}),
      };
      logDeletion(context, { key, versionId, status: 204 });
    } catch (error) {
      if (!(error instanceof S3Error)) site.engine.log("error", `Cannot delete "${key}"`, error);
      const { code, message, status } = failureOf(error, versionId);
      errors.push({ key, versionId, code, message });
      logDeletion(context, { key, versionId, status, errorCode: code });
    }
  };
  await inLanes(objects, bucket.policy === undefined ? objects.length : lanesOfPolicy, remove);
  // In the order of the request; `filter` drops the holes that errors left.
  return xmlResponse(deleteResultXml({ deleted: quiet ? [] : deleted.filter(Boolean), errors }));
}

/** A policy of 20 KB takes a millisecond or two to be held against a key: others are to have their turn in between. */
const lanesOfPolicy = 32;

async function inLanes<T>(
  all: readonly T[],
  lanes: number,
  task: (at: number, one: T) => Promise<void>,
): Promise<void> {
  const rest = all.entries();
  const lane = async (): Promise<void> => {
    for (const [at, one] of rest) {
      await task(at, one);
      if (lanes < all.length) await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, all.length) }, lane));
}

/** What cannot be a version id is here, unlike in DeleteObject, one that is not there. */
function failureOf(error: unknown, versionId: string | undefined): S3Error {
  if (!(error instanceof S3Error)) return new S3Error("InternalError");
  const isVersionId = error.code === "InvalidArgument" && error.details["ArgumentName"] === "versionId";
  return versionId !== undefined && isVersionId ? new S3Error("NoSuchVersion") : error;
}

/** Each of many deletions has a line of its own in the access log. */
function logDeletion(
  { bucket, alsoLogged }: BucketContext,
  deletion: Pick<AlsoLogged, "key" | "versionId" | "status" | "errorCode">,
): void {
  if (bucket.logging !== undefined) {
    alsoLogged.push({ operation: "BATCH.DELETE.OBJECT", bucket, ...deletion });
  }
}
