/** Parts: one in the table `parts` while its upload is under way, and all of an object's in one row of `manifests`. */

import type { Part, PartChecksum } from "../types.ts";
import { Reader, Writer } from "./codec.ts";
import { checkFormat, readChecksum, readContent, writeChecksum, writeContent } from "./object.ts";
import type { Content } from "./object.ts";

export interface PartRecord extends Part {
  readonly content: Content;
  /** Whether the bytes are encrypted, with the key of the upload or object. */
  readonly isEncrypted?: true | undefined;
}

const format = 1;

const flag = { checksum: 1, encrypted: 2 } as const;

export function encodePart(part: PartRecord): Buffer {
  const writer = new Writer();
  writer.u8(format);
  writePart(writer, part);
  return writer.finish();
}

export function decodePart(bytes: Buffer): PartRecord {
  const reader = new Reader(bytes);
  checkFormat(reader.u8(), format, "part");
  return readPart(reader);
}

export function encodeManifest(parts: readonly PartRecord[]): Buffer {
  const writer = new Writer();
  writer.u8(format);
  writer.uint(parts.length);
  for (const part of parts) writePart(writer, part);
  return writer.finish();
}

export function decodeManifest(bytes: Buffer): PartRecord[] {
  const reader = new Reader(bytes);
  checkFormat(reader.u8(), format, "manifest");
  const parts: PartRecord[] = [];
  for (let rest = reader.uint(); rest > 0; rest--) parts.push(readPart(reader));
  return parts;
}

function writePart(writer: Writer, part: PartRecord): void {
  writer.uint(part.partNumber);
  writer.uint(part.size);
  writer.raw(Buffer.from(part.etag, "hex"));
  writer.timeMs(part.lastModifiedMs);
  writeContent(writer, part.content);
  writer.u8(
    (part.checksum === undefined ? 0 : flag.checksum) | (part.isEncrypted === true ? flag.encrypted : 0),
  );
  if (part.checksum !== undefined) writeChecksum(writer, { ...part.checksum, type: "FULL_OBJECT" });
}

function readPart(reader: Reader): PartRecord {
  const part = {
    partNumber: reader.uint(),
    size: reader.uint(),
    etag: reader.hex(16),
    lastModifiedMs: reader.timeMs(),
    content: readContent(reader),
  };
  const flags = reader.u8();
  if (flags === 0) return part;
  return {
    ...part,
    ...(flags & flag.checksum ? { checksum: readPartChecksum(reader) } : {}),
    ...(flags & flag.encrypted ? { isEncrypted: true } : {}),
  };
}

function readPartChecksum(reader: Reader): PartChecksum {
  const { algorithm, value } = readChecksum(reader);
  return { algorithm, value };
}
