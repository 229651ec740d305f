/** Names: what an object key and a bucket name may be, and the order of keys. */

import { S3Error } from "./errors.ts";

/** The longest key, in bytes of UTF-8. */
export const maxKeyBytes = 1024;

const encoder = new TextEncoder();

/**
 * The key that a path names. Nothing is normalised: `a/../b`, `a//b` and `a/` are keys of their own, and `+` is a plus.
 *
 * @param rawKey The path behind the bucket as it was sent: percent-encoded, other bytes as latin1. It may be empty.
 * @throws {S3Error} `InvalidURI` for a broken escape, bytes that are not UTF-8, or a NUL; `KeyTooLongError` above 1,024
 *   bytes.
 * @example
 * decodeKey("caf%C3%A9/a+b"); // "café/a+b"
 */
export function decodeKey(rawKey: string): string {
  const key = decodePath(rawKey);
  // U+0000 ends a string in too much of what stands behind an S3 server.
  if (key === null || key.includes("\0")) {
    throw new S3Error("InvalidURI", { details: { URI: rawKey } });
  }
  checkKeyLength(key);
  return key;
}

/** Strict where `Buffer.toString` is lenient: neither overlong forms nor surrogates nor lone bytes pass. */
function decodePath(raw: string): string | null {
  if (!/[%\x80-\xff]/.test(raw)) return raw;
  try {
    return decodeURIComponent(raw.replaceAll(/[\x80-\xff]/g, percentEncodeByte));
  } catch {
    return null;
  }
}

function percentEncodeByte(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16)}`;
}

/** NUL, and surrogates without their other half. */
const unfit = /[\0\p{Surrogate}]/u;

/**
 * Checks a key that did not come in a path, but in a form, a document or from a program.
 *
 * @throws {S3Error} `KeyTooLongError` above 1,024 bytes; `InvalidArgument` when it is empty, holds a NUL or a lone
 *   surrogate, which has no UTF-8 form.
 */
export function checkKey(key: string): void {
  if (key === "" || unfit.test(key)) {
    throw new S3Error("InvalidArgument", {
      message: `${JSON.stringify(key)} cannot be an object key: a key is 1 to ${maxKeyBytes} bytes of UTF-8 without NUL.`,
      details: { ArgumentName: "key", ArgumentValue: key.replaceAll(new RegExp(unfit, "gu"), "\uFFFD") },
    });
  }
  checkKeyLength(key);
}

function checkKeyLength(key: string): void {
  // A UTF-16 unit takes at most three bytes, so most keys need no count.
  if (key.length * 3 <= maxKeyBytes) return;
  const size = encoder.encode(key).length;
  if (size > maxKeyBytes) {
    throw new S3Error("KeyTooLongError", {
      details: { Size: String(size), MaxSizeAllowed: String(maxKeyBytes) },
    });
  }
}

/**
 * The order of keys in listings: by bytes of UTF-8, which differs from JavaScript's own order above U+FFFF.
 *
 * @returns Negative, zero or positive, for `sort`.
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return utf8Rank(x) - utf8Rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above U+FFFF, so they rank behind U+E000 to U+FFFF. */
function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Prefixes and suffixes that AWS keeps for itself. */
const reservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"];
const reservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/**
 * Why a name cannot be a bucket's, in words, or null when it can.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function bucketNameFault(name: string): string | null {
  if (name.length < 3 || name.length > 63) return "it must be 3 to 63 characters long";
  if (!/^[a-z0-9.-]+$/.test(name)) return "only lower-case letters, digits, dots and hyphens are allowed";
  // AWS lets a label such as `a-.b` pass, DNS does not, and Ceph's suite wants it refused.
  if (!name.split(".").every((label) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label))) {
    return "it must begin and end with a letter or digit, and so must each label between dots";
  }
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return "it must not look like an IP address";
  const prefix = reservedPrefixes.find((reserved) => name.startsWith(reserved));
  if (prefix !== undefined) return `names that begin with ${prefix} are reserved`;
  const suffix = reservedSuffixes.find((reserved) => name.endsWith(reserved));
  if (suffix !== undefined) return `names that end with ${suffix} are reserved`;
  return null;
}

/**
 * Checks the name of a bucket that is to be created.
 *
 * @throws {S3Error} `InvalidBucketName` with the rule that it breaks.
 */
export function checkBucketName(name: string): void {
  const fault = bucketNameFault(name);
  if (fault === null) return;
  throw new S3Error("InvalidBucketName", {
    message: `The specified bucket is not valid: ${fault}.`,
    details: { BucketName: name },
  });
}
