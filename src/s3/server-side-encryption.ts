/**
 * Server-side encryption in headers: with a key of the customer's (SSE-C), of the server's (SSE-S3), or of the key
 * management service (SSE-KMS).
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingServerSideEncryption.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 */

import { S3Error } from "./errors.ts";
import { md5Base64, timingSafeEqual } from "#hash";

type Headers = Readonly<Record<string, string>>;

/** The header that asks for encryption with a key of the server's. */
export const encryptionHeader = "x-amz-server-side-encryption";
/** The header that names a key of the key management service. */
export const kmsKeyHeader = "x-amz-server-side-encryption-aws-kms-key-id";

/** Whose key: that of the object which is written or read, or of the source of a copy. */
const customerPrefixes = {
  object: "x-amz-server-side-encryption-customer-",
  source: "x-amz-copy-source-server-side-encryption-customer-",
} as const;

/** What a bucket does with objects of which nothing is said. */
export interface BucketEncryption {
  /** Absent: they are stored as they are. */
  readonly algorithm?: "AES256" | "aws:kms" | undefined;
  readonly kmsKeyId?: string | undefined;
  /** Recorded, and without effect: keys of this kind cost no request. */
  readonly bucketKeyEnabled?: boolean | undefined;
  /** Refuses what is to be written with a customer's key. */
  readonly blocksCustomerKeys?: true | undefined;
}

/** What the `x-amz-server-side-encryption` header asks for. */
export interface RequestedEncryption {
  readonly algorithm: "AES256" | "aws:kms";
  /** Names the key of `aws:kms`; absent for the one that is taken where none is named. */
  readonly kmsKeyId?: string | undefined;
}

/** A customer's key out of a request. */
export interface CustomerKey {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** Base64. */
  readonly md5: string;
}

/**
 * The customer's key in the headers of a request; undefined where there is none.
 *
 * @param of Whose key.
 * @param isWrite AWS wants the MD5 of the key with what is written, and verifies it elsewhere where it is given.
 * @throws {S3Error} `InvalidArgument` where one of the headers is missing or wrong, `InvalidEncryptionAlgorithmError` for
 *   another algorithm than AES256.
 */
export function readCustomerKey(
  headers: Headers,
  of: keyof typeof customerPrefixes = "object",
  isWrite = true,
): CustomerKey | undefined {
  const prefix = customerPrefixes[of];
  const [algorithm, encoded, md5] = ["algorithm", "key", "key-md5"].map((name) => headers[prefix + name]);
  if (algorithm === undefined && encoded === undefined && md5 === undefined) return undefined;
  if (algorithm === undefined) throw invalid(required("a valid encryption algorithm"), `${prefix}algorithm`);
  if (algorithm !== "AES256") {
    throw new S3Error("InvalidEncryptionAlgorithmError", {
      details: { ArgumentName: `${prefix}algorithm`, ArgumentValue: algorithm },
    });
  }
  if (encoded === undefined) throw invalid(required("an appropriate secret key"), `${prefix}key`);
  const key = decodeKey(encoded);
  // The value is a secret, however wrong: it is not told.
  if (key === null) throw invalid("The secret key was invalid for the specified algorithm.", `${prefix}key`);
  const actual = md5Base64(key);
  if (md5 === undefined && isWrite) {
    throw invalid(required("the client calculated MD5 of the secret key"), `${prefix}key-MD5`);
  }
  if (md5 !== undefined && !timingSafeEqual(md5, actual)) {
    throw invalid(
      "The calculated MD5 hash of the key did not match the hash that was provided.",
      `${prefix}key-MD5`,
      md5,
    );
  }
  return { key, md5: actual };
}

/**
 * The headers that carry a customer's key.
 *
 * @param key 32 bytes, or those in base64.
 * @throws {RangeError} For a key of another length.
 */
export function customerKeyHeaders(
  key: Uint8Array | string,
  of: keyof typeof customerPrefixes = "object",
): Record<string, string> {
  const bytes = typeof key === "string" ? decodeKey(key) : key.length === 32 ? key : null;
  if (bytes === null) throw new RangeError("A customer's key must be 32 bytes, or those in base64.");
  const prefix = customerPrefixes[of];
  return {
    [`${prefix}algorithm`]: "AES256",
    [`${prefix}key`]: encodeBase64(bytes),
    [`${prefix}key-md5`]: md5Base64(bytes),
  };
}

/**
 * What the `x-amz-server-side-encryption` header asks for; undefined where it is missing.
 *
 * @throws {S3Error} `InvalidArgument` for an unknown method, or a key without the method that uses it; `NotImplemented`
 *   for encryption in two layers.
 */
export function readRequestedEncryption(headers: Headers): RequestedEncryption | undefined {
  const algorithm = headers[encryptionHeader];
  const kmsKeyId = headers[kmsKeyHeader];
  if (kmsKeyId !== undefined && algorithm !== "aws:kms") {
    throw invalid(
      `${kmsKeyHeader} is only possible together with ${encryptionHeader}: aws:kms.`,
      kmsKeyHeader,
      kmsKeyId,
    );
  }
  switch (algorithm) {
    case undefined:
      return undefined;
    case "AES256":
      return { algorithm };
    case "aws:kms":
      return kmsKeyId === undefined || kmsKeyId === "" ? { algorithm } : { algorithm, kmsKeyId };
    case "aws:kms:dsse":
      throw new S3Error("NotImplemented", {
        message: "Dual-layer server-side encryption (aws:kms:dsse) is not implemented.",
        details: { Header: encryptionHeader },
      });
    default:
      throw invalid(
        "The encryption method specified is not supported. The valid values are AES256 and aws:kms.",
        encryptionHeader,
        algorithm,
      );
  }
}

/**
 * Refuses the header that asks for encryption where nothing is written.
 *
 * @throws {S3Error} `InvalidArgument`.
 */
export function refuseRequestedEncryption(headers: Headers): void {
  for (const name of [encryptionHeader, kmsKeyHeader]) {
    const value = headers[name];
    if (value === undefined) continue;
    throw new S3Error("InvalidArgument", {
      message: `${name} header is not supported for this operation.`,
      details: { ArgumentName: name, ArgumentValue: value },
    });
  }
}

/** 32 bytes, or null for what is no base64 of as many. */
function decodeKey(encoded: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(encoded)) return null;
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  return encodeBase64(bytes) === encoded ? bytes : null;
}

function encodeBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function required(what: string): string {
  return `Requests specifying Server Side Encryption with Customer provided keys must provide ${what}.`;
}

function invalid(message: string, name: string, value = ""): S3Error {
  return new S3Error("InvalidArgument", { message, details: { ArgumentName: name, ArgumentValue: value } });
}
