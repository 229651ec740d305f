/** How what is written is encrypted, with what key what is read is decrypted, and what the answer says of it. */

import type { Bucket, Encryption, EncryptionRequest } from "../engine/types.ts";
import { S3Error } from "../s3/errors.ts";
import {
  type CustomerKey,
  encryptionHeader,
  kmsKeyHeader,
  readCustomerKey,
  readRequestedEncryption,
  refuseRequestedEncryption,
} from "../s3/server-side-encryption.ts";
import type { Context, OpenContext, Site } from "./context.ts";

type Headers = Readonly<Record<string, string>>;

/** The key that AWS takes for `aws:kms` where none is named. */
const defaultKmsKey = "aws/s3";

/**
 * How an object is to be encrypted: as its headers say, otherwise as its bucket does.
 *
 * @param headers Of the request, or the fields of a form.
 * @throws {S3Error} `InvalidArgument`, `InvalidEncryptionAlgorithmError`, `InvalidRequest`, `AccessDenied` where the
 *   bucket takes no customer's keys, `KMS.NotFoundException`, `NotImplemented`.
 */
export function readEncryption(
  context: Context,
  bucket: Bucket,
  headers: Headers = context.request.headers,
): { encryption?: EncryptionRequest } {
  const customer = customerKeyOf(context, headers);
  const requested = readRequestedEncryption(headers);
  if (customer !== undefined) {
    if (requested !== undefined) {
      throw new S3Error("InvalidArgument", {
        message:
          "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
        details: { ArgumentName: encryptionHeader, ArgumentValue: requested.algorithm },
      });
    }
    if (bucket.encryption?.blocksCustomerKeys === true) {
      throw new S3Error("AccessDenied", {
        message: "The bucket does not take objects that are encrypted with customer-provided keys.",
      });
    }
    return { encryption: { algorithm: "customer", key: customer.key } };
  }
  const { algorithm, kmsKeyId } = requested ?? bucket.encryption ?? {};
  if (algorithm === undefined) return {};
  if (algorithm === "AES256") return { encryption: { algorithm } };
  return { encryption: { algorithm, kmsKeyId: requireKmsKey(context.site, kmsKeyId) } };
}

/**
 * The name of a key that the server has.
 *
 * @throws {S3Error} `NotImplemented` where it has none at all, `KMS.NotFoundException` for one that it does not have.
 */
export function requireKmsKey({ kmsKeys }: Site, name: string = defaultKmsKey): string {
  if (kmsKeys.includes(name)) return name;
  if (kmsKeys.length === 0) {
    throw new S3Error("NotImplemented", {
      message: "This server has no keys for aws:kms. Encryption with AES256 needs none.",
      details: { Header: encryptionHeader },
    });
  }
  throw new S3Error("KMS.NotFoundException", {
    message: `Key ${JSON.stringify(name)} does not exist.`,
    details: { ArgumentName: kmsKeyHeader, ArgumentValue: name },
  });
}

/**
 * The customer's key for an object that is read, or for a part.
 *
 * @throws {S3Error} `InvalidArgument`, `InvalidEncryptionAlgorithmError`, `InvalidRequest`.
 */
export function readKey(
  context: Context,
  options: { readonly of?: "object" | "source"; readonly isWrite?: boolean } = {},
): { customerKey?: Uint8Array } {
  const customer = customerKeyOf(context, context.request.headers, options.of, options.isWrite);
  return customer === undefined ? {} : { customerKey: customer.key };
}

/**
 * Gives the customer's key to an object that is read. Nobody reads without it, not even the head, and a key that is not
 * needed is a mistake.
 *
 * @throws {S3Error} `InvalidRequest`, `InvalidArgument`, `AccessDenied` for a wrong key.
 */
export function unlockObject(context: OpenContext): void {
  refuseRequestedEncryption(context.request.headers);
  context.object.unlock(readKey(context, { isWrite: false }).customerKey);
}

/** What an answer says of the encryption of what was written or is read. */
export function encryptionHeaders(
  context: Context,
  encryption: Encryption | undefined,
  headers: Headers = context.request.headers,
): Record<string, string> {
  switch (encryption?.algorithm) {
    case undefined:
      return {};
    case "AES256":
      return { [encryptionHeader]: "AES256" };
    case "aws:kms":
      return { [encryptionHeader]: "aws:kms", [kmsKeyHeader]: encryption.kmsKeyId };
    default: {
      const customer = readCustomerKey(headers, "object", false);
      if (customer === undefined) return {};
      return {
        "x-amz-server-side-encryption-customer-algorithm": "AES256",
        "x-amz-server-side-encryption-customer-key-MD5": customer.md5,
      };
    }
  }
}

/** A key may travel over TLS, and within this machine; elsewhere if the operator says so. */
function customerKeyOf(
  { site, request }: Context,
  headers: Headers,
  of: "object" | "source" = "object",
  isWrite = true,
): CustomerKey | undefined {
  const customer = readCustomerKey(headers, of, isWrite);
  if (customer === undefined) return undefined;
  if (request.secure || site.customerKeysOverHttp || isLoopback(request.remoteAddress)) return customer;
  throw new S3Error("InvalidRequest", {
    message:
      "Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.",
  });
}

function isLoopback(address: string): boolean {
  return /^(::1$|127\.|::ffff:127\.)/.test(address);
}
