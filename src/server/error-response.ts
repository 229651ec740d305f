/** The one place where an error becomes an answer. */

import { errorXml } from "../s3/documents/error.ts";
import type { S3Error } from "../s3/errors.ts";
import type { S3Response } from "./context.ts";

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
  if (request.method === "HEAD" || error.status === 304) {
    return { status: error.status, headers };
  }
  const details: Record<string, string> = { ...error.details };
  if (where.bucketName && details["BucketName"] === undefined) details["BucketName"] = where.bucketName;
  if (where.key && details["Key"] === undefined) details["Key"] = where.key;
  const resource = request.path;
  headers["content-type"] = "application/xml";
  return {
    status: error.status,
    headers,
    body: errorXml({ code: error.code, message: error.message, resource, requestId, details }),
  };
}
