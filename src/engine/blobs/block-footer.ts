/**
 * What stands behind the bytes of a blob's file: a CRC-32 of each block, and 32 bytes that describe and check them.
 *
 *     bytes | crc of block 0 | crc of block 1 | ... | magic (8) format (4) block size (4) size (8) footer's crc (4) 0 (4)
 *
 * Little-endian. The footer's own CRC starts from the blob's id, so a file under another's name is noticed.
 */

import { crc32 } from "node:zlib";

/** Bytes of a block: the least that is read to verify a byte. */
export const blockBytes: number = 64 * 1024;

const trailerBytes = 32;
const magic = Buffer.from("STOWBLOB", "latin1");
const format = 1;

export function footerBytes(size: number): number {
  return blockCount(size) * 4 + trailerBytes;
}

export function encodeFooter(id: Buffer, size: number, crcs: readonly number[]): Buffer {
  const footer = Buffer.alloc(footerBytes(size));
  let at = 0;
  for (const crc of crcs) at = footer.writeUInt32LE(crc, at);
  at += magic.copy(footer, at);
  at = footer.writeUInt32LE(format, at);
  at = footer.writeUInt32LE(blockBytes, at);
  at = footer.writeBigUInt64LE(BigInt(size), at);
  footer.writeUInt32LE(crc32(footer.subarray(0, at), crc32(id)), at);
  return footer;
}

/**
 * The CRCs of the blocks, one after the other.
 *
 * @throws Error when the bytes are not the footer of this blob.
 */
export function decodeFooter(footer: Buffer, id: Buffer, size: number): Buffer {
  const crcsEnd = blockCount(size) * 4;
  const crcAt = crcsEnd + 24;
  const isFooter =
    footer.length === crcsEnd + trailerBytes &&
    footer.subarray(crcsEnd, crcsEnd + 8).equals(magic) &&
    footer.readUInt32LE(crcsEnd + 8) === format &&
    footer.readUInt32LE(crcsEnd + 12) === blockBytes &&
    footer.readBigUInt64LE(crcsEnd + 16) === BigInt(size) &&
    footer.readUInt32LE(crcAt) === crc32(footer.subarray(0, crcAt), crc32(id)) &&
    footer.readUInt32LE(crcAt + 4) === 0;
  if (!isFooter) throw new Error("its footer is damaged, or it is not the blob of this id and size");
  return footer.subarray(0, crcsEnd);
}

/** CRCs of blocks whose bytes arrive in pieces of any size. */
export class BlockCrcs {
  readonly done: number[] = [];
  #crc = 0;
  #filled = 0;

  update(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + blockBytes - this.#filled);
      this.#crc = crc32(part, this.#crc);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === blockBytes) this.#next();
    }
  }

  end(): readonly number[] {
    if (this.#filled > 0) this.#next();
    return this.done;
  }

  #next(): void {
    this.done.push(this.#crc);
    this.#crc = 0;
    this.#filled = 0;
  }
}

/**
 * Verifies whole blocks, the last of which may be short.
 *
 * @throws Error that names the block.
 */
export function verifyBlocks(bytes: Buffer, firstBlock: number, crcs: Buffer): void {
  for (let at = 0, block = firstBlock; at < bytes.length; at += blockBytes, block++) {
    if (crc32(bytes.subarray(at, at + blockBytes)) !== crcs.readUInt32LE(block * 4)) {
      throw new Error(`block ${block}, at byte ${block * blockBytes}, fails its checksum`);
    }
  }
}

function blockCount(size: number): number {
  return Math.ceil(size / blockBytes);
}
