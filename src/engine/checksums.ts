/** Checksums of every algorithm, computed: also those that a client of ours computes none of, see s3/running-checksum.ts. */

import { createHash } from "node:crypto";
import loadApi, { type XXHashAPI } from "xxhash-wasm";
import { type ChecksumAlgorithm, isComputedByClients } from "../s3/checksums.ts";
import { createChecksum as createCommonChecksum, type RunningChecksum } from "../s3/running-checksum.ts";

let xxhash: XXHashAPI | undefined;

/** Makes ready what is not at once: to be awaited before the first {@link createChecksum}. */
export async function loadChecksums(): Promise<void> {
  xxhash ??= await loadApi();
}

/**
 * Begins a checksum.
 *
 * @throws {TypeError} For XXHASH64 before {@link loadChecksums}.
 */
export function createChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  if (isComputedByClients(algorithm)) return createCommonChecksum(algorithm);
  if (algorithm === "XXHASH64") return createXxhash64();
  const hash = createHash("sha512");
  return { update: (data) => void hash.update(data), digest: () => hash.digest("base64") };
}

function createXxhash64(): RunningChecksum {
  if (xxhash === undefined) throw new TypeError("Cannot compute an XXHASH64 that was not loaded.");
  const hash = xxhash.create64();
  return {
    update: (data) => void hash.update(data),
    digest: () => {
      const bytes = Buffer.alloc(8);
      // "The canonical representation uses the big-endian convention", says xxHash's specification.
      bytes.writeBigUInt64BE(hash.digest());
      return bytes.toString("base64");
    },
  };
}

/**
 * The checksum of the checksums of parts, such as `Ok6Cs5b96ux6+MWQkJO7UBT5sKPBeXBLwvj/hK89smg=-1`.
 *
 * @param parts The parts' checksums in base64, in the order of the parts.
 */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): string {
  const checksum = createChecksum(algorithm);
  for (const part of parts) checksum.update(Buffer.from(part, "base64"));
  return `${checksum.digest()}-${parts.length}`;
}
