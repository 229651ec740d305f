/** Elements that several documents have: an owner, an ETag, a date, a checksum. */

import type { Owner } from "../acl.ts";
import {
  type Checksum,
  type ChecksumAlgorithm,
  checksumAlgorithms,
  type ChecksumType,
} from "../checksums.ts";
import { unquoteETag } from "../etag.ts";
import { parseIsoDate } from "../dates.ts";
import {
  childOf,
  element,
  escapeXml,
  parseXml,
  malformed,
  requiredText,
  textOf,
  type XmlElement,
} from "../xml.ts";

/** An `<Owner>` or `<Initiator>`. */
export function ownerXml(name: string, owner: Owner): string {
  return `<${name}>${element("ID", owner.id)}${element("DisplayName", owner.displayName || undefined)}</${name}>`;
}

/** The owner within an element; undefined where the other side tells none. */
export function readOwner(parent: XmlElement, name: string): Owner | undefined {
  const owner = childOf(parent, name);
  if (owner === undefined) return undefined;
  return { id: textOf(owner, "ID")?.trim() ?? "", displayName: textOf(owner, "DisplayName") ?? "" };
}

/**
 * The one choice that a small document makes, such as `<Payer>Requester</Payer>`.
 *
 * @throws {S3Error} `MalformedXML` for another root, another element or another value.
 */
export function readChoice<T extends string>(
  xml: string | Uint8Array,
  root: string,
  name: string,
  choices: readonly T[],
): T {
  const text = requiredText(parseXml(xml, root), name).trim();
  const choice = choices.find((known) => known === text);
  if (choice === undefined)
    throw malformed(`<${name}> is ${JSON.stringify(text)}, none of ${choices.join(", ")}`);
  return choice;
}

/** An `<ETag>` with its quotes, which stand as they are: see {@link escapeXml}. */
export function etagXml(etag: string): string {
  return `<ETag>"${escapeXml(etag)}"</ETag>`;
}

/** The ETag within an element, without quotes; empty where there is none. */
export function readETag(parent: XmlElement): string {
  return unquoteETag(textOf(parent, "ETag") ?? "");
}

/** A date that must be there. */
export function readDate(parent: XmlElement, name: string): number {
  const text = requiredText(parent, name);
  const timeMs = parseIsoDate(text);
  if (timeMs === null) throw malformed(`<${name}> is ${JSON.stringify(text)}, which is no date`);
  return timeMs;
}

/** A `<ChecksumCRC32>` or its kin. */
export function checksumXml(checksum: Pick<Checksum, "algorithm" | "value"> | undefined): string {
  return checksum === undefined ? "" : element(`Checksum${checksum.algorithm}`, checksum.value);
}

/** The checksum within an element; the first, should there be several. */
export function readChecksum(
  parent: XmlElement,
): { algorithm: ChecksumAlgorithm; value: string } | undefined {
  for (const algorithm of checksumAlgorithms) {
    const value = textOf(parent, `Checksum${algorithm}`)?.trim();
    if (value !== undefined && value !== "") return { algorithm, value };
  }
  return undefined;
}

/** The checksum of a whole object within an element, with its type where the other side tells it. */
export function readObjectChecksum(parent: XmlElement): Checksum | undefined {
  const checksum = readChecksum(parent);
  if (checksum === undefined) return undefined;
  return { ...checksum, type: readChecksumType(parent) ?? typeOf(checksum.value) };
}

function typeOf(value: string): ChecksumType {
  return value.includes("-") ? "COMPOSITE" : "FULL_OBJECT";
}

/** A `<ChecksumAlgorithm>`, should it be one that is known. */
export function readChecksumAlgorithm(parent: XmlElement): ChecksumAlgorithm | undefined {
  // A listing names several for an object that has several; the first is enough.
  const name = parent.children.find((child) => child.name === "ChecksumAlgorithm")?.text.trim();
  return checksumAlgorithms.find((algorithm) => algorithm === name);
}

/** A `<ChecksumType>`, should it be one that is known. */
export function readChecksumType(parent: XmlElement): ChecksumType | undefined {
  const type = textOf(parent, "ChecksumType")?.trim();
  return type === "FULL_OBJECT" || type === "COMPOSITE" ? type : undefined;
}
