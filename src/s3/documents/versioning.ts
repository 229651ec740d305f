/** VersioningConfiguration: whether a bucket keeps versions. */

import { S3Error } from "../errors.ts";
import { element, malformed, parseXml, textOf, xmlDocument } from "../xml.ts";

/** Whether a bucket keeps versions. */
export interface VersioningConfiguration {
  /** Absent: it never did. */
  readonly status?: "Enabled" | "Suspended" | undefined;
  /** Whether removing a version wants a one-time password. Absent: it was never said. */
  readonly mfaDelete?: "Enabled" | "Disabled" | undefined;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html */
export function versioningXml({ status, mfaDelete }: VersioningConfiguration): string {
  return xmlDocument("VersioningConfiguration", element("Status", status) + element("MfaDelete", mfaDelete));
}

/**
 * Reads what PutBucketVersioning is given.
 *
 * @throws {S3Error} `IllegalVersioningConfigurationException` without a status; `MalformedXML`.
 */
export function parseVersioningChange(
  xml: string | Uint8Array,
): VersioningConfiguration & { readonly status: "Enabled" | "Suspended" } {
  const { status, mfaDelete } = parseVersioning(xml);
  if (status === undefined) throw new S3Error("IllegalVersioningConfigurationException");
  return { status, mfaDelete };
}

/**
 * Reads what GetBucketVersioning answers.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseVersioning(xml: string | Uint8Array): VersioningConfiguration {
  const root = parseXml(xml, "VersioningConfiguration");
  const status = textOf(root, "Status")?.trim() || undefined;
  const mfaDelete = textOf(root, "MfaDelete")?.trim() || undefined;
  if (status !== undefined && status !== "Enabled" && status !== "Suspended") {
    throw malformed(`<Status> is ${JSON.stringify(status)}, neither Enabled nor Suspended`);
  }
  if (mfaDelete !== undefined && mfaDelete !== "Enabled" && mfaDelete !== "Disabled") {
    throw malformed(`<MfaDelete> is ${JSON.stringify(mfaDelete)}, neither Enabled nor Disabled`);
  }
  return { status, mfaDelete };
}
