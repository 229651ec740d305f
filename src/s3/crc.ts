/**
 * CRC-32C and CRC-64/NVME, and the combination of CRCs.
 */

/** The CRCs that S3 knows, reflected, as their tables want them. */
export type CrcAlgorithm = "CRC32" | "CRC32C" | "CRC64NVME";

/** CRC-32C (Castagnoli, RFC 3720) as an unsigned number; `previous` is the CRC of the bytes before these. */
export function crc32c(data: Uint8Array, previous = 0): number {
  throw new Error(`not yet ${data.length} ${previous}`);
}

/** CRC-64/NVME; `previous` is the CRC of the bytes before these. */
export function crc64nvme(data: Uint8Array, previous = 0n): bigint {
  throw new Error(`not yet ${data.length} ${previous}`);
}

/** The CRC of two pieces one after the other, from the CRC of each and the size of the second in bytes. */
export function combineCrc(
  algorithm: CrcAlgorithm,
  first: bigint,
  second: bigint,
  secondSizeBytes: number,
): bigint {
  throw new Error(`not yet ${algorithm} ${first} ${second} ${secondSizeBytes}`);
}
