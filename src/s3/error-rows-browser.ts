/**
 * The rows of error-rows.ts that a client needs where a server says little: in the answer to a HEAD, and inside of a 200.
 * All other errors come with a status and words of their own.
 */

import type { errorRows as all } from "./error-rows.ts";

export const errorRows: Partial<typeof all> = {
  AccessDenied: [403, "Access Denied"],
  BadRequest: [400, "Bad Request"],
  InternalError: [500, "An internal error occurred. Try again."],
  InvalidRange: [416, "The requested range is not satisfiable."],
  MethodNotAllowed: [405, "The specified method is not allowed against this resource."],
  MissingContentLength: [411, "You must provide the Content-Length HTTP header."],
  NoSuchBucket: [404, "The specified bucket does not exist."],
  NoSuchKey: [404, "The specified key does not exist."],
  NoSuchUpload: [
    404,
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
  ],
  NotFound: [404, "Not Found"],
  NotImplemented: [501, "A header you provided implies functionality that is not implemented."],
  PreconditionFailed: [412, "At least one of the preconditions you specified did not hold."],
  ServiceUnavailable: [503, "Service is unable to handle the request."],
  SlowDown: [503, "Please reduce your request rate."],
};
