/** Bytes on their way out: from the index or a blob, and decrypted where they are encrypted. */

import { contentKeyOf } from "./encryption/data-key.ts";
import { decryptBytes, decryptRange, encryptedBytes } from "./encryption/chunks.ts";
import type { Content } from "./records/object.ts";
import type { Engine } from "./types.ts";

/** What a content holds, and with what it was encrypted. */
export interface ContentSource {
  readonly content: Content;
  /** Bytes, decrypted. */
  readonly size: number;
  /** The key of the object; absent where the bytes are stored as they are. */
  readonly dataKey?: Uint8Array | undefined;
}

/**
 * The bytes from `start` to `end`, both inclusive.
 *
 * @param reusesBuffers As the store of blobs takes it.
 * @throws Error when they are not there or not what was written.
 */
export async function* readContent(
  { index, blobs }: Engine,
  { content, size, dataKey }: ContentSource,
  start = 0,
  end: number = size - 1,
  reusesBuffers = false,
): AsyncIterable<Buffer> {
  if (content.kind === "blob") {
    if (dataKey === undefined) {
      yield* blobs.read(content.id, { size, start, end, reusesBuffers });
    } else {
      yield* decryptRange(contentKeyOf(dataKey, content.id), { size, start, end }, (range) =>
        blobs.read(content.id, range),
      );
    }
  } else if (content.kind === "inline") {
    const row = await index.get("inline", content.id);
    if (row === null) throw new Error(`Row ${content.id.toString("hex")} is missing`);
    yield openInline({ content, size, dataKey }, row.value).subarray(start, end + 1);
  }
}

/**
 * What a row of the table `inline` holds.
 *
 * @throws Error when it is not what was written.
 */
export function openInline({ content, size, dataKey }: ContentSource, stored: Buffer): Buffer {
  if (content.kind !== "inline") throw new TypeError(`A content of kind ${content.kind} is not in a row`);
  if (dataKey !== undefined) return decryptBytes(contentKeyOf(dataKey, content.id), stored, size);
  if (stored.length === size) return stored;
  throw new Error(`Row ${content.id.toString("hex")} has ${stored.length} bytes instead of ${size}`);
}

/** Bytes that a content takes where it is stored. */
export function storedBytes(size: number, isEncrypted: boolean): number {
  return isEncrypted ? encryptedBytes(size) : size;
}
