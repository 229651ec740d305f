/** What the operations answer, as far as it stands in headers. What stands in documents is typed in `src/s3/documents`. */

import { type Checksum, readChecksumHeaders } from "../s3/checksums.ts";
import { unquoteETag } from "../s3/etag.ts";
import { parseHttpDate, parseIsoDate } from "../s3/dates.ts";
import { readMetadata } from "../s3/metadata.ts";
import { type LegalHold, type Retention, retentionModes } from "../s3/object-lock.ts";
import { parseContentRange } from "../s3/range.ts";

type Headers = Readonly<Record<string, string>>;

/** What was written. */
export interface Written {
  /** Without quotes. The MD5 of the bytes only where nothing was encrypted or uploaded in parts. */
  readonly etag: string;
  readonly versionId: string | undefined;
  readonly checksum: Checksum | undefined;
}

/** Answers that have headers beside their document. */
export interface Versioned {
  readonly versionId: string | undefined;
}

/** An object without its bytes. */
export interface ObjectInfo {
  /** Bytes of the whole object, also where only a range of it was asked for. */
  readonly size: number;
  /** Bytes of this answer's body. */
  readonly contentLength: number;
  /** The range of this answer, both ends inclusive. */
  readonly contentRange: { readonly start: number; readonly end: number } | undefined;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly contentType: string | undefined;
  readonly cacheControl: string | undefined;
  readonly contentDisposition: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly contentLanguage: string | undefined;
  readonly expires: string | undefined;
  readonly metadata: Record<string, string>;
  readonly storageClass: string;
  /** How it is encrypted on the server's disk: `AES256`, `aws:kms`, `customer` for a key of the customer's. */
  readonly encryption: "AES256" | "aws:kms" | "customer" | (string & {}) | undefined;
  readonly versionId: string | undefined;
  readonly deleteMarker: boolean;
  /** Until when this version is kept, where whoever asks may know. */
  readonly retention: Retention | undefined;
  readonly legalHold: LegalHold | undefined;
  readonly checksum: Checksum | undefined;
  /** How many parts it was uploaded in, where a part was asked for. */
  readonly partsCount: number | undefined;
  readonly websiteRedirectLocation: string | undefined;
  /** Every header of the answer, by lower-case name. */
  readonly headers: Headers;
}

export function readWritten(headers: Headers): Written {
  return {
    etag: unquoteETag(headers["etag"] ?? ""),
    versionId: headers["x-amz-version-id"],
    checksum: readChecksum(headers),
  };
}

export function readObjectInfo(headers: Headers): ObjectInfo {
  const contentLength = Number(headers["content-length"] ?? 0);
  const range = parseContentRange(headers["content-range"] ?? "");
  return {
    size: range?.sizeBytes ?? contentLength,
    contentLength,
    contentRange: range === null ? undefined : { start: range.start, end: range.end },
    etag: unquoteETag(headers["etag"] ?? ""),
    lastModifiedMs: parseHttpDate(headers["last-modified"] ?? "") ?? 0,
    contentType: headers["content-type"],
    cacheControl: headers["cache-control"],
    contentDisposition: headers["content-disposition"],
    contentEncoding: headers["content-encoding"],
    contentLanguage: headers["content-language"],
    expires: headers["expires"],
    metadata: readMetadata(headers),
    storageClass: headers["x-amz-storage-class"] ?? "STANDARD",
    encryption:
      headers["x-amz-server-side-encryption-customer-algorithm"] === undefined
        ? headers["x-amz-server-side-encryption"]
        : "customer",
    versionId: headers["x-amz-version-id"],
    deleteMarker: headers["x-amz-delete-marker"] === "true",
    retention: readRetention(headers),
    legalHold: readLegalHold(headers["x-amz-object-lock-legal-hold"]),
    checksum: readChecksum(headers),
    partsCount:
      headers["x-amz-mp-parts-count"] === undefined ? undefined : Number(headers["x-amz-mp-parts-count"]),
    websiteRedirectLocation: headers["x-amz-website-redirect-location"],
    headers,
  };
}

function readRetention(headers: Headers): Retention | undefined {
  const mode = retentionModes.find((one) => one === headers["x-amz-object-lock-mode"]);
  const untilMs = parseIsoDate(headers["x-amz-object-lock-retain-until-date"] ?? "");
  return mode === undefined || untilMs === null ? undefined : { mode, untilMs };
}

function readLegalHold(status: string | undefined): LegalHold | undefined {
  return status === "ON" || status === "OFF" ? status : undefined;
}

/** AWS says the type in a header of its own; a composite checksum shows it by its number of parts too. */
function readChecksum(headers: Headers): Checksum | undefined {
  const checksum = readChecksumHeaders(headers);
  if (checksum === undefined) return undefined;
  return headers["x-amz-checksum-type"] === "COMPOSITE" ? { ...checksum, type: "COMPOSITE" } : checksum;
}
