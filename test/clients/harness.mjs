/** What the suites of JavaScript clients share. The environment is that of harness.py. */

import { createRequire } from "node:module";
import { join } from "node:path";

export const kind = process.env.STOWAGE_TEST_KIND ?? "stowage";
export const endpoint = process.env.STOWAGE_TEST_ENDPOINT;
export const region = process.env.STOWAGE_TEST_REGION ?? "us-east-1";
export const accessKey = process.env.STOWAGE_TEST_ACCESS_KEY;
export const secretKey = process.env.STOWAGE_TEST_SECRET_KEY;
export const altAccessKey = process.env.STOWAGE_TEST_ALT_ACCESS_KEY;
export const altSecretKey = process.env.STOWAGE_TEST_ALT_SECRET_KEY;

export const MiB = 1024 * 1024;

/** Loads a package that the driver installed outside of the repository. */
export const load = createRequire(join(process.env.STOWAGE_TEST_NPM ?? process.cwd(), "package.json"));

let number = 0;

/** A bucket name that no other run has. */
export function bucketName(word) {
  return `stowage-test-${word}-${process.pid}-${++number}`;
}

/** Bytes of which any two places differ, so that a part in the wrong place is seen. */
export function patternedBytes(size) {
  const lines = Array.from(
    { length: Math.ceil(size / 16) },
    (_, line) => `${String(line).padStart(15, "0")}\n`,
  );
  return Buffer.from(lines.join("")).subarray(0, size);
}

/** Keys that XML, URLs and file systems each treat in their own way. */
export const oddKeys = [
  "a b+c",
  "a&b<c>\"d'",
  "folder//double",
  "../up",
  "./here",
  "percent%41%2F",
  "ü/é/e\u0301",
  "日本語",
  "😀",
  "tilde~!*'()",
  "x".repeat(1024),
];
