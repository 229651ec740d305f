/** GetObjectAttributesResponse: what HeadObject and ListParts tell, in one document. */

import type { Checksum, PartChecksum } from "../checksums.ts";
import { unquoteETag } from "../etag.ts";
import { booleanOf, childOf, childrenOf, element, integerOf, textOf, xmlDocument } from "../xml.ts";
import { checksumXml, readChecksum, readObjectChecksum } from "./elements.ts";
import { parseResult } from "./error.ts";

/** What can be asked for. */
export const objectAttributes = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"] as const;

export type ObjectAttribute = (typeof objectAttributes)[number];

/** A part of an object that was uploaded in parts. */
export interface AttributePart {
  readonly partNumber: number;
  /** Bytes. */
  readonly size: number;
  readonly checksum?: PartChecksum | undefined;
}

/** A page of an object's parts. */
export interface AttributeParts {
  readonly totalPartsCount: number;
  readonly partNumberMarker: number;
  /** Where the next page begins; undefined on the last. */
  readonly nextPartNumberMarker?: number | undefined;
  readonly maxParts: number;
  readonly isTruncated: boolean;
  readonly parts: readonly AttributePart[];
}

/** What was asked for and is there. */
export interface ObjectAttributesResult {
  /** Without quotes. */
  readonly etag?: string | undefined;
  readonly checksum?: Checksum | undefined;
  readonly objectParts?: AttributeParts | undefined;
  readonly storageClass?: string | undefined;
  /** Bytes. */
  readonly objectSize?: number | undefined;
}

/**
 * The ETag has no quotes here, alone of all documents. The parts are told also where they have no checksum, as on Ceph;
 * AWS leaves them out then.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
 */
export function objectAttributesXml(result: ObjectAttributesResult): string {
  const { checksum, objectParts } = result;
  return xmlDocument(
    "GetObjectAttributesResponse",
    element("ETag", result.etag) +
      (checksum === undefined
        ? ""
        : `<Checksum>${checksumXml(checksum)}${element("ChecksumType", checksum.type)}</Checksum>`) +
      (objectParts === undefined ? "" : partsXml(objectParts)) +
      element("StorageClass", result.storageClass) +
      element("ObjectSize", result.objectSize),
  );
}

function partsXml(page: AttributeParts): string {
  const parts = page.parts.map(
    ({ partNumber, size, checksum }) =>
      `<Part>${element("PartNumber", partNumber)}${element("Size", size)}${checksumXml(checksum)}</Part>`,
  );
  return `<ObjectParts>${element("PartsCount", page.totalPartsCount)}${element("PartNumberMarker", page.partNumberMarker)}${element("NextPartNumberMarker", page.nextPartNumberMarker)}${element("MaxParts", page.maxParts)}${element("IsTruncated", page.isTruncated)}${parts.join("")}</ObjectParts>`;
}

/**
 * Reads the answer. Its root has one name in AWS's reference and another on the wire.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseObjectAttributes(xml: string | Uint8Array): ObjectAttributesResult {
  const root = parseResult(xml, rootNames);
  const etag = textOf(root, "ETag");
  const checksum = childOf(root, "Checksum");
  const parts = childOf(root, "ObjectParts");
  const isTruncated = parts === undefined ? false : (booleanOf(parts, "IsTruncated") ?? false);
  return {
    etag: etag === undefined ? undefined : unquoteETag(etag),
    checksum: checksum === undefined ? undefined : readObjectChecksum(checksum),
    objectParts:
      parts === undefined
        ? undefined
        : {
            totalPartsCount: integerOf(parts, "PartsCount") ?? integerOf(parts, "TotalPartsCount") ?? 0,
            partNumberMarker: integerOf(parts, "PartNumberMarker") ?? 0,
            nextPartNumberMarker: isTruncated ? integerOf(parts, "NextPartNumberMarker") : undefined,
            maxParts: integerOf(parts, "MaxParts") ?? 1000,
            isTruncated,
            parts: childrenOf(parts, "Part").map((part) => ({
              partNumber: integerOf(part, "PartNumber") ?? 0,
              size: integerOf(part, "Size") ?? 0,
              checksum: readChecksum(part),
            })),
          },
    storageClass: textOf(root, "StorageClass"),
    objectSize: integerOf(root, "ObjectSize"),
  };
}

const rootNames = ["GetObjectAttributesResponse", "GetObjectAttributesOutput", "GetObjectAttributesResult"];
