/**
 * Every digest that the room uses. Nothing else in `src/s3` imports node:crypto or node:zlib, so that a build for the
 * browser replaces this one file.
 *
 * A string stands for bytes as they travel: latin1, one code unit a byte.
 */

import { createHash, createHmac, hash, timingSafeEqual as timingSafeEqualBytes } from "node:crypto";
import { crc32 as zlibCrc32 } from "node:zlib";

/** A digest under way. */
export interface Hasher {
  update(data: Uint8Array): unknown;
  digest(): Buffer;
  digest(encoding: "hex" | "base64"): string;
}

/** The MD5 of some bytes, 32 hexadecimal digits. */
export function md5Hex(data: Uint8Array | string): string {
  return hash("md5", bytesOf(data), "hex");
}

/** The MD5 of some bytes in base64, the form of Content-MD5. */
export function md5Base64(data: Uint8Array | string): string {
  return hash("md5", bytesOf(data), "base64");
}

/** The SHA-256 of some bytes, 64 hexadecimal digits. */
export function sha256Hex(data: Uint8Array | string): string {
  return hash("sha256", bytesOf(data), "hex");
}

export function hmacSha256(key: Uint8Array | string, data: Uint8Array | string): Buffer {
  return createHmac("sha256", bytesOf(key)).update(bytesOf(data)).digest();
}

export function hmacSha256Hex(key: Uint8Array | string, data: Uint8Array | string): string {
  return createHmac("sha256", bytesOf(key)).update(bytesOf(data)).digest("hex");
}

export function hmacSha1(key: Uint8Array | string, data: Uint8Array | string): Buffer {
  return createHmac("sha1", bytesOf(key)).update(bytesOf(data)).digest();
}

export function createMd5(): Hasher {
  return createHash("md5");
}

export function createSha1(): Hasher {
  return createHash("sha1");
}

export function createSha256(): Hasher {
  return createHash("sha256");
}

/** CRC-32 (IEEE 802.3) as an unsigned number; `previous` is the CRC of the bytes before these. */
export function crc32(data: Uint8Array, previous = 0): number {
  return zlibCrc32(data, previous);
}

/** Whether two strings are equal, in a time that tells nothing about where they differ. Lengths are no secret. */
export function timingSafeEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqualBytes(Buffer.from(a, "utf16le"), Buffer.from(b, "utf16le"));
}

function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === "string" ? Buffer.from(data, "latin1") : data;
}
