/** Delete and DeleteResult: up to 1,000 keys in one request. */

import { unquoteETag } from "../etag.ts";
import { parseHttpDate, parseIsoDate } from "../dates.ts";
import { httpDate } from "../write-dates.ts";
import {
  booleanOf,
  childrenOf,
  element,
  integerOf,
  malformed,
  parseXml,
  requiredText,
  textOf,
  xmlDocument,
  type XmlElement,
} from "../xml.ts";
import { parseResult } from "./error.ts";

/** The most keys that one request deletes. */
export const maxDeleteKeys = 1000;

/** What is to be deleted. */
export interface DeleteRequest {
  /** Whether the answer leaves out what was deleted and names only what was not. */
  readonly quiet: boolean;
  readonly objects: readonly ObjectToDelete[];
}

/** A key, or one version of it. */
export interface ObjectToDelete {
  readonly key: string;
  readonly versionId?: string | undefined;
  /** Delete only an object with this ETag (without quotes), or any for `*`. */
  readonly etag?: string | undefined;
  /** Delete only an object of this size in bytes. AWS knows this and the next for directory buckets alone. */
  readonly size?: number | undefined;
  /** Delete only an object that was written in this second. */
  readonly lastModifiedMs?: number | undefined;
}

/** What became of each key. */
export interface DeleteResult {
  readonly deleted: readonly DeletedObject[];
  readonly errors: readonly DeleteFailure[];
}

/** A key that is gone. */
export interface DeletedObject {
  readonly key: string;
  /** The version that was asked for. */
  readonly versionId?: string | undefined;
  /** Whether a delete marker was made, or was what has been deleted. */
  readonly deleteMarker?: boolean | undefined;
  readonly deleteMarkerVersionId?: string | undefined;
}

/** A key that is not. */
export interface DeleteFailure {
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly code: string;
  readonly message: string;
}

/**
 * The body of DeleteObjects.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */
export function deleteXml({ quiet, objects }: DeleteRequest): string {
  const list = objects.map(
    ({ key, versionId, etag, size, lastModifiedMs }) =>
      `<Object>${element("Key", key)}${element("VersionId", versionId)}${element("ETag", etag)}${element("LastModifiedTime", lastModifiedMs === undefined ? undefined : httpDate(lastModifiedMs))}${element("Size", size)}</Object>`,
  );
  return xmlDocument("Delete", `${quiet ? "<Quiet>true</Quiet>" : ""}${list.join("")}`);
}

/**
 * Reads the body of DeleteObjects. The keys themselves are for the caller to check, each with an answer of its own.
 *
 * @throws {S3Error} `MalformedXML`, also for no key and for more than 1,000.
 */
export function parseDelete(xml: string | Uint8Array): DeleteRequest {
  const root = parseXml(xml, "Delete");
  const objects = childrenOf(root, "Object");
  if (objects.length === 0) throw malformed("there is no <Object>");
  if (objects.length > maxDeleteKeys)
    throw malformed(`${objects.length} keys are more than ${maxDeleteKeys}`);
  return { quiet: booleanOf(root, "Quiet") ?? false, objects: objects.map(readObject) };
}

function readObject(object: XmlElement): ObjectToDelete {
  const versionId = textOf(object, "VersionId");
  const etag = textOf(object, "ETag");
  const size = integerOf(object, "Size");
  const lastModified = textOf(object, "LastModifiedTime");
  const lastModifiedMs = lastModified
    ? (parseHttpDate(lastModified) ?? parseIsoDate(lastModified))
    : undefined;
  if (lastModifiedMs === null) throw malformed("<LastModifiedTime> is no date");
  return {
    key: requiredText(object, "Key"),
    ...(versionId ? { versionId } : {}),
    ...(etag ? { etag: unquoteETag(etag) } : {}),
    ...(size === undefined ? {} : { size }),
    ...(lastModifiedMs === undefined ? {} : { lastModifiedMs }),
  };
}

/** The answer of DeleteObjects. */
export function deleteResultXml({ deleted, errors }: DeleteResult): string {
  const gone = deleted.map(
    ({ key, versionId, deleteMarker, deleteMarkerVersionId }) =>
      `<Deleted>${element("Key", key)}${element("VersionId", versionId)}${element("DeleteMarker", deleteMarker)}${element("DeleteMarkerVersionId", deleteMarkerVersionId)}</Deleted>`,
  );
  const failed = errors.map(
    ({ key, versionId, code, message }) =>
      `<Error>${element("Key", key)}${element("VersionId", versionId)}${element("Code", code)}${element("Message", message)}</Error>`,
  );
  return xmlDocument("DeleteResult", gone.join("") + failed.join(""));
}

/**
 * Reads the answer of DeleteObjects.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseDeleteResult(xml: string | Uint8Array): DeleteResult {
  const root = parseResult(xml, "DeleteResult");
  return {
    deleted: childrenOf(root, "Deleted").map((gone) => ({
      key: textOf(gone, "Key") ?? "",
      versionId: textOf(gone, "VersionId"),
      deleteMarker: booleanOf(gone, "DeleteMarker"),
      deleteMarkerVersionId: textOf(gone, "DeleteMarkerVersionId"),
    })),
    errors: childrenOf(root, "Error").map((failed) => ({
      key: textOf(failed, "Key") ?? "",
      versionId: textOf(failed, "VersionId"),
      code: textOf(failed, "Code") ?? "",
      message: textOf(failed, "Message") ?? "",
    })),
  };
}
