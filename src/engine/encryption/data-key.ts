/**
 * The key of one object: drawn at random, and stored encrypted under a master key or under the customer's.
 *
 *     salt (16) | data key, encrypted (32) | tag (16)
 *
 * What encrypts it is derived from master or customer's key by HKDF (RFC 5869) with the salt. The tag covers the bucket
 * and the key of the object, so a record that was moved to another object opens nothing. It is also what tells a wrong
 * customer's key from the right one: nothing of the customer's key is stored.
 */

import { createCipheriv, createDecipheriv } from "node:crypto";

import { S3Error } from "../../s3/errors.ts";
import type { Encryption, EncryptionRequest, Engine } from "../types.ts";
import { hkdf } from "./hkdf.ts";
import { keyBytes } from "./key-ring.ts";

const saltBytes = 16;
const tagBytes = 16;
/** A key that is derived anew for each sealing encrypts once only. */
const onlyNonce: Buffer = Buffer.alloc(12);

/** A new key, and what is stored of it. */
export interface NewDataKey {
  readonly encryption: Encryption;
  readonly dataKey: Uint8Array;
}

/**
 * Draws the key for a new object.
 *
 * @param scope Bucket and key of the object: its key in the index.
 */
export function createDataKey(
  { keyRing, random }: Engine,
  scope: Uint8Array,
  request: EncryptionRequest,
): NewDataKey {
  const dataKey = Buffer.from(random(keyBytes));
  const salt = Buffer.from(random(saltBytes));
  const sealed = (wrapping: Uint8Array): string =>
    seal(dataKey, scope, salt, wrappingKey(wrapping, salt, request));
  if (request.algorithm === "customer") {
    return { dataKey, encryption: { algorithm: "customer", sealedKey: sealed(request.key) } };
  }
  const { id: masterKeyId, bytes } = keyRing.current;
  return { dataKey, encryption: { ...request, masterKeyId, sealedKey: sealed(bytes) } };
}

/**
 * The same key for an object that gets another name.
 *
 * @throws S3Error InvalidRequest for a customer's key, which is not here.
 */
export function moveDataKey(
  engine: Engine,
  encryption: Encryption,
  from: Uint8Array,
  to: Uint8Array,
): Encryption {
  const dataKey = openDataKey(engine, from, encryption, undefined);
  if (encryption.algorithm === "customer") return encryption;
  const salt = Buffer.from(engine.random(saltBytes));
  const { id: masterKeyId, bytes } = engine.keyRing.current;
  const sealedKey = seal(dataKey, to, salt, wrappingKey(bytes, salt, encryption));
  return { ...encryption, masterKeyId, sealedKey };
}

function seal(dataKey: Uint8Array, scope: Uint8Array, salt: Buffer, wrapping: Uint8Array): string {
  const cipher = createCipheriv("aes-256-gcm", wrapping, onlyNonce);
  cipher.setAAD(scope);
  const encrypted = cipher.update(dataKey);
  cipher.final();
  return Buffer.concat([salt, encrypted, cipher.getAuthTag()]).toString("base64");
}

/**
 * The key that an object's bytes are encrypted with.
 *
 * @param customerKey What the client gave, should it have given a key.
 * @throws S3Error InvalidRequest when a customer's key is missing, or is given where none belongs; AccessDenied for
 *   another than the one that the object was written with.
 * @throws Error when the master key is missing or the record was tampered with.
 */
export function openDataKey(
  { keyRing }: Engine,
  scope: Uint8Array,
  encryption: Encryption,
  customerKey: Uint8Array | undefined,
): Uint8Array {
  checkCustomerKey(encryption, customerKey);
  const wrapping =
    encryption.algorithm === "customer"
      ? (customerKey as Uint8Array)
      : keyRing.get(encryption.masterKeyId).bytes;
  const sealed = Buffer.from(encryption.sealedKey, "base64");
  try {
    const salt = sealed.subarray(0, saltBytes);
    const decipher = createDecipheriv("aes-256-gcm", wrappingKey(wrapping, salt, encryption), onlyNonce, {
      authTagLength: tagBytes,
    });
    decipher.setAAD(scope);
    decipher.setAuthTag(sealed.subarray(saltBytes + keyBytes));
    const dataKey = decipher.update(sealed.subarray(saltBytes, saltBytes + keyBytes));
    decipher.final();
    return dataKey;
  } catch (cause) {
    if (encryption.algorithm === "customer") throw new S3Error("AccessDenied", { cause });
    throw new Error("The key of the object is not the one that was stored for it", { cause });
  }
}

/**
 * Checks that a customer's key comes with what needs one, and with nothing else.
 *
 * @throws S3Error InvalidRequest
 */
export function checkCustomerKey(
  encryption: Encryption | undefined,
  customerKey: Uint8Array | undefined,
): void {
  const isNeeded = encryption?.algorithm === "customer";
  if (isNeeded === (customerKey !== undefined)) return;
  throw new S3Error("InvalidRequest", {
    message: isNeeded
      ? "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object."
      : "The encryption parameters are not applicable to this object.",
  });
}

/** The key of one content of an object, be it the whole or a part: an id is never used again. */
export function contentKeyOf(dataKey: Uint8Array, contentId: Uint8Array): Uint8Array {
  return hkdf(dataKey, contentId, "stowage content");
}

/**
 * An ETag that is 32 digits and tells nothing about the bytes: AWS's is no MD5 either for these. A part that is sent again
 * has the same one again, as clients expect that send parts twice.
 */
export function opaqueEtagOf(dataKey: Uint8Array, md5: Uint8Array): string {
  return hkdf(dataKey, md5, "stowage etag", 16).toString("hex");
}

function wrappingKey(key: Uint8Array, salt: Uint8Array, request: Encryption | EncryptionRequest): Uint8Array {
  // A key of the key management service is one of its own, derived from the master key.
  const purpose = request.algorithm === "aws:kms" ? `stowage kms ${request.kmsKeyId}` : "stowage data key";
  return hkdf(key, salt, purpose);
}
