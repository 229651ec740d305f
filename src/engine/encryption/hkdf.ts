import { createHmac } from "node:crypto";

/**
 * Derives a key by HKDF with SHA-256 (RFC 5869). For up to 32 bytes that is two HMACs, which cost a fraction of what
 * `hkdfSync` does for a key as short.
 *
 * @param bytes At most 32.
 */
export function hkdf(key: Uint8Array, salt: Uint8Array, info: string, bytes = 32): Buffer {
  const extracted = createHmac("sha256", salt).update(key).digest();
  return createHmac("sha256", extracted).update(info).update("\u0001").digest().subarray(0, bytes);
}
