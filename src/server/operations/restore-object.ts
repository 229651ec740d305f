/** RestoreObject. Every object is at hand, whatever storage class is recorded of it. */

import { S3Error } from "../../s3/errors.ts";
import { integerOf, malformed, parseXml } from "../../s3/xml.ts";
import type { ObjectContext, S3Response } from "../context.ts";
import { readSettings } from "../settings-document.ts";
import { versionHeaders } from "../version-headers.ts";

const archived: ReadonlySet<string> = new Set(["GLACIER", "DEEP_ARCHIVE"]);

/**
 * 200 is AWS's answer for an object whose restored copy is there already, which is the state of every archived object here.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
 */
export async function restoreObject(context: ObjectContext): Promise<S3Response> {
  const { info } = context;
  const root = parseXml(await readSettings(context), "RestoreRequest");
  const days = integerOf(root, "Days");
  if (days !== undefined && days < 1) throw malformed(`<Days> is ${days}, at least 1 is needed`);
  if (!archived.has(info.storageClass)) {
    throw new S3Error("InvalidObjectState", {
      message: "Restore is not allowed for the object's current storage class",
      details: { StorageClass: info.storageClass },
    });
  }
  return { status: 200, headers: versionHeaders(info) };
}
