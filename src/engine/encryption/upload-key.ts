/** The key of an upload under way, which every part must bring when it is the customer's. */

import { S3Error } from "../../s3/errors.ts";
import { objectKey } from "../table-keys.ts";
import type { Engine, Upload } from "../types.ts";
import { openDataKey } from "./data-key.ts";
import type { NewDataKey } from "./data-key.ts";

/**
 * What the parts of an upload are encrypted with; undefined where they are stored as they are.
 *
 * @throws S3Error InvalidRequest for a customer's key that is missing, is another, or was not asked for.
 */
export function openUploadKey(
  engine: Engine,
  { bucketId, key, encryption }: Upload,
  customerKey: Uint8Array | undefined,
): NewDataKey | undefined {
  if (customerKey !== undefined && encryption?.algorithm !== "customer") {
    throw new S3Error("InvalidRequest", {
      message:
        "The multipart upload initiate did not request encryption with a customer key. Send the part without encryption parameters.",
    });
  }
  if (encryption === undefined) return undefined;
  if (encryption.algorithm === "customer" && customerKey === undefined) {
    throw new S3Error("InvalidRequest", {
      message:
        "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.",
    });
  }
  try {
    return { encryption, dataKey: openDataKey(engine, objectKey(bucketId, key), encryption, customerKey) };
  } catch (cause) {
    if (!(cause instanceof S3Error && cause.code === "AccessDenied")) throw cause;
    throw new S3Error("InvalidRequest", {
      message: "The provided encryption parameters did not match the ones used originally.",
      cause,
    });
  }
}
