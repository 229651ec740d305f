/** Checksums computed: while bytes pass, and how those of parts become one of the whole. */

import type { ChecksumAlgorithm, ClientChecksumAlgorithm } from "./checksums.ts";
import { combineCrc, crc32c, crc64nvme, crcShift, isCrc } from "./crc.ts";
import { crc32, createMd5, createSha1, createSha256, type Hasher } from "#hash";

/** A checksum under way. */
export interface RunningChecksum {
  update(data: Uint8Array): void;
  /** The checksum of everything so far, in base64. To be called once. */
  digest(): string;
}

/**
 * Begins a checksum.
 *
 * @example
 * const checksum = createChecksum("CRC32C");
 * checksum.update(new TextEncoder().encode("123456789"));
 * checksum.digest(); // "4waSgw=="
 */
export function createChecksum(algorithm: ClientChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case "CRC32":
      return new RunningCrc32(crc32);
    case "CRC32C":
      return new RunningCrc32(crc32c);
    case "CRC64NVME":
      return new RunningCrc64();
    case "MD5":
      return new RunningHash(createMd5());
    case "SHA1":
      return new RunningHash(createSha1());
    case "SHA256":
      return new RunningHash(createSha256());
    default:
      throw new TypeError(`Unknown checksum algorithm "${String(algorithm satisfies never)}".`);
  }
}

/** The checksum of some bytes, in base64. */
export function checksumOf(algorithm: ClientChecksumAlgorithm, bytes: Uint8Array): string {
  const checksum = createChecksum(algorithm);
  checksum.update(bytes);
  return checksum.digest();
}

class RunningCrc32 implements RunningChecksum {
  readonly #crc: (data: Uint8Array, previous: number) => number;
  #value = 0;

  constructor(crc: (data: Uint8Array, previous: number) => number) {
    this.#crc = crc;
  }

  update(data: Uint8Array): void {
    this.#value = this.#crc(data, this.#value);
  }

  digest(): string {
    return encodeCrc(BigInt(this.#value), 32);
  }
}

class RunningCrc64 implements RunningChecksum {
  #value = 0n;

  update(data: Uint8Array): void {
    this.#value = crc64nvme(data, this.#value);
  }

  digest(): string {
    return encodeCrc(this.#value, 64);
  }
}

class RunningHash implements RunningChecksum {
  readonly #hasher: Hasher;

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  update(data: Uint8Array): void {
    this.#hasher.update(data);
  }

  digest(): string {
    return this.#hasher.digest("base64");
  }
}

/**
 * The checksum of a whole object from those of its parts, without reading a byte.
 *
 * @param parts The parts' checksums in base64 and their sizes in bytes, in order.
 * @throws {TypeError} For what is no CRC: its parts do not add up.
 */
export function combineChecksums(
  algorithm: ChecksumAlgorithm,
  parts: readonly { readonly value: string; readonly size: number }[],
): string {
  if (!isCrc(algorithm)) {
    throw new TypeError(`Cannot combine the ${algorithm} checksums of parts: only those of a CRC can be.`);
  }
  const shifts = new Map<number, bigint>();
  let combined = 0n;
  for (const { value, size } of parts) {
    const shift = shifts.get(size) ?? crcShift(algorithm, size);
    shifts.set(size, shift);
    combined = combineCrc(algorithm, combined, decodeCrc(value), shift);
  }
  return encodeCrc(combined, algorithm === "CRC64NVME" ? 64 : 32);
}

/** Big-endian, as S3 writes the CRCs. */
function encodeCrc(value: bigint, bits: 32 | 64): string {
  const digits = value.toString(16).padStart(bits / 4, "0");
  const bytes = digits.replaceAll(/../g, (hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return btoa(bytes);
}

function decodeCrc(base64: string): bigint {
  let value = 0n;
  for (const byte of decodeBase64(base64)) value = (value << 8n) | BigInt(byte);
  return value;
}

function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
