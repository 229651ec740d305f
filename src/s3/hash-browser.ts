/**
 * What hash.ts is, without Node: `#hash` in a bundle for a browser. Synchronous, so that signing and presigning are the
 * same everywhere; WebCrypto is not, has no MD5, and is missing where a page did not come over TLS.
 * @see docs/decisions/0024-the-browser-hashes-in-javascript.md
 */

import { type Algorithm, Digest, hmac, md5, sha1, sha256 } from "./digest.ts";
import type { Hasher } from "./hash.ts";

export function md5Hex(data: Uint8Array | string): string {
  return hex(new Digest(md5).update(bytesOf(data)).digest());
}

export function md5Base64(data: Uint8Array | string): string {
  return base64(new Digest(md5).update(bytesOf(data)).digest());
}

export function sha256Hex(data: Uint8Array | string): string {
  return hex(new Digest(sha256).update(bytesOf(data)).digest());
}

export function hmacSha256(key: Uint8Array | string, data: Uint8Array | string): Uint8Array {
  return hmac(sha256, bytesOf(key), bytesOf(data));
}

export function hmacSha256Hex(key: Uint8Array, data: string): string {
  return hex(hmacSha256(key, data));
}

export function hmacSha1Base64(key: Uint8Array | string, data: Uint8Array | string): string {
  return base64(hmac(sha1, bytesOf(key), bytesOf(data)));
}

export function createMd5(): Hasher {
  return hasher(md5);
}

export function createSha1(): Hasher {
  return hasher(sha1);
}

export function createSha256(): Hasher {
  return hasher(sha256);
}

const crcTable: Int32Array = /* @__PURE__ */ createCrcTable();

function createCrcTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
    return crc;
  });
}

export function crc32(data: Uint8Array, previous = 0): number {
  let crc = ~previous;
  for (let i = 0; i < data.length; i++) crc = (crc >>> 8) ^ crcTable[(crc ^ data[i]!) & 0xff]!;
  return ~crc >>> 0;
}

export function timingSafeEqual(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

function hasher(algorithm: Algorithm): Hasher {
  const running = new Digest(algorithm);
  function digest(): Uint8Array;
  function digest(encoding: "hex" | "base64"): string;
  function digest(encoding?: "hex" | "base64"): Uint8Array | string {
    const bytes = running.digest();
    if (encoding === undefined) return bytes;
    return encoding === "hex" ? hex(bytes) : base64(bytes);
  }
  return { update: (data) => running.update(data), digest };
}

/** A string stands for bytes as they travel: latin1, one code unit a byte. */
function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === "string" ? Uint8Array.from(data, (character) => character.charCodeAt(0)) : data;
}

function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
