/**
 * Encrypted bytes: chunks of AES-256-GCM, each of which says which one it is and whether it is the last.
 *
 *     65,520 bytes, encrypted | 16 bytes of tag      and so on; the last chunk may be shorter
 *
 * On the disk a chunk is 64 KiB, a block of the blob's checksums, so a range reads the chunks that it touches and
 * nothing more. The key is that of one content and encrypts nothing else, so the nonce is the chunk's number and
 * whether it is the last: chunks that were swapped, cut off, or taken from another content fail their tags (STREAM,
 * Hoang, Reyhanitabar, Rogaway and Vizár 2015).
 */

import { createCipheriv, createDecipheriv } from "node:crypto";

const tagBytes = 16;
/** Bytes of a chunk as it is stored, and what it holds. */
const storedChunkBytes = 64 * 1024;
const chunkBytes = storedChunkBytes - tagBytes;

/** What `size` bytes take when they are encrypted. */
export function encryptedBytes(size: number): number {
  return size + Math.ceil(size / chunkBytes) * tagBytes;
}

/** Encrypts bytes that are at hand. */
export function encryptBytes(contentKey: Uint8Array, bytes: Uint8Array): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0, chunk = 0; at < bytes.length; at += chunkBytes, chunk++) {
    const end = Math.min(at + chunkBytes, bytes.length);
    pieces.push(...encryptChunk(contentKey, chunk, end === bytes.length, bytes.subarray(at, end)));
  }
  return Buffer.concat(pieces);
}

/** Encrypts bytes as they come. Whether a chunk is the last is known when the next byte has come. */
export async function* encryptStream(
  contentKey: Uint8Array,
  source: AsyncIterable<Uint8Array>,
): AsyncIterable<Buffer> {
  const pending = Buffer.allocUnsafeSlow(chunkBytes);
  let filled = 0;
  let chunk = 0;
  for await (const piece of source) {
    for (let at = 0; at < piece.length;) {
      if (filled === chunkBytes) {
        yield* encryptChunk(contentKey, chunk++, false, pending);
        filled = 0;
      }
      const part = piece.subarray(at, at + chunkBytes - filled);
      pending.set(part, filled);
      filled += part.length;
      at += part.length;
    }
  }
  if (filled > 0) yield* encryptChunk(contentKey, chunk, true, pending.subarray(0, filled));
}

/**
 * Decrypts all of what {@link encryptBytes} made.
 *
 * @throws Error when it is not what was encrypted.
 */
export function decryptBytes(contentKey: Uint8Array, stored: Uint8Array, size: number): Buffer {
  if (stored.length !== encryptedBytes(size)) {
    throw new Error(`${size} bytes take ${encryptedBytes(size)} encrypted, not ${stored.length}`);
  }
  const pieces: Buffer[] = [];
  for (let at = 0, chunk = 0; at < stored.length; at += storedChunkBytes, chunk++) {
    const end = Math.min(at + storedChunkBytes, stored.length);
    pieces.push(decryptChunk(contentKey, chunk, end === stored.length, stored.subarray(at, end)));
  }
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
}

/**
 * Decrypts the bytes from `start` to `end`, both inclusive.
 *
 * @param range.size Size of the whole, decrypted.
 * @param read Reads a range of what is stored, in pieces of any size.
 * @throws Error when what is stored is not what was encrypted.
 */
export async function* decryptRange(
  contentKey: Uint8Array,
  { size, start, end }: { readonly size: number; readonly start: number; readonly end: number },
  read: (range: { size: number; start: number; end: number }) => AsyncIterable<Buffer>,
): AsyncIterable<Buffer> {
  if (start > end) return;
  const stored = encryptedBytes(size);
  const lastChunk = Math.ceil(size / chunkBytes) - 1;
  let chunk = Math.floor(start / chunkBytes);
  const from = chunk * storedChunkBytes;
  const to = Math.min(stored, (Math.floor(end / chunkBytes) + 1) * storedChunkBytes);
  for await (const whole of inChunks(read({ size: stored, start: from, end: to - 1 }))) {
    const at = chunk * chunkBytes;
    const bytes = decryptChunk(contentKey, chunk, chunk === lastChunk, whole);
    yield bytes.subarray(Math.max(0, start - at), Math.min(bytes.length, end + 1 - at));
    chunk++;
  }
}

/** Cuts a stream into stored chunks. Nothing is copied where its pieces are whole chunks, as a blob's are. */
async function* inChunks(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let rest: Buffer | null = null;
  for await (const piece of source) {
    const bytes: Buffer = rest === null ? piece : Buffer.concat([rest, piece]);
    let at = 0;
    for (; bytes.length - at >= storedChunkBytes; at += storedChunkBytes) {
      yield bytes.subarray(at, at + storedChunkBytes);
    }
    rest = at === bytes.length ? null : bytes.subarray(at);
  }
  if (rest !== null) yield rest;
}

function encryptChunk(key: Uint8Array, chunk: number, isLast: boolean, bytes: Uint8Array): Buffer[] {
  const cipher = createCipheriv("aes-256-gcm", key, nonceOf(chunk, isLast));
  const encrypted = cipher.update(bytes);
  cipher.final();
  return [encrypted, cipher.getAuthTag()];
}

function decryptChunk(key: Uint8Array, chunk: number, isLast: boolean, stored: Buffer | Uint8Array): Buffer {
  const tagAt = stored.length - tagBytes;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(chunk, isLast), {
      authTagLength: tagBytes,
    });
    decipher.setAuthTag(stored.subarray(tagAt));
    const bytes = decipher.update(stored.subarray(0, tagAt));
    decipher.final();
    return bytes;
  } catch (cause) {
    throw new Error(`chunk ${chunk} is not what was encrypted`, { cause });
  }
}

function nonceOf(chunk: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(chunk, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}
