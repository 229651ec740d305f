/** The checksum of an object that was uploaded in parts. */

import { combineChecksums } from "../s3/running-checksum.ts";
import { compositeChecksum } from "./checksums.ts";
import type { ObjectChecksum, Part, Upload } from "./types.ts";

/**
 * The object's checksum out of the parts'; undefined when the upload asked for none or a part lacks its own.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export function checksumOfParts(
  { checksumAlgorithm: algorithm, checksumType }: Upload,
  parts: readonly Part[],
): ObjectChecksum | undefined {
  if (algorithm === undefined) return undefined;
  const values: { value: string; size: number }[] = [];
  for (const { checksum, size } of parts) {
    if (checksum?.algorithm !== algorithm) return undefined;
    values.push({ value: checksum.value, size });
  }
  const type = checksumType ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  const value =
    type === "FULL_OBJECT"
      ? combineChecksums(algorithm, values)
      : compositeChecksum(
          algorithm,
          values.map((part) => part.value),
        );
  return { algorithm, type, value };
}
