/** What an answer says: the error in it, and what it teaches for the next attempt. */

import type { Credentials } from "../s3/credentials.ts";
import { parseHttpDate } from "../s3/dates.ts";
import { type ErrorDocument, parseError } from "../s3/documents/error.ts";
import { S3Error } from "../s3/errors.ts";
import { type ClientCore, regionOf } from "./core.ts";
import { regionOfHost } from "./endpoint.ts";
import { type RequestSubject, S3ResponseError, codeOfStatus, responseError } from "./errors.ts";
import type { HttpResponse } from "./http.ts";
import { failureOf } from "./retry.ts";

/** What came before an answer. */
export interface History {
  /** How often the request was sent, this time among them. */
  readonly attempts: number;
  /** Whether an earlier attempt had no clear answer. */
  readonly maybeDone: boolean;
  /** Whether the body is a stream that has been read, so that there is no next attempt. */
  readonly consumed: boolean;
}

/** The way out where a request would be worth another attempt, and its body is gone. */
export const consumedFix: string =
  "The body is a stream that was read and cannot be sent again: give bytes, a Blob or a file, or use upload().";

export function isErrorDocument(text: string): boolean {
  return /^\s*(?:<\?xml[^>]*\?>)?\s*<Error[\s>]/.test(text);
}

export function readError(
  subject: RequestSubject,
  response: HttpResponse,
  text: string,
  history: History,
): S3ResponseError {
  const { status, headers } = response;
  const document = parseError(text);
  const code = document?.code ?? codeOfStatus(status, subject);
  return responseError({
    subject,
    code,
    // An error inside a 200 has the status that its code has elsewhere.
    status: status < 300 ? new S3Error(code).status : status,
    // A HEAD of a key has no document, and does not tell a missing bucket from a missing key.
    serverMessage: document?.message ?? (code === "NoSuchKey" ? "no such key or bucket" : undefined),
    details: document === null ? {} : detailsOf(document),
    headers: { ...headers },
    body: text,
    attempts: history.attempts,
    maybeDone: history.maybeDone,
    fix:
      history.consumed && failureOf(status, code) !== null
        ? consumedFix
        : redirectFix(status, headers, document),
  });
}

function detailsOf({ details, resource, requestId, hostId }: ErrorDocument): Record<string, string> {
  return {
    ...details,
    ...(resource === undefined ? {} : { Resource: resource }),
    ...(requestId === undefined ? {} : { RequestId: requestId }),
    ...(hostId === undefined ? {} : { HostId: hostId }),
  };
}

function redirectFix(
  status: number,
  headers: Readonly<Record<string, string>>,
  document: ErrorDocument | null,
): string | undefined {
  if (status !== 301 && status !== 307) return undefined;
  const to = document?.details?.["Endpoint"] ?? headers["location"];
  if (to === undefined) return undefined;
  return `The server names ${to} instead. Credentials are not sent to another host: set it as endpoint.`;
}

const expiredCodes = new Set(["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]);

/** The server's clock differs by more than it or we tolerate. */
const skewMs = 5 * 60_000;

/** Takes from an error what makes the next attempt different, and names it; null where there is nothing of the kind. */
export function learn(
  core: ClientCore,
  bucket: string | undefined,
  error: unknown,
  credentials: Credentials | null | undefined,
): string | null {
  if (!(error instanceof S3ResponseError)) return null;
  const { code, status, headers, details } = error;

  const date = parseHttpDate(headers["date"] ?? "");
  if (date !== null && (status === 403 || code === "RequestTimeTooSkewed") && core.credentials !== null) {
    const offsetMs = date - core.clock();
    if (Math.abs(offsetMs - core.clockOffsetMs) > skewMs) {
      core.clockOffsetMs = offsetMs;
      return "clock";
    }
  }

  if (status === 301 || status === 307 || status === 400) {
    const region = regionIn(headers, details);
    if (region !== undefined && region !== regionOf(core, bucket)) {
      core.regions.set(bucket ?? "", region);
      return "region";
    }
  }

  // A HEAD says no more than 400.
  const mayHaveEnded = code === "BadRequest" && credentials?.sessionToken !== undefined;
  if (mayHaveEnded || expiredCodes.has(code)) {
    if (credentials) core.credentials?.expire(credentials);
    return "credentials";
  }
  return null;
}

/**
 * The region that an answer names. Of another endpoint only Amazon's region is taken out, never the host: credentials
 * go nowhere but where the settings say.
 */
function regionIn(
  headers: Readonly<Record<string, string>>,
  details: Readonly<Record<string, string>>,
): string | undefined {
  const host = details["Endpoint"] ?? /^https?:\/\/([^/:]+)/.exec(headers["location"] ?? "")?.[1] ?? "";
  const region = headers["x-amz-bucket-region"] ?? details["Region"] ?? regionOfHost(host);
  return region !== undefined && /^[A-Za-z0-9_-]{1,64}$/.test(region) ? region : undefined;
}
