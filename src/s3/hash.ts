/**
 * Every digest that the room uses. Nothing else in `src/s3` imports node:crypto or node:zlib: the room and the client
 * import `#hash`, which is this file, and hash-browser.ts in a bundle for a browser.
 *
 * A string stands for bytes as they travel: latin1, one code unit a byte.
 */

import type * as Crypto from "node:crypto";
import type * as Zlib from "node:zlib";

// Both take milliseconds to load, which whoever only imports the client does not wait for.
let cryptoModule: typeof Crypto | undefined;
let zlibModule: typeof Zlib | undefined;
const crypto = (): typeof Crypto => (cryptoModule ??= process.getBuiltinModule("node:crypto"));
const zlib = (): typeof Zlib => (zlibModule ??= process.getBuiltinModule("node:zlib"));

/** A digest under way. */
export interface Hasher {
  update(data: Uint8Array): unknown;
  digest(): Uint8Array;
  digest(encoding: "hex" | "base64"): string;
}

/** The MD5 of some bytes, 32 hexadecimal digits. */
export function md5Hex(data: Uint8Array | string): string {
  return crypto().hash("md5", hashable(data), "hex");
}

/** The MD5 of some bytes in base64, the form of Content-MD5. */
export function md5Base64(data: Uint8Array | string): string {
  return crypto().hash("md5", hashable(data), "base64");
}

/** The SHA-256 of some bytes, 64 hexadecimal digits. */
export function sha256Hex(data: Uint8Array | string): string {
  return crypto().hash("sha256", hashable(data), "hex");
}

export function hmacSha256(key: Uint8Array | string, data: Uint8Array | string): Uint8Array {
  return keyed("sha256", key, data).digest();
}

/**
 * As {@link hmacSha256}, in hexadecimal, by the two hashes that an HMAC is (RFC 2104): for a short text they cost half of
 * what node's Hmac object does, and a signing key signs a whole day.
 */
export function hmacSha256Hex(key: Uint8Array, data: string): string {
  let pads = padsByKey.get(key);
  if (pads === undefined) {
    pads = { inner: padOf(key, 0x36), outer: padOf(key, 0x5c) };
    padsByKey.set(key, pads);
  }
  const { inner, outer } = pads;
  const innerBytes = blockBytes + data.length;
  const text = innerBytes <= scratch.length ? scratch : Buffer.allocUnsafe(innerBytes);
  text.set(inner);
  text.write(data, blockBytes, "latin1");
  const digest = crypto().hash("sha256", text.subarray(0, innerBytes), "binary");
  scratchOuter.set(outer);
  scratchOuter.write(digest, blockBytes, "binary");
  return crypto().hash("sha256", scratchOuter, "hex");
}

const blockBytes = 64;
/** What is hashed is put together here: nothing else runs before it has been hashed. */
const scratch = Buffer.allocUnsafeSlow(1024);
const scratchOuter = Buffer.allocUnsafeSlow(blockBytes + 32);
const padsByKey = new WeakMap<Uint8Array, { readonly inner: Buffer; readonly outer: Buffer }>();

function padOf(key: Uint8Array, value: number): Buffer {
  const block = key.length > blockBytes ? crypto().hash("sha256", key, "buffer") : key;
  const pad = Buffer.alloc(blockBytes, value);
  for (const [at, byte] of block.entries()) pad[at] = byte ^ value;
  return pad;
}

export function hmacSha1Base64(key: Uint8Array | string, data: Uint8Array | string): string {
  return keyed("sha1", key, data).digest("base64");
}

export function createMd5(): Hasher {
  return crypto().createHash("md5");
}

export function createSha1(): Hasher {
  return crypto().createHash("sha1");
}

export function createSha256(): Hasher {
  return crypto().createHash("sha256");
}

/** CRC-32 (IEEE 802.3) as an unsigned number; `previous` is the CRC of the bytes before these. */
export function crc32(data: Uint8Array, previous = 0): number {
  return zlib().crc32(data, previous);
}

/** Whether two strings are equal, in a time that tells nothing about where they differ. Lengths are no secret. */
export function timingSafeEqual(a: string, b: string): boolean {
  return (
    a.length === b.length && crypto().timingSafeEqual(Buffer.from(a, "utf16le"), Buffer.from(b, "utf16le"))
  );
}

/** As it is where it is bytes or ASCII, which is the same in UTF-8: a Buffer of every string costs more than its hash. */
function hashable(data: Uint8Array | string): Uint8Array | string {
  // oxlint-disable-next-line no-control-regex -- ASCII has control characters
  return typeof data !== "string" || /^[\0-\x7f]*$/.test(data) ? data : Buffer.from(data, "latin1");
}

function keyed(algorithm: string, key: Uint8Array | string, data: Uint8Array | string): Crypto.Hmac {
  const hmac = crypto().createHmac(algorithm, typeof key === "string" ? Buffer.from(key, "latin1") : key);
  return typeof data === "string" ? hmac.update(data, "latin1") : hmac.update(data);
}
