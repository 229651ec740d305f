/**
 * The checksums that S3 keeps beside the ETag: their algorithms and their headers. They are computed in
 * running-checksum.ts.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */

import { S3Error } from "./errors.ts";

/** An algorithm by the name that S3 gives it. */
export type ChecksumAlgorithm =
  | "CRC32"
  | "CRC32C"
  | "CRC64NVME"
  | "MD5"
  | "SHA1"
  | "SHA256"
  | "SHA512"
  | "XXHASH64";

/** The algorithms that a client computes. A checksum of another it takes ready-made. */
export type ClientChecksumAlgorithm = Exclude<ChecksumAlgorithm, "SHA512" | "XXHASH64">;

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

/** Every algorithm. */
export const checksumAlgorithms: readonly ChecksumAlgorithm[] = [
  "CRC32",
  "CRC32C",
  "CRC64NVME",
  "MD5",
  "SHA1",
  "SHA256",
  "SHA512",
  "XXHASH64",
];

/** Whether running-checksum.ts computes it. The others would be much code for a page, and no SDK sends them unasked. */
export function isComputedByClients(algorithm: ChecksumAlgorithm): algorithm is ClientChecksumAlgorithm {
  return algorithm !== "SHA512" && algorithm !== "XXHASH64";
}

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
 * the full object, what is no CRC never.
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
  if (found.length > 1) throw severalChecksums();
  const value = (headers[checksumHeader(algorithm)] ?? "").trim();
  return { algorithm, type: value.includes("-") ? "COMPOSITE" : "FULL_OBJECT", value };
}

/** The error for a body that comes with more than one checksum, of which only one would be verified. */
export function severalChecksums(): S3Error {
  return new S3Error("InvalidRequest", {
    message: "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
  });
}
