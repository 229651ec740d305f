/**
 * One request from its first byte to its answer. This is the only file that knows the order of the steps, and the
 * only one that turns an error into a response.
 */

import { headObject, missingObject, type OpenObject, openObject } from "../engine/open-object.ts";
import { getBucket } from "../engine/buckets.ts";
import type { Bucket, ObjectInfo } from "../engine/types.ts";
import { S3Error } from "../s3/errors.ts";
import { authenticate } from "./authenticate.ts";
import { authorize, authorizeObject } from "./authorize.ts";
import { RequestBody } from "./body.ts";
import type { BucketContext, Context, ObjectContext, OpenContext, S3Response, Site } from "./context.ts";
import { addCorsHeaders, preflight } from "./cors.ts";
import type { AnsweredRequest } from "./access-log.ts";
import { errorResponse, toS3Error } from "./error-response.ts";
import { refuseVersionId } from "./params.ts";
import { handlers } from "./operations/index.ts";
import { requestTagsOf } from "./request-tags.ts";
import { chargedHeaders } from "./requester-pays.ts";
import type { S3Request } from "./request.ts";
import { type Route, route } from "./route.ts";

/** What became of a request, for the log and the metrics. */
export interface Outcome {
  readonly response: S3Response;
  /** The operation's name; `undefined` where the request named none. */
  readonly operation?: string;
  readonly bucketName?: string;
  readonly key?: string;
  readonly error?: S3Error;
  /** What the access log of the bucket reads, when it has one. */
  readonly logged?: Pick<AnsweredRequest, "bucket" | "operation" | "key" | "context">;
}

/**
 * Answers a request.
 *
 * @param requestId Goes into every error document and the `x-amz-request-id` header.
 * @param signal Makes a signal that is aborted when the client goes away.
 */
export function handle(
  site: Site,
  request: S3Request,
  requestId: string,
  signal: () => AbortSignal,
): Promise<Outcome> {
  const answering = attempt(site, request, requestId, signal);
  if (request.headers["origin"] === undefined || request.method === "OPTIONS") return answering;
  return answering.then(async (outcome) => {
    await addCorsHeaders(site, request, outcome.bucketName ?? "", outcome.response);
    return outcome;
  });
}

async function attempt(
  site: Site,
  request: S3Request,
  requestId: string,
  signal: () => AbortSignal,
): Promise<Outcome> {
  let found: Route | undefined;
  let context: Resolving | undefined;
  try {
    found = route(request, site.domains);
    const { operation, bucketName, key, virtualHost } = found;
    if (operation.method === "OPTIONS") {
      const response = await preflight(site, request, found);
      return { response, operation: operation.name, bucketName, key };
    }
    const verified = await authenticate(site, request, {
      hostBucket: virtualHost ? bucketName : undefined,
      anyRegion: operation.name === "GetBucketLocation",
    });
    const { identity, signature } = verified;
    const body = new RequestBody(verified.request, verified.payload, site.bodyPace);
    context = {
      site,
      request: verified.request,
      operation,
      identity,
      signature,
      body,
      bucketName,
      key,
      requestId,
      signal,
      bucket: null,
      info: null,
      object: null,
      versionId: undefined,
      requestTags: undefined,
      alsoLogged: [],
    };
    const response = await perform(context);
    if (context.bucket?.payer !== undefined) {
      Object.assign(response.headers, chargedHeaders(context, context.bucket));
    }
    return { response, operation: operation.name, bucketName, key, ...loggedOf(found, context) };
  } catch (thrown) {
    const error = toS3Error(thrown);
    const where =
      found === undefined
        ? {}
        : { operation: found.operation.name, bucketName: found.bucketName, key: found.key };
    // Who was refused before the bucket was read is logged too.
    const bucket = context?.bucket ?? (await bucketOf(site, found));
    return {
      response: errorResponse(error, request, requestId, where),
      error,
      ...where,
      ...(found === undefined ? {} : loggedOf(found, { ...context, bucket })),
    };
  }
}

function loggedOf({ operation, key }: Route, context: Partial<Resolving>): Pick<Outcome, "logged"> {
  const { bucket, identity, alsoLogged = [] } = context;
  if (bucket === null || bucket === undefined) return {};
  if (bucket.logging === undefined && alsoLogged.length === 0) return {};
  return {
    logged: { bucket, operation, key, context: identity === undefined ? undefined : (context as Resolving) },
  };
}

async function bucketOf(site: Site, found: Route | undefined): Promise<Bucket | null> {
  if (found === undefined || found.bucketName === "") return null;
  return getBucket(site.engine, found.bucketName).catch(() => null);
}

/**
 * A context while it is resolved. One object is filled step by step: a copy with one more member at each step would
 * cost as much as the reading of the rows.
 */
type Resolving = Context & {
  bucket: Bucket | null;
  info: ObjectInfo | null;
  object: OpenObject | null;
  versionId: string | undefined;
  requestTags: Context["requestTags"];
};

/** Resolves what the request names, permits, and carries out. */
async function perform(context: Resolving): Promise<S3Response> {
  const { site, request, operation, bucketName, key } = context;
  const handler = handlers.get(operation.name);
  if (handler === undefined)
    throw new S3Error("NotImplemented", { message: `${operation.name} is not implemented.` });
  if (handler.needs === "nothing") {
    authorize(context, null);
    return handler.run(context);
  }

  if (operation.resource === "object" && handler.needs === "bucket" && !handler.takesVersionId) {
    refuseVersionId(request.params);
  }
  const bucket = await getBucket(site.engine, bucketName);
  if (bucket === null) throw new S3Error("NoSuchBucket", { details: { BucketName: bucketName } });
  checkExpectedOwner(context, bucket.owner.id);
  context.bucket = bucket;
  if (bucket.policy !== undefined) context.requestTags = await requestTagsOf(context as BucketContext);
  if (handler.needs === "bucket") {
    if (!handler.authorizesItself) authorize(context, bucket);
    return handler.run(context as BucketContext);
  }

  const versionId = request.params.get("versionId");
  if (handler.needs === "info") {
    const info = await headObject(site.engine, bucket, key, { versionId });
    // AWS says of tags that a delete marker has none, and of all else that the object is not there.
    const namesMarker = operation.query.includes("tagging");
    const missing =
      info === null ? await missingObject(site.engine, bucket, key, { versionId, namesMarker }) : undefined;
    authorizeObject(context, bucket, info, missing);
    context.info = info;
    context.versionId = versionId;
    return handler.run(context as ObjectContext);
  }
  const object = await openObject(site.engine, bucket, key, { versionId });
  let handedOver = false;
  try {
    const missing =
      object === null ? await missingObject(site.engine, bucket, key, { versionId }) : undefined;
    authorizeObject(context, bucket, object?.info ?? null, missing);
    if (object === null) throw missing;
    context.info = object.info;
    context.object = object;
    context.versionId = versionId;
    const response = await handler.run(context as OpenContext);
    handedOver = true;
    return response;
  } finally {
    if (!handedOver) object?.close();
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html */
function checkExpectedOwner({ request }: Context, ownerId: string): void {
  const expected = request.headers["x-amz-expected-bucket-owner"];
  if (expected !== undefined && expected !== ownerId) throw new S3Error("AccessDenied");
}
