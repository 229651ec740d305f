/** The checksum of an object that was uploaded in parts. */

import type { ObjectChecksum, Part, Upload } from "./types.ts";

/**
 * The object's checksum out of the parts'; undefined when the upload asked for none or a part lacks its own.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export function checksumOfParts(upload: Upload, parts: readonly Part[]): ObjectChecksum | undefined {
  const { checksumAlgorithm } = upload;
  if (checksumAlgorithm === undefined) return undefined;
  if (!parts.every((part) => part.checksum?.algorithm === checksumAlgorithm)) return undefined;
  return undefined;
}
