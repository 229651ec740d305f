/** How an object is encrypted, inside its record: 69 bytes for most. */

import type { Encryption } from "../types.ts";
import type { Reader, Writer } from "./codec.ts";

// Stored by their place in this list: new ones go to the end.
const algorithms = ["AES256", "customer", "aws:kms"] as const;
const masterKeyIdBytes = 4;
const sealedKeyBytes = 64;

export function writeEncryption(writer: Writer, encryption: Encryption): void {
  writer.u8(algorithms.indexOf(encryption.algorithm));
  if (encryption.algorithm !== "customer") writer.raw(Buffer.from(encryption.masterKeyId, "hex"));
  if (encryption.algorithm === "aws:kms") writer.string(encryption.kmsKeyId);
  writer.raw(Buffer.from(encryption.sealedKey, "base64"));
}

export function readEncryption(reader: Reader): Encryption {
  const code = reader.u8();
  const algorithm = algorithms[code];
  const sealedKey = (): string => reader.raw(sealedKeyBytes).toString("base64");
  switch (algorithm) {
    case "AES256":
      return { algorithm, masterKeyId: reader.hex(masterKeyIdBytes), sealedKey: sealedKey() };
    case "aws:kms": {
      const masterKeyId = reader.hex(masterKeyIdBytes);
      const kmsKeyId = reader.string();
      return { algorithm, masterKeyId, kmsKeyId, sealedKey: sealedKey() };
    }
    case "customer":
      return { algorithm, sealedKey: sealedKey() };
    default:
      throw new RangeError(`Cannot read a record: unknown encryption ${code}`);
  }
}
