/**
 * The record of an object: everything but its key and its bytes, in some 40 bytes for a plain one.
 *
 *     format 1 | flags | content kind | content id? | size | what the flags name, in their order | ETag | what came later
 *
 * What is absent has its default: the bucket's owner, a private list, no headers, STANDARD, the time in the content's
 * id. A later format or flag adds to it; a record with a flag that this code does not know is refused.
 */

import type { Grant, Owner } from "../../s3/acl.ts";
import type { ChecksumAlgorithm } from "../../s3/checksums.ts";
import { retentionModes } from "../../s3/object-lock.ts";
import type { LegalHold, Retention } from "../../s3/object-lock.ts";
import { idBytes, idTimeMs } from "../ids.ts";
import type { ObjectChecksum, ObjectInfo } from "../types.ts";
import {
  isPrivate,
  privateGrants,
  readGrants,
  readOwner,
  sameOwner,
  writeGrants,
  writeOwner,
} from "./access.ts";
import { Reader, Writer } from "./codec.ts";
import { readEncryption, writeEncryption } from "./encryption.ts";

/** Where an object's or a part's bytes are. */
export type Content =
  | { readonly kind: "none" }
  /** In the table `inline`. */
  | { readonly kind: "inline"; readonly id: Buffer }
  /** In the store of blobs. */
  | { readonly kind: "blob"; readonly id: Buffer }
  /** In the parts that the row of the table `manifests` lists. */
  | { readonly kind: "manifest"; readonly id: Buffer };

export interface ObjectRecord {
  readonly info: ObjectInfo;
  readonly content: Content;
  /**
   * Where it stands among the versions of its key: an id that is above those of all older ones, and, but for the null
   * version, the version id itself. Absent for what was written before its bucket was ever versioned.
   */
  readonly order?: Buffer | undefined;
}

// Stored by their place in these lists: new ones go to the end.
const contentKinds = ["none", "inline", "blob", "manifest"] as const;
const checksumAlgorithms: readonly ChecksumAlgorithm[] = [
  "CRC32",
  "CRC32C",
  "CRC64NVME",
  "SHA1",
  "SHA256",
  "SHA512",
  "MD5",
  "XXHASH64",
];
const frequentContentTypes = [
  "binary/octet-stream",
  "application/octet-stream",
  "text/plain",
  "text/html",
  "text/css",
  "text/javascript",
  "application/javascript",
  "application/json",
  "application/pdf",
  "application/zip",
  "application/x-www-form-urlencoded",
  "image/jpeg",
  "image/png",
  "image/gif",
  "image/webp",
  "image/svg+xml",
  "video/mp4",
  "text/plain; charset=utf-8",
  "text/html; charset=utf-8",
];
const contentTypeCodes = new Map(frequentContentTypes.map((type, code) => [type, code]));

type Strings = Readonly<Record<string, string>>;

function shared(values: Strings): Strings {
  return Object.freeze(Object.assign(Object.create(null), values) as Strings);
}

/** Headers and metadata that most objects have: the thousand of a page share them. */
const headersOfType = frequentContentTypes.map((type) => shared({ "content-type": type }));
const none = shared({});

/** What S3 calls the version that was written while its bucket was not versioned, or no longer. */
export const nullVersionId = "null";

const format = 1;
const flag = {
  time: 1,
  contentType: 1 << 1,
  headers: 1 << 2,
  metadata: 1 << 3,
  owner: 1 << 4,
  grants: 1 << 5,
  storageClass: 1 << 6,
  checksum: 1 << 7,
  partCount: 1 << 8,
  textEtag: 1 << 9,
  order: 1 << 10,
  deleteMarker: 1 << 11,
  tags: 1 << 12,
  retention: 1 << 13,
  legalHold: 1 << 14,
  encryption: 1 << 15,
  nullVersion: 1 << 18,
} as const;
const knownFlags = Object.values(flag).reduce<number>((all, one) => all | one, 0);

/** @param bucketOwner Whose objects need not name their owner. */
export function encodeObject({ info, content, order }: ObjectRecord, bucketOwner: Owner): Buffer {
  const writer = new Writer();
  const contentTypeCode = contentTypeCodes.get(info.headers["content-type"] ?? "");
  const headerCount = Object.keys(info.headers).length - (contentTypeCode === undefined ? 0 : 1);
  const etagBytes = md5OfEtag(info.etag, info.partCount);
  const timeMs = content.kind === "none" ? undefined : idTimeMs(content.id);

  const flags =
    (info.lastModifiedMs === timeMs ? 0 : flag.time) |
    (contentTypeCode === undefined ? 0 : flag.contentType) |
    (headerCount === 0 ? 0 : flag.headers) |
    (Object.keys(info.metadata).length === 0 ? 0 : flag.metadata) |
    (sameOwner(info.owner, bucketOwner) ? 0 : flag.owner) |
    (isPrivate(info.grants, info.owner) ? 0 : flag.grants) |
    (info.storageClass === "STANDARD" ? 0 : flag.storageClass) |
    (info.checksum === undefined ? 0 : flag.checksum) |
    (info.partCount === undefined ? 0 : flag.partCount) |
    (etagBytes === undefined ? flag.textEtag : 0) |
    (order === undefined ? 0 : flag.order) |
    (info.deleteMarker === undefined ? 0 : flag.deleteMarker) |
    (order !== undefined && info.versionId === nullVersionId ? flag.nullVersion : 0) |
    (info.tags === undefined ? 0 : flag.tags) |
    (info.retention === undefined ? 0 : flag.retention) |
    (info.legalHold === undefined ? 0 : flag.legalHold) |
    (info.encryption === undefined ? 0 : flag.encryption);

  writer.u8(format);
  writer.uint(flags);
  writer.u8(contentKinds.indexOf(content.kind));
  if (content.kind !== "none") writer.raw(content.id);
  writer.uint(info.size);
  if (flags & flag.time) writer.timeMs(info.lastModifiedMs);
  if (contentTypeCode !== undefined) writer.u8(contentTypeCode);
  if (flags & flag.headers) {
    const { "content-type": type, ...others } = info.headers;
    writer.strings(
      contentTypeCode === undefined && type !== undefined ? { "content-type": type, ...others } : others,
    );
  }
  if (flags & flag.metadata) writer.strings(info.metadata);
  if (flags & flag.owner) writeOwner(writer, info.owner);
  if (flags & flag.grants) writeGrants(writer, info.grants, info.owner);
  if (flags & flag.storageClass) writer.string(info.storageClass);
  if (info.checksum !== undefined) writeChecksum(writer, info.checksum);
  if (info.partCount !== undefined) writer.uint(info.partCount);
  if (etagBytes === undefined) writer.string(info.etag);
  else writer.raw(etagBytes);
  if (order !== undefined) writer.raw(order);
  if (info.tags !== undefined) writer.strings(info.tags);
  if (info.retention !== undefined) {
    writer.u8(retentionModes.indexOf(info.retention.mode));
    writer.timeMs(info.retention.untilMs);
  }
  if (info.legalHold !== undefined) writer.u8(info.legalHold === "ON" ? 1 : 0);
  if (info.encryption !== undefined) writeEncryption(writer, info.encryption);
  return writer.finish();
}

/** @throws RangeError for bytes that are no record of a known format. */
export function decodeObject(bytes: Buffer, key: string, bucketOwner: Owner): ObjectRecord {
  const reader = new Reader(bytes);
  checkFormat(reader.u8(), format, "object");
  const flags = reader.uint();
  if (flags > 0x7fffffff || (flags & ~knownFlags) !== 0)
    throw new RangeError(`Cannot read the record of an object: unknown flags ${flags}`);
  const content = readContent(reader);
  const size = reader.uint();
  const lastModifiedMs =
    flags & flag.time ? reader.timeMs() : content.kind === "none" ? 0 : idTimeMs(content.id);
  const typeAlone = (flags & flag.contentType ? headersOfType[reader.u8()] : undefined) ?? none;
  const headers = flags & flag.headers ? Object.assign(reader.strings(), typeAlone) : typeAlone;
  const metadata = flags & flag.metadata ? reader.strings() : none;
  const owner = flags & flag.owner ? readOwner(reader) : bucketOwner;
  const grants: readonly Grant[] = flags & flag.grants ? readGrants(reader, owner) : privateGrants(owner);
  const storageClass = flags & flag.storageClass ? reader.string() : "STANDARD";
  const checksum = flags & flag.checksum ? readChecksum(reader) : undefined;
  const partCount = flags & flag.partCount ? reader.uint() : undefined;
  const etag = flags & flag.textEtag ? reader.string() : reader.hex(16);
  const order = flags & flag.order ? reader.raw(idBytes) : undefined;
  const tags = flags & flag.tags ? reader.strings() : undefined;
  const retention = flags & flag.retention ? readRetention(reader) : undefined;
  const legalHold: LegalHold | undefined =
    flags & flag.legalHold ? (reader.u8() === 0 ? "OFF" : "ON") : undefined;
  const encryption = flags & flag.encryption ? readEncryption(reader) : undefined;
  const info: ObjectInfo = {
    key,
    size,
    etag: partCount !== undefined && !(flags & flag.textEtag) ? `${etag}-${partCount}` : etag,
    lastModifiedMs,
    owner,
    grants,
    headers,
    metadata,
    storageClass,
    checksum,
    tags,
    encryption,
    partCount,
    // Always there, though mostly undefined: a page of a listing makes a thousand of these, and copying one costs more.
    versionId: flags & flag.nullVersion ? nullVersionId : order?.toString("hex"),
    deleteMarker: flags & flag.deleteMarker ? true : undefined,
    retention,
    legalHold,
  };
  return { content, order, info };
}

/** @throws RangeError for a mode of a later version: what is not understood must not be taken for no retention. */
function readRetention(reader: Reader): Retention {
  const code = reader.u8();
  const mode = retentionModes[code];
  if (mode === undefined) throw new RangeError(`Cannot read a record: unknown mode of retention ${code}`);
  return { mode, untilMs: reader.timeMs() };
}

export function checkFormat(found: number, known: number, noun: string): void {
  if (found !== known) {
    throw new RangeError(`Cannot read a record (${noun}): format ${found}, this version knows ${known}`);
  }
}

export function writeContent(writer: Writer, content: Content): void {
  writer.u8(contentKinds.indexOf(content.kind));
  if (content.kind !== "none") writer.raw(content.id);
}

export function readContent(reader: Reader): Content {
  const code = reader.u8();
  const kind = contentKinds[code];
  if (kind === undefined) throw new RangeError(`Cannot read a record: unknown kind of content ${code}`);
  return kind === "none" ? { kind } : { kind, id: reader.raw(idBytes) };
}

/** The MD5 in an ETag of S3's own making: alone, or before `-` and the number of parts. */
function md5OfEtag(etag: string, partCount: number | undefined): Buffer | undefined {
  if (etag.length !== 32 && etag.slice(32) !== `-${partCount}`) return undefined;
  if (etag.length === 32 && partCount !== undefined) return undefined;
  const bytes = Buffer.from(etag.slice(0, 32), "hex");
  return bytes.toString("hex") === etag.slice(0, 32) ? bytes : undefined;
}

export function writeChecksum(writer: Writer, { algorithm, type, value }: ObjectChecksum): void {
  const bytes = Buffer.from(value, "base64");
  const isPlain = bytes.toString("base64") === value;
  // One byte: the algorithm, whether composite, whether the value follows as text.
  writer.u8(checksumAlgorithms.indexOf(algorithm) | (type === "COMPOSITE" ? 0x40 : 0) | (isPlain ? 0 : 0x80));
  if (isPlain) writer.bytes(bytes);
  else writer.string(value);
}

export function readChecksum(reader: Reader): ObjectChecksum {
  const head = reader.u8();
  const algorithm = checksumAlgorithms[head & 0x3f];
  if (algorithm === undefined)
    throw new RangeError(`Cannot read a checksum: unknown algorithm ${head & 0x3f}`);
  return {
    algorithm,
    type: head & 0x40 ? "COMPOSITE" : "FULL_OBJECT",
    value: head & 0x80 ? reader.string() : reader.bytes().toString("base64"),
  };
}
