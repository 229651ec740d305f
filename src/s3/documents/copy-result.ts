/** CopyObjectResult and CopyPartResult: what a copy on the server has come to. */

import type { Checksum } from "../checksums.ts";
import { isoDate } from "../write-dates.ts";
import { element, xmlDocument } from "../xml.ts";
import { parseResult } from "./error.ts";
import { checksumXml, etagXml, readDate, readETag, readObjectChecksum } from "./elements.ts";

/** The copy. */
export interface CopyResult {
  /** Without quotes. */
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly checksum?: Checksum | undefined;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export function copyObjectResultXml(result: CopyResult): string {
  return copyXml("CopyObjectResult", result, element("ChecksumType", result.checksum?.type));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export function copyPartResultXml(result: CopyResult): string {
  return copyXml("CopyPartResult", result, "");
}

function copyXml(root: string, { etag, lastModifiedMs, checksum }: CopyResult, more: string): string {
  return xmlDocument(
    root,
    `<LastModified>${isoDate(lastModifiedMs)}</LastModified>${etagXml(etag)}${checksumXml(checksum)}${more}`,
  );
}

/**
 * Reads the answer of CopyObject.
 *
 * @throws {S3Error} The error in the body, should the answer be one in spite of its status 200; `MalformedXML`.
 */
export function parseCopyObjectResult(xml: string | Uint8Array): CopyResult {
  return parseCopy(xml, "CopyObjectResult");
}

/** Reads the answer of UploadPartCopy. Throws as {@link parseCopyObjectResult} does. */
export function parseCopyPartResult(xml: string | Uint8Array): CopyResult {
  return parseCopy(xml, "CopyPartResult");
}

function parseCopy(xml: string | Uint8Array, rootName: string): CopyResult {
  const root = parseResult(xml, rootName);
  return {
    etag: readETag(root),
    lastModifiedMs: readDate(root, "LastModified"),
    checksum: readObjectChecksum(root),
  };
}
