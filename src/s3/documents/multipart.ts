/** The documents of multipart uploads: initiate, complete, and the lists of parts and of uploads. */

import type { Owner } from "../acl.ts";
import type { Checksum, ChecksumAlgorithm, ChecksumType } from "../checksums.ts";
import { isoDate } from "../write-dates.ts";
import { S3Error } from "../errors.ts";
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
import { decodeName, encodeName, type EncodingType } from "./encoding-type.ts";
import { parseResult } from "./error.ts";
import {
  checksumXml,
  etagXml,
  ownerXml,
  readChecksum,
  readChecksumAlgorithm,
  readChecksumType,
  readDate,
  readETag,
  readObjectChecksum,
  readOwner,
} from "./elements.ts";

/** The highest part number, and the most parts of one upload. */
export const maxParts = 10_000;

/** An upload that has begun. */
export interface InitiatedUpload {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export function initiateMultipartUploadResultXml({ bucket, key, uploadId }: InitiatedUpload): string {
  return xmlDocument(
    "InitiateMultipartUploadResult",
    element("Bucket", bucket) + element("Key", key) + element("UploadId", uploadId),
  );
}

/**
 * Reads the answer of CreateMultipartUpload.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseInitiateMultipartUploadResult(xml: string | Uint8Array): InitiatedUpload {
  const root = parseResult(xml, "InitiateMultipartUploadResult");
  return {
    bucket: textOf(root, "Bucket") ?? "",
    key: textOf(root, "Key") ?? "",
    uploadId: requiredText(root, "UploadId"),
  };
}

/** A part as the completion of an upload names it. */
export interface CompletedPart {
  readonly partNumber: number;
  /** Without quotes. */
  readonly etag: string;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
}

/**
 * The body of CompleteMultipartUpload.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export function completeMultipartUploadXml(parts: readonly CompletedPart[]): string {
  const list = parts.map(
    ({ partNumber, etag, checksum }) =>
      `<Part><PartNumber>${partNumber}</PartNumber>${etagXml(etag)}${checksumXml(checksum)}</Part>`,
  );
  return xmlDocument("CompleteMultipartUpload", list.join(""));
}

/**
 * Reads the body of CompleteMultipartUpload. The order of the parts is for the engine to check, against those it has.
 *
 * @throws {S3Error} `MalformedXML`, also for no part and for more than 10,000; `InvalidPart` for a number that no part
 *   can have.
 */
export function parseCompleteMultipartUpload(xml: string | Uint8Array): CompletedPart[] {
  const root = parseXml(xml, "CompleteMultipartUpload");
  const parts = childrenOf(root, "Part");
  if (parts.length === 0) throw malformed("there is no <Part>");
  if (parts.length > maxParts) throw malformed(`${parts.length} parts are more than ${maxParts}`);
  return parts.map(readCompletedPart);
}

function readCompletedPart(part: XmlElement): CompletedPart {
  const partNumber = integerOf(part, "PartNumber");
  const etag = readETag(part);
  if (partNumber === undefined) throw malformed("<PartNumber> is missing in <Part>");
  if (etag === "") throw malformed(`<ETag> is missing in <Part> ${partNumber}`);
  if (partNumber < 1 || partNumber > maxParts) {
    throw new S3Error("InvalidPart", {
      message: `Part number ${partNumber} is not between 1 and ${maxParts}.`,
      details: { PartNumber: String(partNumber), ETag: etag },
    });
  }
  const checksum = readChecksum(part);
  return { partNumber, etag, ...(checksum === undefined ? {} : { checksum }) };
}

/** An upload that has become an object. */
export interface CompletedUpload {
  /** URL of the object. */
  readonly location: string;
  readonly bucket: string;
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly checksum?: Checksum | undefined;
}

/** The answer of CompleteMultipartUpload. */
export function completeMultipartUploadResultXml(upload: CompletedUpload): string {
  return xmlDocument(
    "CompleteMultipartUploadResult",
    element("Location", upload.location) +
      element("Bucket", upload.bucket) +
      element("Key", upload.key) +
      etagXml(upload.etag) +
      checksumXml(upload.checksum) +
      element("ChecksumType", upload.checksum?.type),
  );
}

/**
 * Reads the answer of CompleteMultipartUpload.
 *
 * @throws {S3Error} The error in the body, should the answer be one in spite of its status 200; `MalformedXML`.
 */
export function parseCompleteMultipartUploadResult(xml: string | Uint8Array): CompletedUpload {
  const root = parseResult(xml, "CompleteMultipartUploadResult");
  return {
    location: textOf(root, "Location") ?? "",
    bucket: textOf(root, "Bucket") ?? "",
    key: textOf(root, "Key") ?? "",
    etag: readETag(root),
    checksum: readObjectChecksum(root),
  };
}

/** A part that has been uploaded. */
export interface ListedPart {
  readonly partNumber: number;
  readonly lastModifiedMs: number;
  /** Without quotes. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
}

/** A page of an upload's parts. */
export interface PartList {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly initiator: Owner;
  readonly owner: Owner;
  readonly storageClass: string;
  readonly partNumberMarker: number;
  readonly nextPartNumberMarker: number;
  readonly maxParts: number;
  readonly isTruncated: boolean;
  readonly parts: readonly ListedPart[];
  readonly encodingType?: EncodingType | undefined;
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
  readonly checksumType?: ChecksumType | undefined;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export function listPartsXml(list: PartList): string {
  const parts = list.parts.map(
    ({ partNumber, lastModifiedMs, etag, size, checksum }) =>
      `<Part><PartNumber>${partNumber}</PartNumber><LastModified>${isoDate(lastModifiedMs)}</LastModified>${etagXml(etag)}<Size>${size}</Size>${list.checksumAlgorithm === undefined ? "" : checksumXml(checksum)}</Part>`,
  );
  return xmlDocument(
    "ListPartsResult",
    element("Bucket", list.bucket) +
      element("Key", encodeName(list.key, list.encodingType)) +
      element("UploadId", list.uploadId) +
      ownerXml("Initiator", list.initiator) +
      ownerXml("Owner", list.owner) +
      element("StorageClass", list.storageClass) +
      element("ChecksumAlgorithm", list.checksumAlgorithm) +
      element("ChecksumType", list.checksumType) +
      element("PartNumberMarker", list.partNumberMarker) +
      element("NextPartNumberMarker", list.nextPartNumberMarker) +
      element("MaxParts", list.maxParts) +
      element("EncodingType", list.encodingType) +
      element("IsTruncated", list.isTruncated) +
      parts.join(""),
  );
}

/**
 * Reads a page of parts.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseListParts(xml: string | Uint8Array): PartList {
  const root = parseResult(xml, "ListPartsResult");
  const encodingType = readEncodingType(root);
  return {
    bucket: textOf(root, "Bucket") ?? "",
    key: decodeName(textOf(root, "Key") ?? "", encodingType),
    uploadId: textOf(root, "UploadId") ?? "",
    ...readHandlers(root),
    partNumberMarker: integerOf(root, "PartNumberMarker") ?? 0,
    nextPartNumberMarker: integerOf(root, "NextPartNumberMarker") ?? 0,
    maxParts: integerOf(root, "MaxParts") ?? 1000,
    isTruncated: booleanOf(root, "IsTruncated") ?? false,
    encodingType,
    parts: childrenOf(root, "Part").map((part) => ({
      partNumber: integerOf(part, "PartNumber") ?? 0,
      lastModifiedMs: readDate(part, "LastModified"),
      etag: readETag(part),
      size: integerOf(part, "Size") ?? 0,
      checksum: readChecksum(part),
    })),
  };
}

/** An upload under way. */
export interface ListedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiator: Owner;
  readonly owner: Owner;
  readonly storageClass: string;
  readonly initiatedAtMs: number;
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
  readonly checksumType?: ChecksumType | undefined;
}

/** A page of a bucket's uploads. */
export interface UploadList {
  readonly bucket: string;
  readonly prefix: string;
  /** Empty: none. */
  readonly delimiter: string;
  readonly keyMarker: string;
  readonly uploadIdMarker: string;
  /** Where the next page begins; empty on the last. */
  readonly nextKeyMarker: string;
  readonly nextUploadIdMarker: string;
  readonly maxUploads: number;
  readonly isTruncated: boolean;
  readonly encodingType?: EncodingType | undefined;
  readonly uploads: readonly ListedUpload[];
  readonly commonPrefixes: readonly string[];
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export function listMultipartUploadsXml(list: UploadList): string {
  const name = (text: string): string => encodeName(text, list.encodingType);
  const uploads = list.uploads.map(
    (upload) =>
      `<Upload>${element("Key", name(upload.key))}${element("UploadId", upload.uploadId)}${ownerXml("Initiator", upload.initiator)}${ownerXml("Owner", upload.owner)}${element("StorageClass", upload.storageClass)}<Initiated>${isoDate(upload.initiatedAtMs)}</Initiated>${element("ChecksumAlgorithm", upload.checksumAlgorithm)}${element("ChecksumType", upload.checksumType)}</Upload>`,
  );
  const prefixes = list.commonPrefixes.map(
    (prefix) => `<CommonPrefixes>${element("Prefix", name(prefix))}</CommonPrefixes>`,
  );
  return xmlDocument(
    "ListMultipartUploadsResult",
    element("Bucket", list.bucket) +
      element("KeyMarker", name(list.keyMarker)) +
      element("UploadIdMarker", list.uploadIdMarker) +
      element("NextKeyMarker", name(list.nextKeyMarker) || undefined) +
      element("NextUploadIdMarker", list.nextUploadIdMarker || undefined) +
      element("Prefix", name(list.prefix)) +
      element("Delimiter", name(list.delimiter) || undefined) +
      element("EncodingType", list.encodingType) +
      element("MaxUploads", list.maxUploads) +
      element("IsTruncated", list.isTruncated) +
      uploads.join("") +
      prefixes.join(""),
  );
}

/**
 * Reads a page of uploads, with the names decoded.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseListMultipartUploads(xml: string | Uint8Array): UploadList {
  const root = parseResult(xml, "ListMultipartUploadsResult");
  const encodingType = readEncodingType(root);
  const name = (element: string): string => decodeName(textOf(root, element) ?? "", encodingType);
  return {
    bucket: textOf(root, "Bucket") ?? "",
    prefix: name("Prefix"),
    delimiter: name("Delimiter"),
    keyMarker: name("KeyMarker"),
    uploadIdMarker: textOf(root, "UploadIdMarker") ?? "",
    nextKeyMarker: name("NextKeyMarker"),
    nextUploadIdMarker: textOf(root, "NextUploadIdMarker") ?? "",
    maxUploads: integerOf(root, "MaxUploads") ?? 1000,
    isTruncated: booleanOf(root, "IsTruncated") ?? false,
    encodingType,
    uploads: childrenOf(root, "Upload").map((upload) => ({
      key: decodeName(requiredText(upload, "Key"), encodingType),
      uploadId: requiredText(upload, "UploadId"),
      ...readHandlers(upload),
      initiatedAtMs: readDate(upload, "Initiated"),
    })),
    commonPrefixes: childrenOf(root, "CommonPrefixes").flatMap((prefixes) =>
      childrenOf(prefixes, "Prefix").map((prefix) => decodeName(prefix.text, encodingType)),
    ),
  };
}

function readEncodingType(root: XmlElement): EncodingType | undefined {
  return textOf(root, "EncodingType")?.trim() === "url" ? "url" : undefined;
}

/** What a list of parts and an entry in a list of uploads both tell of an upload. */
function readHandlers(
  upload: XmlElement,
): Pick<ListedUpload, "initiator" | "owner" | "storageClass" | "checksumAlgorithm" | "checksumType"> {
  const nobody: Owner = { id: "", displayName: "" };
  return {
    initiator: readOwner(upload, "Initiator") ?? nobody,
    owner: readOwner(upload, "Owner") ?? nobody,
    storageClass: textOf(upload, "StorageClass") || "STANDARD",
    checksumAlgorithm: readChecksumAlgorithm(upload),
    checksumType: readChecksumType(upload),
  };
}
