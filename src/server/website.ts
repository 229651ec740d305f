/**
 * A bucket as a website: the host `bucket.DOMAIN` shows its objects as pages to everybody who may read them. There are no
 * signatures, no queries and no XML here.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
 */

import { getBucket } from "../engine/buckets.ts";
import { headObject, missingObject, openObject } from "../engine/open-object.ts";
import type { Bucket, Engine, ObjectInfo } from "../engine/types.ts";
import { S3Error } from "../s3/errors.ts";
import { checkKey, decodeKey, maxKeyBytes } from "../s3/keys.ts";
import { type Operation, operations } from "../s3/operations.ts";
import { findRoutingRule, redirectOf, type WebsiteConfiguration } from "../s3/website.ts";
import { anonymous } from "./authenticate.ts";
import { authorizeObject, mayRead } from "./authorize.ts";
import { RequestBody } from "./body.ts";
import type { Context, OpenContext, S3Response, Site } from "./context.ts";
import { addCorsHeaders, preflight } from "./cors.ts";
import { toS3Error } from "./error-response.ts";
import type { Outcome } from "./handle.ts";
import { errorPage } from "./error-page.ts";
import { getObject, headObjectOperation } from "./operations/get-object.ts";
import { redirectHeader } from "./operations/object-input.ts";
import type { S3Request } from "./request.ts";

/** A page being looked for. */
interface Visit {
  readonly context: Context;
  readonly bucket: Bucket;
  readonly website: WebsiteConfiguration;
}

/** Answers a request for a page of a bucket. */
export async function handleWebsite(
  site: Site,
  request: S3Request,
  bucketName: string,
  requestId: string,
  signal: () => AbortSignal,
): Promise<Outcome> {
  const where = { operation: "Website", bucketName };
  let context: Context | undefined;
  let outcome: Outcome;
  try {
    const key = decodeKey(request.path.slice(1));
    if (request.method === "OPTIONS") {
      return { response: await preflight(site, request, { bucketName, key }), ...where };
    }
    context = contextOf(site, request, { bucketName, key, requestId, signal });
    outcome = { response: await visit(context), ...where, key };
  } catch (thrown) {
    const error = toS3Error(thrown);
    outcome = { response: errorPage(error, request.method, requestId), error, ...where };
  }
  await addCorsHeaders(site, request, bucketName, outcome.response);
  return { ...outcome, ...(await loggedOf(site, bucketName, context)) };
}

async function loggedOf(
  site: Site,
  bucketName: string,
  context: Context | undefined,
): Promise<Pick<Outcome, "logged">> {
  const bucket = context === undefined ? null : await getBucket(site.engine, bucketName);
  if (context === undefined || bucket?.logging === undefined) return {};
  return { logged: { bucket, operation: context.operation, key: context.key, context } };
}

/** Only who asks for what counts: the query means nothing here, and neither does a signature. */
function contextOf(
  site: Site,
  request: S3Request,
  named: Pick<Context, "bucketName" | "key" | "requestId" | "signal">,
): Context {
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new S3Error("MethodNotAllowed", { details: { Method: request.method, ResourceType: "OBJECT" } });
  }
  const plain: S3Request = { ...request, params: new Map(), query: "" };
  return {
    ...named,
    site,
    request: plain,
    // The rights of GetObject under a name of its own, for the log.
    operation: { ...(operations.get("GetObject") as Operation), name: "Website", method: request.method },
    alsoLogged: [],
    identity: anonymous,
    body: new RequestBody(plain, { type: "unsigned" }),
  };
}

async function visit(context: Context): Promise<S3Response> {
  const { site, request, bucketName, key } = context;
  const bucket = await getBucket(site.engine, bucketName);
  if (bucket === null) throw new S3Error("NoSuchBucket", { details: { BucketName: bucketName } });
  const { website } = bucket;
  if (website === undefined) {
    throw new S3Error("NoSuchWebsiteConfiguration", { details: { BucketName: bucketName } });
  }
  const { redirectAllRequestsTo: all, routingRules = [] } = website;
  if (all !== undefined) {
    return moved(301, `${all.protocol ?? protocolOf(request)}://${all.hostName}${request.path}`);
  }
  const rule = findRoutingRule(routingRules, key, undefined);
  if (rule !== null) return follow(rule, context);
  try {
    const suffix = key === "" || key.endsWith("/") ? (website.indexSuffix ?? "") : "";
    return await show(context, bucket, key + suffix);
  } catch (thrown) {
    const error = toS3Error(thrown);
    return await onError({ context, bucket, website }, error);
  }
}

/** What stands in the place of a page that cannot be shown. */
async function onError(visited: Visit, error: S3Error): Promise<S3Response> {
  const { context, bucket, website } = visited;
  const { site, request, key } = context;
  // What is wrong with a range or a condition is wrong with the request.
  if (error.status !== 403 && error.status !== 404) throw error;
  if (key !== "" && !key.endsWith("/")) {
    const index = await findIndex(site.engine, bucket, `${key}/${website.indexSuffix ?? ""}`);
    // Two slashes at the beginning would be another host.
    if (index !== null && mayRead(context, bucket, index))
      return moved(302, `${request.path.startsWith("//") ? "/." : ""}${request.path}/`);
  }
  const rule = findRoutingRule(website.routingRules ?? [], key, error.status);
  if (rule !== null) return follow(rule, context);
  if (website.errorKey === undefined) throw error;
  return showError(visited, website.errorKey, error);
}

async function findIndex(engine: Engine, bucket: Bucket, key: string): Promise<ObjectInfo | null> {
  // With the suffix behind it, it may be longer than a key can be.
  return Buffer.byteLength(key) > maxKeyBytes ? null : headObject(engine, bucket, key);
}

async function showError({ context, bucket }: Visit, errorKey: string, error: S3Error): Promise<S3Response> {
  // Conditions and ranges were meant for the page.
  const request: S3Request = { ...context.request, headers: { host: context.request.headers["host"] ?? "" } };
  try {
    const page = await show({ ...context, request, key: errorKey }, bucket, errorKey);
    return { ...page, status: error.status, headers: { ...page.headers, "x-amz-error-code": error.code } };
  } catch (thrown) {
    return errorPage(error, context.request.method, context.requestId, toS3Error(thrown));
  }
}

/** The object as a page, or the redirect that it stands for. */
async function show(asked: Context, bucket: Bucket, key: string): Promise<S3Response> {
  const { engine } = asked.site;
  checkKey(key);
  const object = await openObject(engine, bucket, key);
  let handedOver = false;
  try {
    const context = { ...asked, key };
    const missing = object === null ? await missingObject(engine, bucket, key) : undefined;
    authorizeObject(context, bucket, object?.info ?? null, missing);
    if (object === null) throw missing;
    const redirect = object.info.headers[redirectHeader];
    if (redirect !== undefined) return moved(301, redirect);
    const opened: OpenContext = { ...context, bucket, info: object.info, object, versionId: undefined };
    const response = await (asked.request.method === "GET" ? getObject : headObjectOperation)(opened);
    handedOver = true;
    return response;
  } finally {
    if (!handedOver) object?.close();
  }
}

function follow(rule: Parameters<typeof redirectOf>[0], { request, key }: Context): S3Response {
  const { status, location } = redirectOf(rule, {
    key,
    host: request.headers["host"] ?? "",
    protocol: protocolOf(request),
  });
  return moved(status, location);
}

function moved(status: number, location: string): S3Response {
  return { status, headers: { location, "content-type": "text/html; charset=utf-8" } };
}

function protocolOf({ secure }: S3Request): "http" | "https" {
  return secure ? "https" : "http";
}
