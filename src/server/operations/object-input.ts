/** What the headers of a request say of the object to be written: shared by PUT, copy, multipart and POST form. */

import { S3Error } from "../../s3/errors.ts";
import { checkMetadataSize, isMetadataName, readMetadata } from "../../s3/metadata.ts";
import { parseTaggingHeader, type Tags } from "../../s3/tags.ts";

type Headers = Readonly<Record<string, string>>;

/** Headers that belong to an object and come back with it as they were given. */
const systemHeaders = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];

/** The page that a website shows in an object's place. */
export const redirectHeader = "x-amz-website-redirect-location";

/** What AWS says of a body whose type nobody gave. */
const defaultContentType = "binary/octet-stream";

/** What is stored beside the bytes. */
export interface Description {
  readonly headers: Record<string, string>;
  readonly metadata: Record<string, string>;
}

/**
 * The system headers and the metadata of an object.
 *
 * @throws {S3Error} `MetadataTooLarge`, `InvalidArgument`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
export function readDescription(headers: Headers): Description {
  const kept: Record<string, string> = {};
  for (const name of systemHeaders) {
    const value = headers[name];
    if (value === undefined) continue;
    const stored = name === "content-encoding" ? withoutAwsChunked(value) : value;
    if (stored !== "") kept[name] = sendable(name, stored);
  }
  kept["content-type"] ??= defaultContentType;
  // "System-defined metadata is limited to 2 KB": what is more, a client could not read back.
  checkMetadataSize(kept);
  const redirect = readRedirect(headers);
  if (redirect !== undefined) kept[redirectHeader] = sendable(redirectHeader, redirect);
  const metadata = readMetadata(headers);
  for (const name of Object.keys(metadata)) {
    if (!isMetadataName(name)) throw notSendable(`x-amz-meta-${name}`, metadata[name] ?? "");
  }
  checkMetadataSize(metadata);
  return { headers: kept, metadata };
}

/**
 * A value that a header can carry. One that comes in a form, or in the query of a presigned URL, may hold what no header
 * does: CR and LF would end it, and node refuses to send any other control.
 */
function sendable(name: string, value: string): string {
  // oxlint-disable-next-line no-control-regex -- exactly these cannot be sent
  if (/[\0-\x08\n-\x1f\x7f]|[^\0-\xff]/.test(value)) throw notSendable(name, value);
  return value;
}

function notSendable(name: string, value: string): S3Error {
  return new S3Error("InvalidArgument", {
    message: "Header value cannot be represented.",
    details: { ArgumentName: name.slice(0, 200), ArgumentValue: value.slice(0, 200) },
  });
}

/**
 * Where a website sends who asks for the object.
 *
 * @throws {S3Error} `InvalidRedirectLocation`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html
 */
export function readRedirect(headers: Headers): string | undefined {
  const value = headers[redirectHeader];
  if (value === undefined || value === "") return undefined;
  if (!/^(?:\/|https?:\/\/)/.test(value) || value.length > 2048) {
    throw new S3Error("InvalidRedirectLocation", {
      message: `The website redirect location ${JSON.stringify(value.slice(0, 200))} must have a prefix of 'http://' or 'https://' or '/', and at most 2 KB.`,
    });
  }
  return value;
}

/** `aws-chunked` says how the bytes travel, not what they are. */
function withoutAwsChunked(value: string): string {
  if (!value.toLowerCase().includes("aws-chunked")) return value;
  return value
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding.toLowerCase() !== "aws-chunked")
    .join(", ");
}

const storageClasses = new Set([
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "GLACIER_IR",
  "DEEP_ARCHIVE",
]);

/**
 * The storage class, which is recorded and has no other effect: every object is on the same disk.
 *
 * @throws {S3Error} `InvalidStorageClass`.
 */
export function readStorageClass(headers: Headers): string {
  const value = headers["x-amz-storage-class"] ?? "STANDARD";
  if (!storageClasses.has(value)) {
    throw new S3Error("InvalidStorageClass", { details: { StorageClassRequested: value } });
  }
  return value;
}

/**
 * The tags of the header `x-amz-tagging`, should there be any.
 *
 * @throws {S3Error} `InvalidArgument`, `InvalidTag`.
 */
export function readTags(headers: Headers): { tags?: Tags } {
  const value = headers["x-amz-tagging"];
  if (value === undefined || value === "") return {};
  const tags = parseTaggingHeader(value);
  return Object.keys(tags).length === 0 ? {} : { tags };
}

/**
 * Refuses what would silently not be done.
 *
 * @throws {S3Error} `NotImplemented`.
 */
export function refuseUnsupported(headers: Headers): void {
  for (const name of unsupported) {
    if (headers[name] === undefined) continue;
    throw new S3Error("NotImplemented", {
      message: "A header you provided implies functionality that is not implemented.",
      details: { Header: name },
    });
  }
}

const unsupported = ["x-amz-write-offset-bytes"];
