/** What is answered with a file, whoever writes the answer: status, headers, and which bytes. */

import mime from "mime-types";
import { checkReadConditions, ifRangeHolds } from "../s3/conditions.ts";
import { httpDate } from "../s3/write-dates.ts";
import { S3Error } from "../s3/errors.ts";
import { formatContentRange, parseRange } from "../s3/range.ts";
import type { StorageFile } from "../storage/file.ts";
import { mayRunScripts, sandboxPolicy } from "./active-types.ts";
import { contentDisposition } from "./disposition.ts";

export interface FileResponseOptions {
  /** Have the browser save the file instead of showing it. Default: false. */
  readonly attachment?: boolean | undefined;
  /** What it is called when it is saved. Default: the file's own name without its directories. */
  readonly filename?: string | undefined;
  /**
   * Show also what may run scripts, such as HTML and SVG, which is saved otherwise: a page that somebody uploaded would
   * act for whoever looks at it. It is shown in a sandbox, without scripts. Default: false.
   */
  readonly inline?: boolean | undefined;
  /** Default: by the name, then the file's own. */
  readonly contentType?: string | undefined;
  /** Such as `private, max-age=3600`. Default: none. */
  readonly cacheControl?: string | undefined;
}

/** The request, as far as the answer depends on it. */
export interface FileRequest {
  readonly method: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface FileDescription {
  readonly status: 200 | 206 | 304 | 412 | 416;
  readonly headers: Record<string, string>;
  /** The bytes to send, `end` not included; null where there is no body. */
  readonly body: { readonly start: number; readonly end: number } | null;
}

/** The headers of a request that a file's answer depends on. */
export const requestHeaders = [
  "range",
  "if-range",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
] as const;

/**
 * The answer with a file. Conditions and ranges count for GET and HEAD; the answer to any other method is the whole.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13
 */
export function describeFile(
  file: StorageFile,
  request: FileRequest | undefined,
  options: FileResponseOptions = {},
): FileDescription {
  const etag = etagOf(file);
  const lastModifiedMs = file.lastModified.getTime();
  const validators = {
    etag,
    "last-modified": httpDate(lastModifiedMs),
    ...(options.cacheControl === undefined ? {} : { "cache-control": options.cacheControl }),
  };
  const whole = { start: 0, end: file.size };
  const headers = { ...validators, ...describeContent(file, options), "accept-ranges": "bytes" };
  const isGet = request?.method === "GET";
  if (request === undefined || (!isGet && request.method !== "HEAD")) {
    return { status: 200, headers: { ...headers, "content-length": String(file.size) }, body: whole };
  }

  try {
    const current = { etag: etag.replace(/^W\//, "").slice(1, -1), lastModifiedMs };
    if (checkReadConditions(request.headers, current) === "not-modified") {
      return { status: 304, headers: validators, body: null };
    }
    // Only GET knows ranges (RFC 9110, section 14.2).
    const comparable = { etag: etag.startsWith("W/") ? null : current.etag, lastModifiedMs };
    const wanted = isGet && ifRangeHolds(request.headers["if-range"], comparable);
    const range = wanted ? parseRange(request.headers["range"], file.size) : null;
    const body = range === null ? whole : { start: range.start, end: range.end + 1 };
    const length = { "content-length": String(body.end - body.start) };
    if (range === null) return { status: 200, headers: { ...headers, ...length }, body: isGet ? body : null };
    const contentRange = { "content-range": formatContentRange(range, file.size) };
    return { status: 206, headers: { ...headers, ...length, ...contentRange }, body };
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    const { status } = error;
    if (status !== 412 && status !== 416) throw error;
    return { status, headers: { ...error.headers, "content-length": "0" }, body: null };
  }
}

function describeContent(file: StorageFile, options: FileResponseOptions): Record<string, string> {
  const filename = options.filename ?? file.name;
  const contentType = headerSafe(
    options.contentType ?? (mime.contentType(extensionOf(filename)) || file.contentType),
  );
  const active = mayRunScripts(contentType);
  const shown = options.attachment !== true && (!active || options.inline === true);
  return {
    "content-type": contentType,
    "content-disposition": contentDisposition(shown ? "inline" : "attachment", filename),
    // The type is what is said here, or a picture could turn out to be a page.
    "x-content-type-options": "nosniff",
    ...(active ? { "content-security-policy": sandboxPolicy } : {}),
    // Only what the bytes really are: an archive is no encoded file.
    ...(isEncoding(file.contentEncoding) ? { "content-encoding": file.contentEncoding } : {}),
  };
}

function isEncoding(encoding: string | undefined): encoding is string {
  return encoding !== undefined && /^[\w-]+(?:, ?[\w-]+)*$/.test(encoding);
}

/** With its dot, for mime-types, which takes a name without one for an extension. */
function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot === -1 ? "." : name.slice(dot);
}

/** A stored type may be anything. */
function headerSafe(contentType: string): string {
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+[\x20-\x7e]*$/.test(contentType)
    ? contentType
    : "application/octet-stream";
}

/** Quoted. Weak where the backend has none: two changes within a millisecond would look the same. */
function etagOf({ etag, size, lastModified }: StorageFile): string {
  if (etag !== undefined && /^[\x21\x23-\x7e]+$/.test(etag)) return `"${etag}"`;
  return `W/"${size.toString(16)}-${lastModified.getTime().toString(16)}"`;
}
