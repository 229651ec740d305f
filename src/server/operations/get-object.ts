/** GetObject and HeadObject: conditions, ranges, parts, and headers that a signed request overrides. */

import { checkReadConditions, ifRangeHolds } from "../../s3/conditions.ts";
import { corsVary } from "../../s3/cors.ts";
import { httpDate } from "../../s3/write-dates.ts";
import { S3Error } from "../../s3/errors.ts";
import { writeMetadata } from "../../s3/metadata.ts";
import { type ByteRange, formatContentRange, parseRange } from "../../s3/range.ts";
import { checksumHeader } from "../../s3/checksums.ts";
import { mayReadTags } from "../authorize.ts";
import type { OpenContext, S3Response } from "../context.ts";
import { lockHeaders } from "../object-lock.ts";
import { encryptionHeaders, unlockObject } from "../encryption.ts";
import { expirationHeader } from "../expiration-header.ts";
import { integerParam } from "../params.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export async function getObject(context: OpenContext): Promise<S3Response> {
  const { object, info } = context;
  const head = describe(context);
  if (head.status === 304) {
    object.close();
    return { status: 304, headers: head.headers };
  }
  const { start, end } = head.range ?? { start: 0, end: info.size - 1 };
  if (object.bytes !== null) {
    const bytes = object.bytes.subarray(start, end + 1);
    object.close();
    return { status: head.status, headers: head.headers, body: bytes };
  }
  return {
    status: head.status,
    headers: head.headers,
    body: closing(object, object.stream(start, end, { reusesBuffers: true })),
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export function headObjectOperation(context: OpenContext): Promise<S3Response> {
  const { status, headers } = describe(context);
  context.object.close();
  return Promise.resolve({ status, headers });
}

async function* closing(
  object: OpenContext["object"],
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } finally {
    object.close();
  }
}

interface Head {
  readonly status: 200 | 206 | 304;
  readonly headers: Record<string, string>;
  /** What to send of it; absent: the whole. */
  readonly range?: ByteRange;
}

function describe(context: OpenContext): Head {
  const { request, bucket, info } = context;
  const overrides = readOverrides(context);
  unlockObject(context);
  const isModified = checkReadConditions(request.headers, info) === "proceed";
  const headers: Record<string, string> = {
    "accept-ranges": "bytes",
    etag: `"${info.etag}"`,
    "last-modified": httpDate(info.lastModifiedMs),
  };
  for (const name in info.headers) headers[name] = info.headers[name] as string;
  writeMetadata(info.metadata, headers);
  if (bucket.lifecycle !== undefined) Object.assign(headers, expirationHeader(bucket, info));
  if (overrides !== null) Object.assign(headers, overrides);
  // Also without an Origin: a cache must not give a page's script what an <img> fetched without CORS headers.
  if (context.bucket.cors !== undefined) headers["vary"] = corsVary;
  if (info.versionId !== undefined) headers["x-amz-version-id"] = info.versionId;
  if (!isModified) return { status: 304, headers: unchanged(headers) };
  Object.assign(headers, lockHeaders(context, bucket, info));
  if (info.storageClass !== "STANDARD") headers["x-amz-storage-class"] = info.storageClass;
  if (info.tags !== undefined && mayReadTags(context, bucket, info, request.params.get("versionId"))) {
    headers["x-amz-tagging-count"] = String(Object.keys(info.tags).length);
  }
  Object.assign(headers, encryptionHeaders(context, info.encryption));
  const range = readRange(context, headers);
  if (range === null) {
    headers["content-length"] = String(info.size);
    addChecksum(context, headers);
    return { status: 200, headers };
  }
  headers["content-length"] = String(range.end - range.start + 1);
  headers["content-range"] = formatContentRange(range, info.size);
  if (request.params.has("partNumber")) addChecksum(context, headers);
  return { status: 206, headers, range };
}

/**
 * What a 304 has of the headers of a 200: those by which a cache knows for how long, and which, of what it has is good.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.4.5
 */
function unchanged(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ["etag", "last-modified", "cache-control", "expires", "vary", "x-amz-version-id"]) {
    if (headers[name] !== undefined) kept[name] = headers[name];
  }
  return kept;
}

/** The range that is asked for, by `Range` or by `partNumber`. */
function readRange(
  { request, info, object }: OpenContext,
  headers: Record<string, string>,
): ByteRange | null {
  const range = request.headers["range"];
  const partNumber = integerParam(request.params, "partNumber", { min: 1, max: 10_000 });
  if (partNumber === undefined) {
    return ifRangeHolds(request.headers["if-range"], info) ? parseRange(range, info.size) : null;
  }
  if (range !== undefined) {
    throw new S3Error("InvalidRequest", {
      message: "Cannot specify both Range header and partNumber query parameter",
    });
  }
  // Only now, when it is known that the object may be read: how many parts it has is told to nobody else.
  const part = object.part(partNumber);
  if (info.partCount !== undefined) headers["x-amz-mp-parts-count"] = String(info.partCount);
  // An empty part is the whole of an empty object.
  return info.size === 0 ? null : part;
}

/** "To retrieve the checksum, this mode must be enabled." Of a part it is the part's own; a range has none. */
function addChecksum({ request, info, object }: OpenContext, headers: Record<string, string>): void {
  if (request.headers["x-amz-checksum-mode"]?.toUpperCase() !== "ENABLED") return;
  const partNumber = request.params.get("partNumber");
  const checksum =
    partNumber === undefined || object.parts === undefined
      ? info.checksum
      : object.parts.find((part) => part.partNumber === Number(partNumber))?.checksum;
  if (checksum === undefined) return;
  headers[checksumHeader(checksum.algorithm)] = checksum.value;
  headers["x-amz-checksum-type"] = info.checksum?.type ?? "FULL_OBJECT";
}

const overridable = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];

/**
 * `response-content-type` and its kin. Anonymous requests may not use them: a link that nobody signed would let anyone
 * serve a picture as a page from this host.
 */
function readOverrides({ request, identity }: OpenContext): Record<string, string> | null {
  if (request.params.size === 0) return null;
  const headers: Record<string, string> = {};
  for (const name of overridable) {
    const value = request.params.get(`response-${name}`);
    if (value === undefined) continue;
    if (identity.anonymous) {
      throw new S3Error("InvalidRequest", {
        message: "Request specific response headers cannot be used for anonymous GET requests.",
      });
    }
    // oxlint-disable-next-line no-control-regex -- exactly these would split the header
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) {
      throw new S3Error("InvalidArgument", {
        message: "Header value cannot be represented.",
        details: { ArgumentName: `response-${name}`, ArgumentValue: value },
      });
    }
    // node writes header values as latin1; this makes them the UTF-8 bytes that were meant.
    headers[name] = Buffer.from(value, "utf8").toString("latin1");
  }
  return headers;
}
