/** What a copy of an object onto itself keeps only where it is named again. */

import type { CopyObjectInput } from "./inputs.ts";
import type { ObjectInfo } from "./outputs.ts";

/** Headers that mean the same in the answer to a HEAD and in the request of a copy. */
const encryptionHeaders = [
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-bucket-key-enabled",
] as const;

/** Storage class, redirect and encryption, but for a customer's key, which the server does not know. */
export function keptByName({
  storageClass,
  websiteRedirectLocation,
  encryption,
  headers: told,
}: ObjectInfo): Pick<CopyObjectInput, "storageClass" | "websiteRedirectLocation" | "headers"> {
  const headers: Record<string, string> = {};
  for (const name of encryptionHeaders) {
    const value = told[name];
    if (value !== undefined && encryption !== "customer") headers[name] = value;
  }
  return { storageClass, websiteRedirectLocation, headers };
}
