/** Small rows that name other things: who needs a blob, and what is to be thrown away. */

import { Reader, Writer } from "./codec.ts";

/** Which record names a blob: an object by bucket and key, or a part by upload and number. */
export type BlobUser =
  | { readonly kind: "object"; readonly objectKey: Buffer }
  | { readonly kind: "part"; readonly partKey: Buffer };

/** What no record names any more. */
export type Trash =
  /** A blob: its file, and its row in `blobs`. */
  | { readonly kind: "blob"; readonly id: Buffer }
  /** An object's list of parts, and all their bytes. */
  | { readonly kind: "manifest"; readonly id: Buffer }
  /** The parts of an upload that is no more. */
  | { readonly kind: "upload"; readonly id: Buffer }
  /** The uploads of a bucket that is no more. */
  | { readonly kind: "bucket"; readonly id: Buffer };

const trashKinds = ["blob", "manifest", "upload", "bucket"] as const;

export function encodeBlobUser(user: BlobUser): Buffer {
  const writer = new Writer();
  writer.u8(user.kind === "object" ? 0 : 1);
  writer.raw(user.kind === "object" ? user.objectKey : user.partKey);
  return writer.finish();
}

export function decodeBlobUser(bytes: Buffer): BlobUser {
  const rest = bytes.subarray(1);
  return bytes[0] === 0 ? { kind: "object", objectKey: rest } : { kind: "part", partKey: rest };
}

export function encodeTrash(trash: Trash): Buffer {
  const writer = new Writer();
  writer.u8(trashKinds.indexOf(trash.kind));
  writer.raw(trash.id);
  return writer.finish();
}

export function decodeTrash(bytes: Buffer): Trash {
  const reader = new Reader(bytes);
  const code = reader.u8();
  const kind = trashKinds[code];
  if (kind === undefined) throw new RangeError(`Cannot read a row of trash: unknown kind ${code}`);
  return { kind, id: reader.raw(bytes.length - 1) };
}
