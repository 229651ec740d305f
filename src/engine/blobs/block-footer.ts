/**
 * What stands behind the bytes of a blob's file: a checksum of each block, and 32 bytes that describe and check them.
 *
 *     bytes | checksum of block 0 | of block 1 | ... | magic (8) format (4) block size (4) size (8) footer's crc (4) 0 (4)
 *
 * Little-endian. Format 2, which is written, has XXH64 of each block in 8 bytes; format 1 had CRC-32 in 4. The footer's own
 * CRC-32 starts from the blob's id, so a file under another's name is noticed.
 * [Why XXH64](../../../docs/decisions/0023-blocks-are-checked-by-xxh64.md).
 */

import { crc32 } from "node:zlib";

import type { XXHashAPI } from "xxhash-wasm";

/** Bytes of a block: the least that is read to verify a byte. */
export const blockBytes: number = 64 * 1024;

/** Bytes at the end of a file that describe it. */
export const trailerBytes = 32;
const sizeAt = 16;
const magic = Buffer.from("STOWBLOB", "latin1");
const format = 2;

/** Checks a block against the checksum that stands at an offset. */
type BlockCheck = (xxhash: XXHashAPI, block: Buffer, checksums: Buffer, at: number) => boolean;

const formats: ReadonlyMap<number, { readonly checksumBytes: number; readonly isIntact: BlockCheck }> =
  new Map([
    [
      1,
      {
        checksumBytes: 4,
        isIntact: (_xxhash, block, checksums, at) => crc32(block) === checksums.readUInt32LE(at),
      },
    ],
    [
      format,
      {
        checksumBytes: 8,
        isIntact: (xxhash, block, checksums, at) => xxhash.h64Raw(block) === checksums.readBigUInt64LE(at),
      },
    ],
  ]);

/** The most that stands behind the bytes of a blob of `size` bytes; of an old one it is less. */
export function footerBytes(size: number): number {
  return blockCount(size) * 8 + trailerBytes;
}

/** @param checksums As {@link BlockChecksums} gives them. */
export function encodeFooter(id: Buffer, size: number, checksums: readonly bigint[]): Buffer {
  const footer = Buffer.alloc(footerBytes(size));
  let at = 0;
  for (const checksum of checksums) at = footer.writeBigUInt64LE(checksum, at);
  at += magic.copy(footer, at);
  at = footer.writeUInt32LE(format, at);
  at = footer.writeUInt32LE(blockBytes, at);
  at = footer.writeBigUInt64LE(BigInt(size), at);
  footer.writeUInt32LE(crc32(footer.subarray(0, at), crc32(id)), at);
  return footer;
}

/**
 * The size of a blob, as the end of its file has it.
 *
 * @param trailer The last {@link trailerBytes} of the file.
 * @throws Error where that is no end of a blob's file.
 */
export function readSize(trailer: Buffer): number {
  if (trailer.length < trailerBytes || !trailer.subarray(0, magic.length).equals(magic)) {
    throw new Error("its footer is damaged");
  }
  return Number(trailer.readBigUInt64LE(sizeAt));
}

/** Checksums of blocks whose bytes arrive in pieces of any size. */
export class BlockChecksums {
  readonly #xxhash: XXHashAPI;
  readonly #done: bigint[] = [];
  #block: ReturnType<XXHashAPI["create64"]>;
  #filled = 0;

  constructor(xxhash: XXHashAPI) {
    this.#xxhash = xxhash;
    this.#block = xxhash.create64();
  }

  update(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + blockBytes - this.#filled);
      this.#block.update(part);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === blockBytes) this.#next();
    }
  }

  end(): readonly bigint[] {
    if (this.#filled > 0) this.#next();
    return this.#done;
  }

  #next(): void {
    this.#done.push(this.#block.digest());
    this.#block = this.#xxhash.create64();
    this.#filled = 0;
  }
}

/** The footer of a blob's file, with which its blocks are verified. */
export class BlockFooter {
  readonly #xxhash: XXHashAPI;
  readonly #checksums: Buffer;
  readonly #checksumBytes: number;
  readonly #isIntact: BlockCheck;

  /**
   * @param footer All that stands behind the blob's bytes.
   * @throws Error when that is not the footer of this blob.
   */
  constructor(xxhash: XXHashAPI, footer: Buffer, id: Buffer, size: number) {
    const trailerAt = footer.length - trailerBytes;
    const found = trailerAt < 0 ? undefined : formats.get(footer.readUInt32LE(trailerAt + 8));
    const isFooter =
      found !== undefined &&
      trailerAt === blockCount(size) * found.checksumBytes &&
      footer.subarray(trailerAt, trailerAt + 8).equals(magic) &&
      footer.readUInt32LE(trailerAt + 12) === blockBytes &&
      footer.readBigUInt64LE(trailerAt + sizeAt) === BigInt(size) &&
      footer.readUInt32LE(trailerAt + 24) === crc32(footer.subarray(0, trailerAt + 24), crc32(id)) &&
      footer.readUInt32LE(trailerAt + 28) === 0;
    if (!isFooter) throw new Error("its footer is damaged, or it is not the blob of this id and size");
    this.#xxhash = xxhash;
    this.#checksums = footer;
    this.#checksumBytes = found.checksumBytes;
    this.#isIntact = found.isIntact;
  }

  /**
   * Verifies whole blocks, the last of which may be short.
   *
   * @throws Error that names the block.
   */
  verify(bytes: Buffer, firstBlock: number): void {
    for (let at = 0, block = firstBlock; at < bytes.length; at += blockBytes, block++) {
      const checksumAt = block * this.#checksumBytes;
      if (!this.#isIntact(this.#xxhash, bytes.subarray(at, at + blockBytes), this.#checksums, checksumAt)) {
        throw new Error(`block ${block}, at byte ${block * blockBytes}, fails its checksum`);
      }
    }
  }
}

function blockCount(size: number): number {
  return Math.ceil(size / blockBytes);
}
