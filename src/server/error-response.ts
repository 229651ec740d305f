/** The one place where an error becomes an answer. */

import { errorXml, queryErrorXml } from "../s3/documents/error.ts";
import { S3Error } from "../s3/errors.ts";
import type { S3Response } from "./context.ts";
import { hostId } from "./request-ids.ts";

/**
 * An error as S3 sends it. HEAD has no body, and a 304 none either.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses
 */
export function errorResponse(
  error: S3Error,
  request: { readonly method: string; readonly path: string },
  requestId: string,
  where: { readonly bucketName?: string; readonly key?: string },
): S3Response {
  const headers: Record<string, string> = { ...error.headers };
  // The answer to a HEAD has no document that could tell an SDK the region to sign for.
  const { Region: region } = error.details;
  if (region !== undefined) headers["x-amz-bucket-region"] = region;
  if (request.method === "HEAD" || error.status === 304) {
    return { status: error.status, headers };
  }
  const details: Record<string, string> = { ...error.details };
  if (where.bucketName && details["BucketName"] === undefined) details["BucketName"] = where.bucketName;
  if (where.key && details["Key"] === undefined) details["Key"] = where.key;
  if (error.code === "MethodNotAllowed") details["Method"] ??= request.method;
  const resource = request.path;
  headers["content-type"] = "application/xml";
  const { code, message } = error;
  const document = { code, message, resource, requestId, hostId, details };
  // Whoever posts to no bucket is no client of S3's, see route.ts.
  const isQuery = request.method === "POST" && resource === "/" && !where.bucketName;
  return {
    status: error.status,
    headers,
    body: isQuery ? queryErrorXml(document) : errorXml(document),
  };
}

/** The document of an error that comes when the head of the answer is out already. */
export function errorXmlOf(thrown: unknown, requestId: string): string {
  const { code, message, details } = toS3Error(thrown);
  return errorXml({ code, message, requestId, hostId, details });
}

/** Anything thrown, as an error of the protocol: what nobody foresaw is an `InternalError`, its cause for the log alone. */
export function toS3Error(thrown: unknown): S3Error {
  return thrown instanceof S3Error ? thrown : new S3Error("InternalError", { cause: thrown });
}
