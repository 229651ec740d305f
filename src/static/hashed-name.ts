/** Names with the hash of their content, which may be kept for ever by whoever has fetched them. */

import { posix } from "node:path";
import { md5Hex } from "../s3/hash.ts";

/** Digits of the MD5 in a name. Django's number. */
const hashDigits = 12;

/** The part of an MD5 that goes into names. */
export function shortHash(md5: string): string {
  return md5.slice(0, hashDigits);
}

/** The part of a content's MD5 that goes into names. */
export function hashOf(content: Uint8Array): string {
  return shortHash(md5Hex(content));
}

/**
 * A name with a hash before its last suffix. A leading dot begins no suffix.
 *
 * @example
 * hashedName("css/a.css", "acbd18db4cc2"); // "css/a.acbd18db4cc2.css"
 */
export function hashedName(name: string, hash: string): string {
  const slash = name.lastIndexOf("/") + 1;
  const base = name.slice(slash);
  // Python's splitext, but for a dot at the end, which node's sees as it does.
  const suffix = posix.extname(base);
  return `${name.slice(0, slash)}${base.slice(0, base.length - suffix.length)}.${hash}${suffix}`;
}
