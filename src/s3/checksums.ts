/**
 * The checksums that S3 keeps beside the ETag: their algorithms, their headers, and how those of parts become one.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */

import { combineCrc, crc32c, crc64nvme, crcShift } from "./crc.ts";
import { S3Error } from "./errors.ts";
import { crc32, createSha1, createSha256, type Hasher } from "./hash.ts";

/** An algorithm by the name that S3 gives it. */
export type ChecksumAlgorithm = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";

/** Whether a checksum is of an object's bytes, or of the checksums of its parts. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** A checksum of an object or a part. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Base64; a composite one ends in `-` and the number of parts. */
  readonly value: string;
}

/** A checksum of one part. */
export interface PartChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly value: string;
}

/** A checksum under way. */
export interface RunningChecksum {
  update(data: Uint8Array): void;
  /** The checksum of everything so far, in base64. To be called once. */
  digest(): string;
}

/** Every algorithm. */
export const checksumAlgorithms: readonly ChecksumAlgorithm[] = [
  "CRC32",
  "CRC32C",
  "CRC64NVME",
  "SHA1",
  "SHA256",
];

/** The header, and the trailer, that carries a checksum: `x-amz-checksum-crc32c`. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return headerByAlgorithm[algorithm];
}

const headerByAlgorithm = Object.fromEntries(
  checksumAlgorithms.map((algorithm) => [algorithm, `x-amz-checksum-${algorithm.toLowerCase()}`]),
) as Record<ChecksumAlgorithm, string>;

const algorithmByHeader = new Map(
  checksumAlgorithms.map((algorithm) => [checksumHeader(algorithm), algorithm]),
);

/** The algorithm whose header this is, in lower case; undefined for every other header. */
export function checksumAlgorithmOf(header: string): ChecksumAlgorithm | undefined {
  return algorithmByHeader.get(header);
}

/**
 * Begins a checksum.
 *
 * @example
 * const checksum = createChecksum("CRC32C");
 * checksum.update(new TextEncoder().encode("123456789"));
 * checksum.digest(); // "4waSgw=="
 */
export function createChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case "CRC32":
      return new RunningCrc32(crc32);
    case "CRC32C":
      return new RunningCrc32(crc32c);
    case "CRC64NVME":
      return new RunningCrc64();
    case "SHA1":
      return new RunningHash(createSha1());
    case "SHA256":
      return new RunningHash(createSha256());
    default:
      throw new TypeError(`Unknown checksum algorithm "${String(algorithm satisfies never)}".`);
  }
}

class RunningCrc32 implements RunningChecksum {
  readonly #crc: (data: Uint8Array, previous: number) => number;
  #value = 0;

  constructor(crc: (data: Uint8Array, previous: number) => number) {
    this.#crc = crc;
  }

  update(data: Uint8Array): void {
    this.#value = this.#crc(data, this.#value);
  }

  digest(): string {
    return encodeCrc(BigInt(this.#value), 32);
  }
}

class RunningCrc64 implements RunningChecksum {
  #value = 0n;

  update(data: Uint8Array): void {
    this.#value = crc64nvme(data, this.#value);
  }

  digest(): string {
    return encodeCrc(this.#value, 64);
  }
}

class RunningHash implements RunningChecksum {
  readonly #hasher: Hasher;

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  update(data: Uint8Array): void {
    this.#hasher.update(data);
  }

  digest(): string {
    return this.#hasher.digest("base64");
  }
}

/**
 * The algorithm that `x-amz-checksum-algorithm` or `x-amz-sdk-checksum-algorithm` names.
 *
 * @throws {S3Error} `InvalidRequest` for any other value.
 */
export function parseChecksumAlgorithm(value: string | undefined): ChecksumAlgorithm | undefined {
  if (value === undefined) return undefined;
  const algorithm = checksumAlgorithms.find((name) => name === value.trim().toUpperCase());
  if (algorithm !== undefined) return algorithm;
  throw new S3Error("InvalidRequest", {
    message: `Checksum algorithm ${JSON.stringify(value)} is unsupported. Please try again with any of the valid types: [${checksumAlgorithms.join(", ")}]`,
  });
}

/**
 * The type that `x-amz-checksum-type` asks for, or the algorithm's own where nothing is asked: CRC-64/NVME is always of
 * the full object, SHA never.
 *
 * @throws {S3Error} `InvalidRequest` for an unknown type, one that the algorithm cannot have, or one without algorithm.
 */
export function parseChecksumType(
  value: string | undefined,
  algorithm: ChecksumAlgorithm | undefined,
): ChecksumType | undefined {
  if (algorithm === undefined) {
    if (value === undefined) return undefined;
    throw new S3Error("InvalidRequest", {
      message: "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    });
  }
  const type = value?.trim().toUpperCase() ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  const isPossible =
    type === "FULL_OBJECT" ? algorithm.startsWith("CRC") : type === "COMPOSITE" && algorithm !== "CRC64NVME";
  if (isPossible) return type as ChecksumType;
  throw new S3Error("InvalidRequest", {
    message: `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  });
}

/**
 * The checksum in the headers of a request or a response.
 *
 * Its form is not judged: AWS answers a value of the wrong length with InvalidRequest, but Ceph's suite wants BadDigest,
 * which is what a comparison with the real checksum comes to.
 *
 * @returns undefined when there is none.
 * @throws {S3Error} `InvalidRequest` when there are several.
 */
export function readChecksumHeaders(headers: Readonly<Record<string, string>>): Checksum | undefined {
  const found = checksumAlgorithms.filter((algorithm) => headers[headerByAlgorithm[algorithm]] !== undefined);
  const [algorithm] = found;
  if (algorithm === undefined) return undefined;
  if (found.length > 1) {
    throw new S3Error("InvalidRequest", {
      message: "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    });
  }
  const value = (headers[checksumHeader(algorithm)] ?? "").trim();
  return { algorithm, type: value.includes("-") ? "COMPOSITE" : "FULL_OBJECT", value };
}

/** Whether a value has the form of a checksum: base64 of as many bytes as the algorithm has. */
export function isChecksum(algorithm: ChecksumAlgorithm, value: string): boolean {
  const size = checksumBytes[algorithm];
  const padding = (3 - (size % 3)) % 3;
  const length = Math.ceil(size / 3) * 4 - padding;
  return (
    value.length === length + padding &&
    value.endsWith("=".repeat(padding)) &&
    /^[A-Za-z0-9+/]+$/.test(value.slice(0, length))
  );
}

const checksumBytes: Record<ChecksumAlgorithm, number> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

/**
 * The checksum of the checksums of parts, such as `Ok6Cs5b96ux6+MWQkJO7UBT5sKPBeXBLwvj/hK89smg=-1`.
 *
 * @param parts The parts' checksums in base64, in the order of the parts.
 */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): string {
  const checksum = createChecksum(algorithm);
  for (const part of parts) checksum.update(decodeBase64(part));
  return `${checksum.digest()}-${parts.length}`;
}

/**
 * The checksum of a whole object from those of its parts, without reading a byte.
 *
 * @param parts The parts' checksums in base64 and their sizes in bytes, in order.
 * @throws {TypeError} For SHA-1 and SHA-256, whose parts do not add up.
 */
export function combineChecksums(
  algorithm: ChecksumAlgorithm,
  parts: readonly { readonly value: string; readonly size: number }[],
): string {
  if (algorithm === "SHA1" || algorithm === "SHA256") {
    throw new TypeError(`Cannot combine the ${algorithm} checksums of parts: only those of a CRC can be.`);
  }
  const shifts = new Map<number, bigint>();
  let combined = 0n;
  for (const { value, size } of parts) {
    const shift = shifts.get(size) ?? crcShift(algorithm, size);
    shifts.set(size, shift);
    combined = combineCrc(algorithm, combined, decodeCrc(value), shift);
  }
  return encodeCrc(combined, algorithm === "CRC64NVME" ? 64 : 32);
}

/** Big-endian, as S3 writes the CRCs. */
function encodeCrc(value: bigint, bits: 32 | 64): string {
  const digits = value.toString(16).padStart(bits / 4, "0");
  const bytes = digits.replaceAll(/../g, (hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return btoa(bytes);
}

function decodeCrc(base64: string): bigint {
  let value = 0n;
  for (const byte of decodeBase64(base64)) value = (value << 8n) | BigInt(byte);
  return value;
}

function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
