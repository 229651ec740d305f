/** What browsers ask of a bucket's CORS rules: the preflight, and the headers on every answer to a page's script. */

import { getBucket } from "../engine/buckets.ts";
import type { CorsMethod } from "../s3/cors.ts";
import {
  corsHeaders,
  corsMethods,
  type CorsRequest,
  corsVary,
  findCorsRule,
  parseHeaderNames,
} from "../s3/cors.ts";
import { S3Error } from "../s3/errors.ts";
import type { S3Response, Site } from "./context.ts";
import type { S3Request } from "./request.ts";
import type { Route } from "./route.ts";

/**
 * Answers OPTIONS. It is never signed: a browser asks before it sends what it has signed.
 *
 * @throws {S3Error} `BadRequest` for what is no preflight, `AccessForbidden` where no rule allows it.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
 */
export async function preflight(
  site: Site,
  request: S3Request,
  { bucketName, key }: Pick<Route, "bucketName" | "key">,
): Promise<S3Response> {
  const asked = readPreflight(request);
  const bucket = await getBucket(site.engine, bucketName);
  if (bucket === null) throw forbidden("Bucket not found", asked, "BUCKET");
  if (bucket.cors === undefined) throw forbidden("CORS is not enabled for this bucket.", asked, "BUCKET");
  const rule = findCorsRule(bucket.cors, asked);
  if (rule === null) {
    throw forbidden(
      "This CORS request is not allowed. This is usually because the evaluation of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
      asked,
      key === "" ? "BUCKET" : "OBJECT",
    );
  }
  return { status: 200, headers: corsHeaders(rule, asked) };
}

function readPreflight({ headers }: S3Request): CorsRequest {
  const origin = headers["origin"];
  if (origin === undefined || origin === "") {
    throw new S3Error("BadRequest", { message: "Insufficient information. Origin request header needed." });
  }
  const method = headers["access-control-request-method"];
  if (method === undefined || !corsMethods.includes(method as CorsMethod)) {
    throw new S3Error("BadRequest", {
      message: `Invalid Access-Control-Request-Method: ${method ?? "null"}`,
    });
  }
  return { origin, method, headers: parseHeaderNames(headers["access-control-request-headers"]) };
}

function forbidden(reason: string, { method }: CorsRequest, resourceType: string): S3Error {
  return new S3Error("AccessForbidden", {
    message: `CORSResponse: ${reason}`,
    details: { Method: method, ResourceType: resourceType },
    headers: { vary: corsVary },
  });
}

/**
 * Adds to an answer, be it an error, what lets the page of the request's `Origin` read it. An origin that no rule allows
 * is answered all the same; its browser keeps the answer from the page.
 */
export async function addCorsHeaders(
  site: Site,
  { method, headers }: S3Request,
  bucketName: string,
  response: S3Response,
): Promise<void> {
  const origin = headers["origin"];
  if (origin === undefined || origin === "" || bucketName === "") return;
  const bucket = await getBucket(site.engine, bucketName);
  if (bucket?.cors === undefined) return;
  const asked = {
    origin,
    // Ceph and AWS read it on actual requests too, which have none unless somebody tries the rules out by hand.
    method: headers["access-control-request-method"] ?? method,
    headers: parseHeaderNames(headers["access-control-request-headers"]),
  };
  const rule = findCorsRule(bucket.cors, asked);
  Object.assign(response.headers, rule === null ? { vary: corsVary } : corsHeaders(rule, asked));
}
