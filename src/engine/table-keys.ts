/**
 * The keys of every table, in one place.
 *
 *     buckets    name
 *     objects    bucket id (4), key
 *     uploads    bucket id (4), key, 0, upload id (16)     a key holds no NUL, so uploads sort by key, then by age
 *     parts      upload id (16), part number (2)
 *     manifests  upload id (16)
 *     inline     content id (16)
 *     blobs      content id (16)
 *     trash      id of the row itself (16)                 oldest first
 *     users      `i` canonical id · `n` name · `e` e-mail
 *     keys       `k` access key · `u` canonical id, 0, access key
 *     meta       name
 *     versions   bucket id (4), key, 0, order (16), each of its bits turned: newest first
 *     heads      bucket id (4), key
 *     outbox     webhook, 0, id of the row itself (16)     oldest first
 *     logs       bucket id (4), id of the row itself (16)  oldest first
 *     usage      bucket id (4)                             of buckets that have a quota
 */

import { idBytes } from "./ids.ts";

/** Bytes of a bucket's id. */
export const bucketIdBytes = 4;

export function bucketKey(name: string): Buffer {
  return Buffer.from(name, "utf8");
}

/** Also the first key of a bucket's objects and uploads. */
export function bucketPrefix(bucketId: string): Buffer {
  return Buffer.from(bucketId, "hex");
}

export function objectKey(bucketId: string, key: string): Buffer {
  const bytes = Buffer.allocUnsafe(bucketIdBytes + Buffer.byteLength(key));
  bytes.write(bucketId, 0, "hex");
  bytes.write(key, bucketIdBytes, "utf8");
  return bytes;
}

/** The S3 key in a row's key of `objects`. */
export function keyOfObject(row: Buffer): string {
  return row.toString("utf8", bucketIdBytes);
}

/** @param order The id that stands in the version's record; see {@link oldestOrder}. */
export function versionKey(bucketId: string, key: string, order: Buffer): Buffer {
  return versionOfOrder(objectKey(bucketId, key), order);
}

/** @param objectRow The key's row of `objects`. */
export function versionOfOrder(objectRow: Buffer, order: Buffer): Buffer {
  const row = Buffer.concat([objectRow, Buffer.of(0), order]);
  for (let at = row.length - idBytes; at < row.length; at++) row[at] = ~(row[at] as number);
  return row;
}

/** What all versions of a key begin with. */
export function versionsPrefix(bucketId: string, key: string): Buffer {
  return Buffer.concat([objectKey(bucketId, key), Buffer.of(0)]);
}

/** Order of what was written before its bucket was versioned: there can be one for a key, and nothing is older. */
export const oldestOrder: Buffer = Buffer.alloc(idBytes);

/** The key's row of `objects`, out of a row of `versions`. */
export function objectOfVersion(row: Buffer): Buffer {
  return row.subarray(0, row.length - idBytes - 1);
}

export function uploadKey(bucketId: string, key: string, uploadId: Buffer): Buffer {
  return Buffer.concat([objectKey(bucketId, key), Buffer.of(0), uploadId]);
}

export function splitUploadKey(row: Buffer): { bucketId: string; key: string; uploadId: Buffer } {
  const idAt = row.length - idBytes;
  return {
    bucketId: row.toString("hex", 0, bucketIdBytes),
    key: row.toString("utf8", bucketIdBytes, idAt - 1),
    uploadId: row.subarray(idAt),
  };
}

export function partKey(uploadId: Buffer, partNumber: number): Buffer {
  const bytes = Buffer.allocUnsafe(idBytes + 2);
  uploadId.copy(bytes, 0);
  bytes.writeUInt16BE(partNumber, idBytes);
  return bytes;
}

/** @param id Time-ordered; undefined for what all rows of the webhook begin with. */
export function outboxKey(webhook: string, id?: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${webhook}\0`), id ?? Buffer.alloc(0)]);
}

export function splitOutboxKey(row: Buffer): { webhook: string; id: Buffer } {
  const at = row.indexOf(0);
  return { webhook: row.toString("utf8", 0, at), id: row.subarray(at + 1) };
}

/** @param id Time-ordered. */
export function logRowKey(bucket: Buffer, id: Buffer): Buffer {
  return Buffer.concat([bucket, id]);
}

export function userIdKey(id: string): Buffer {
  return Buffer.from(`i${id}`, "utf8");
}

export function userNameKey(name: string): Buffer {
  return Buffer.from(`n${name}`, "utf8");
}

/** Of a user who was removed. */
export function removedUserKey(id: string): Buffer {
  return Buffer.from(`r${id}`, "utf8");
}

/** E-mail addresses are told apart without regard to case. */
export function userEmailKey(email: string): Buffer {
  return Buffer.from(`e${email.toLowerCase()}`, "utf8");
}

export function accessKeyKey(accessKeyId: string): Buffer {
  return Buffer.from(`k${accessKeyId}`, "utf8");
}

export function userAccessKeyKey(userId: string, accessKeyId: string): Buffer {
  return Buffer.from(`u${userId}\0${accessKeyId}`, "utf8");
}

/** The first key after all that begin with `prefix`; undefined where there is none. */
export function afterPrefix(prefix: Uint8Array): Buffer | undefined {
  for (let at = prefix.length - 1; at >= 0; at--) {
    const byte = prefix[at] as number;
    if (byte === 0xff) continue;
    const end = Buffer.from(prefix.subarray(0, at + 1));
    end[at] = byte + 1;
    return end;
  }
  return undefined;
}

/** The first key after `key` itself. */
export function afterKey(key: Uint8Array): Buffer {
  const next = Buffer.alloc(key.length + 1);
  next.set(key);
  return next;
}
