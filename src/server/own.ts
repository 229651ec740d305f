/** What Stowage itself answers beside S3, under a path that no bucket can have: health, metrics, administration. */

import { S3Error } from "../s3/errors.ts";
import { timingSafeEqual } from "../s3/hash.ts";
import { administer } from "./admin.ts";
import { authenticate } from "./authenticate.ts";
import { RequestBody } from "./body.ts";
import type { S3Response, Site } from "./context.ts";
import { errorResponse, toS3Error } from "./error-response.ts";
import type { Outcome } from "./handle.ts";
import type { Metrics } from "./metrics.ts";
import type { S3Request } from "./request.ts";

const root = "/_stowage/";
const bodyLimitBytes = 64 * 1024;

/** Whether a path is Stowage's own. A bucket's name has no underscore. */
export function isOwnPath(path: string): boolean {
  return path.startsWith(root);
}

/** Answers a request for one of Stowage's own paths. */
export async function handleOwn(
  site: Site,
  metrics: Metrics,
  request: S3Request,
  requestId: string,
): Promise<Outcome> {
  try {
    return { response: await answer(site, metrics, request), operation: "Administration" };
  } catch (thrown) {
    const error = toS3Error(thrown);
    return { response: errorResponse(error, request, requestId, {}), operation: "Administration", error };
  }
}

async function answer(site: Site, metrics: Metrics, request: S3Request): Promise<S3Response> {
  const path = request.path.slice(root.length);
  const reads = request.method === "GET" || request.method === "HEAD";
  if (path === "health" && reads) {
    return { status: 200, headers: { "content-type": "application/json" }, body: '{"status":"ok"}\n' };
  }
  if (path === "metrics" && reads) {
    if (!(await mayReadMetrics(site, request))) throw new S3Error("AccessDenied");
    const { text, contentType } = await metrics.render();
    return { status: 200, headers: { "content-type": contentType }, body: text };
  }
  const { identity, payload } = await authenticate(site, request);
  if (!identity.admin) throw new S3Error("AccessDenied");
  // Only a hash in the signature says that the body is the administrator's own.
  if (request.method !== "GET" && payload.type !== "sha256") {
    throw new S3Error("AccessDenied", {
      message: "Administration requests must be signed with the hash of their body.",
    });
  }
  const body = await new RequestBody(request, payload).bytes(bodyLimitBytes);
  const { status, value } = await administer(site.engine, {
    method: request.method,
    path,
    params: request.params,
    body,
  });
  return value === undefined
    ? { status, headers: {} }
    : { status, headers: { "content-type": "application/json" }, body: `${JSON.stringify(value)}\n` };
}

/** Prometheus sends a token; the console, whose user is an administrator, signs. */
async function mayReadMetrics(site: Site, request: S3Request): Promise<boolean> {
  const { metricsToken } = site;
  if (metricsToken === undefined) return true;
  const [, token] = /^Bearer +(.*)$/i.exec(request.headers["authorization"] ?? "") ?? [];
  if (token !== undefined) return timingSafeEqual(token, metricsToken);
  return (await authenticate(site, request)).identity.admin;
}
