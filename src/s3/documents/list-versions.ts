/** ListVersionsResult: a page of a bucket's versions and delete markers. */

import { isoDate } from "../write-dates.ts";
import { booleanOf, childrenOf, element, integerOf, requiredText, textOf, xmlDocument } from "../xml.ts";
import type { XmlElement } from "../xml.ts";
import { etagXml, readDate, readOwner } from "./elements.ts";
import { decodeName, type EncodingType } from "./encoding-type.ts";
import { parseResult } from "./error.ts";
import { checksumOfListedXml, createOwnerWriter, nameWriter, readListedObject } from "./list-objects.ts";
import type { ListedObject } from "./list-objects.ts";

/** A version or a delete marker in a listing. A delete marker has neither ETag nor size. */
export interface ListedVersion extends ListedObject {
  readonly versionId: string;
  /** Whether it is the newest of its key. */
  readonly isLatest: boolean;
  readonly deleteMarker?: boolean | undefined;
}

/** A page of ListObjectVersions. */
export interface ObjectVersionList {
  /** The bucket. */
  readonly name: string;
  readonly prefix: string;
  /** Empty: none. */
  readonly delimiter: string;
  readonly keyMarker: string;
  readonly versionIdMarker: string;
  readonly maxKeys: number;
  readonly isTruncated: boolean;
  /** Where the next page begins; the second is absent after a common prefix. */
  readonly nextKeyMarker?: string | undefined;
  readonly nextVersionIdMarker?: string | undefined;
  readonly encodingType?: EncodingType | undefined;
  /** By key, and of each key the newest first. */
  readonly versions: readonly ListedVersion[];
  readonly commonPrefixes: readonly string[];
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
export function listVersionsXml(list: ObjectVersionList): string {
  const name = nameWriter(list.encodingType);
  const head =
    element("Name", list.name) +
    name("Prefix", list.prefix) +
    name("KeyMarker", list.keyMarker) +
    element("VersionIdMarker", list.versionIdMarker) +
    name("NextKeyMarker", list.nextKeyMarker) +
    element("NextVersionIdMarker", list.nextVersionIdMarker) +
    element("MaxKeys", list.maxKeys) +
    name("Delimiter", list.delimiter || undefined) +
    element("EncodingType", list.encodingType) +
    element("IsTruncated", list.isTruncated);
  const ownerOf = createOwnerWriter();
  const versions = list.versions.map((version) => {
    const { key, versionId, isLatest, lastModifiedMs, etag, size, storageClass } = version;
    const named = `${name("Key", key)}<VersionId>${versionId}</VersionId><IsLatest>${isLatest}</IsLatest><LastModified>${isoDate(lastModifiedMs)}</LastModified>`;
    return version.deleteMarker === true
      ? `<DeleteMarker>${named}${ownerOf(version)}</DeleteMarker>`
      : `<Version>${named}${etagXml(etag)}${checksumOfListedXml(version)}<Size>${size}</Size>${ownerOf(version)}${element("StorageClass", storageClass)}</Version>`;
  });
  const prefixes = list.commonPrefixes.map(
    (prefix) => `<CommonPrefixes>${name("Prefix", prefix)}</CommonPrefixes>`,
  );
  return xmlDocument("ListVersionsResult", head + versions.join("") + prefixes.join(""));
}

/**
 * Reads a page of ListObjectVersions, with the names decoded.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseListVersions(xml: string | Uint8Array): ObjectVersionList {
  const root = parseResult(xml, "ListVersionsResult");
  const encodingType = textOf(root, "EncodingType")?.trim() === "url" ? "url" : undefined;
  const name = (element: string): string => decodeName(textOf(root, element) ?? "", encodingType);
  return {
    name: textOf(root, "Name") ?? "",
    prefix: name("Prefix"),
    delimiter: name("Delimiter"),
    keyMarker: name("KeyMarker"),
    versionIdMarker: textOf(root, "VersionIdMarker") ?? "",
    nextKeyMarker: name("NextKeyMarker") || undefined,
    nextVersionIdMarker: textOf(root, "NextVersionIdMarker") || undefined,
    maxKeys: integerOf(root, "MaxKeys") ?? 1000,
    isTruncated: booleanOf(root, "IsTruncated") ?? false,
    encodingType,
    versions: root.children.flatMap((child) =>
      child.name === "Version"
        ? [{ ...readListedObject(child, encodingType), ...readVersion(child) }]
        : child.name === "DeleteMarker"
          ? [readMarker(child, encodingType)]
          : [],
    ),
    commonPrefixes: childrenOf(root, "CommonPrefixes").flatMap((prefixes) =>
      childrenOf(prefixes, "Prefix").map((prefix) => decodeName(prefix.text, encodingType)),
    ),
  };
}

function readVersion(child: XmlElement): Pick<ListedVersion, "versionId" | "isLatest"> {
  return {
    versionId: textOf(child, "VersionId") || "null",
    isLatest: booleanOf(child, "IsLatest") ?? false,
  };
}

function readMarker(child: XmlElement, encodingType: EncodingType | undefined): ListedVersion {
  const owner = readOwner(child, "Owner");
  return {
    key: decodeName(requiredText(child, "Key"), encodingType),
    ...readVersion(child),
    lastModifiedMs: readDate(child, "LastModified"),
    etag: "",
    size: 0,
    storageClass: "STANDARD",
    deleteMarker: true,
    ...(owner === undefined ? {} : { owner }),
  };
}
