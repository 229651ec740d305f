/** ListBucketResult: a page of a bucket's keys, in both versions. */

import type { Owner } from "../acl.ts";
import type { ChecksumAlgorithm, ChecksumType } from "../checksums.ts";
import { isoDate } from "../write-dates.ts";
import {
  booleanOf,
  childrenOf,
  element,
  integerOf,
  requiredText,
  textOf,
  xmlDocument,
  type XmlElement,
} from "../xml.ts";
import { decodeName, encodeName, type EncodingType } from "./encoding-type.ts";
import { parseResult } from "./error.ts";
import {
  etagXml,
  ownerXml,
  readChecksumAlgorithm,
  readChecksumType,
  readDate,
  readETag,
  readOwner,
} from "./elements.ts";

/** An object in a listing. */
export interface ListedObject {
  readonly key: string;
  readonly lastModifiedMs: number;
  /** Without quotes. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  readonly storageClass: string;
  readonly owner?: Owner | undefined;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType } | undefined;
}

interface Page {
  /** The bucket. */
  readonly name: string;
  readonly prefix: string;
  /** Empty: none. */
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly isTruncated: boolean;
  /** How names travel; on this side of the document they are always plain. */
  readonly encodingType?: EncodingType | undefined;
  readonly objects: readonly ListedObject[];
  readonly commonPrefixes: readonly string[];
}

/** A page of ListObjects. */
export interface ObjectListV1 extends Page {
  readonly marker: string;
  /** Where the next page begins. S3 tells it only when there is a delimiter; else it is the last key. */
  readonly nextMarker?: string | undefined;
}

/** A page of ListObjectsV2. */
export interface ObjectListV2 extends Page {
  readonly keyCount: number;
  readonly startAfter?: string | undefined;
  readonly continuationToken?: string | undefined;
  readonly nextContinuationToken?: string | undefined;
  /** Whether to write the owners. Default: not. */
  readonly fetchOwner?: boolean | undefined;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export function listObjectsV1Xml(list: ObjectListV1): string {
  const name = nameWriter(list.encodingType);
  return listXml(list, true, name("Marker", list.marker) + name("NextMarker", list.nextMarker));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listObjectsV2Xml(list: ObjectListV2): string {
  return listXml(
    list,
    list.fetchOwner ?? false,
    nameWriter(list.encodingType)("StartAfter", list.startAfter) +
      element("ContinuationToken", list.continuationToken) +
      element("NextContinuationToken", list.nextContinuationToken) +
      element("KeyCount", list.keyCount),
  );
}

function listXml(list: Page, withOwners: boolean, position: string): string {
  const name = nameWriter(list.encodingType);
  const head =
    element("Name", list.name) +
    name("Prefix", list.prefix) +
    position +
    element("MaxKeys", list.maxKeys) +
    name("Delimiter", list.delimiter || undefined) +
    element("EncodingType", list.encodingType) +
    element("IsTruncated", list.isTruncated);
  const ownerOf = withOwners ? createOwnerWriter() : (): string => "";
  const contents = list.objects.map((object) => {
    const { key, lastModifiedMs, etag, size, storageClass } = object;
    return `<Contents>${name("Key", key)}<LastModified>${isoDate(lastModifiedMs)}</LastModified>${etagXml(etag)}${checksumOfListedXml(object)}<Size>${size}</Size>${ownerOf(object)}${element("StorageClass", storageClass)}</Contents>`;
  });
  const prefixes = list.commonPrefixes.map(
    (prefix) => `<CommonPrefixes>${name("Prefix", prefix)}</CommonPrefixes>`,
  );
  return xmlDocument("ListBucketResult", head + contents.join("") + prefixes.join(""));
}

export function checksumOfListedXml({ checksum }: ListedObject): string {
  return checksum === undefined
    ? ""
    : element("ChecksumAlgorithm", checksum.algorithm) + element("ChecksumType", checksum.type);
}

/** For all documents that are listings: writes an element whose text is a name. */
export function nameWriter(
  encodingType: EncodingType | undefined,
): (element: string, name: string | undefined) => string {
  return (elementName, name) =>
    name === undefined ? "" : element(elementName, encodeName(name, encodingType));
}

/** A thousand objects mostly have one owner: its XML is made once. */
export function createOwnerWriter(): (object: Pick<ListedObject, "owner">) => string {
  let last: Owner | undefined;
  let xml = "";
  return ({ owner }) => {
    if (owner === undefined) return "";
    if (owner.id !== last?.id) xml = ownerXml("Owner", owner);
    last = owner;
    return xml;
  };
}

/**
 * Reads a page of ListObjects, with the names decoded.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseListObjectsV1(xml: string | Uint8Array): ObjectListV1 {
  const { root, page, name } = readPage(xml);
  const nextMarker = name(textOf(root, "NextMarker"));
  return {
    ...page,
    marker: name(textOf(root, "Marker")) ?? "",
    nextMarker: nextMarker === "" ? undefined : nextMarker,
  };
}

/**
 * Reads a page of ListObjectsV2, with the names decoded.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseListObjectsV2(xml: string | Uint8Array): ObjectListV2 {
  const { root, page, name } = readPage(xml);
  return {
    ...page,
    keyCount: integerOf(root, "KeyCount") ?? page.objects.length + page.commonPrefixes.length,
    startAfter: name(textOf(root, "StartAfter")),
    continuationToken: textOf(root, "ContinuationToken"),
    nextContinuationToken: textOf(root, "NextContinuationToken") || undefined,
  };
}

function readPage(xml: string | Uint8Array): {
  root: XmlElement;
  page: Page;
  name: (text: string | undefined) => string | undefined;
} {
  const root = parseResult(xml, "ListBucketResult");
  const encodingType = textOf(root, "EncodingType")?.trim() === "url" ? "url" : undefined;
  const name = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : decodeName(text, encodingType);
  return {
    root,
    name,
    page: {
      name: textOf(root, "Name") ?? "",
      prefix: name(textOf(root, "Prefix")) ?? "",
      delimiter: name(textOf(root, "Delimiter")) ?? "",
      maxKeys: integerOf(root, "MaxKeys") ?? 1000,
      isTruncated: booleanOf(root, "IsTruncated") ?? false,
      encodingType,
      objects: childrenOf(root, "Contents").map((contents) => readListedObject(contents, encodingType)),
      commonPrefixes: childrenOf(root, "CommonPrefixes").flatMap((prefixes) =>
        childrenOf(prefixes, "Prefix").map((prefix) => decodeName(prefix.text, encodingType)),
      ),
    },
  };
}

export function readListedObject(contents: XmlElement, encodingType: EncodingType | undefined): ListedObject {
  const algorithm = readChecksumAlgorithm(contents);
  const type = readChecksumType(contents);
  const owner = readOwner(contents, "Owner");
  return {
    key: decodeName(requiredText(contents, "Key"), encodingType),
    lastModifiedMs: readDate(contents, "LastModified"),
    etag: readETag(contents),
    size: integerOf(contents, "Size") ?? 0,
    storageClass: textOf(contents, "StorageClass") || "STANDARD",
    ...(owner === undefined ? {} : { owner }),
    ...(algorithm === undefined ? {} : { checksum: { algorithm, type: type ?? "FULL_OBJECT" } }),
  };
}
