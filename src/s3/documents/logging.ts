/** BucketLoggingStatus: where a bucket's requests are logged. */

import { maxGrants } from "../acl.ts";
import type { BucketLogging, LogKeyFormat } from "../logging.ts";
import { childOf, element, malformed, parseXml, requiredText, xmlDocument, type XmlElement } from "../xml.ts";
import { grantXml, readGrant } from "./acl.ts";

/**
 * @param logging `null`: nothing is logged.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLogging.html
 */
export function bucketLoggingStatusXml(logging: BucketLogging | null): string {
  if (logging === null) return xmlDocument("BucketLoggingStatus", "");
  const { targetBucket, targetPrefix, targetGrants = [], keyFormat } = logging;
  const grants =
    targetGrants.length === 0 ? "" : `<TargetGrants>${targetGrants.map(grantXml).join("")}</TargetGrants>`;
  return xmlDocument(
    "BucketLoggingStatus",
    `<LoggingEnabled>${element("TargetBucket", targetBucket)}${element("TargetPrefix", targetPrefix)}${grants}${keyFormatXml(keyFormat)}</LoggingEnabled>`,
  );
}

function keyFormatXml(format: LogKeyFormat | undefined): string {
  if (format === undefined) return "";
  const content =
    format.type === "simple"
      ? "<SimplePrefix></SimplePrefix>"
      : `<PartitionedPrefix>${element("PartitionDateSource", format.dateSource)}</PartitionedPrefix>`;
  return `<TargetObjectKeyFormat>${content}</TargetObjectKeyFormat>`;
}

/**
 * Reads where a bucket's requests are to be logged: null for nowhere.
 *
 * @throws {S3Error} `MalformedXML`; `InvalidArgument` for a group that does not exist.
 */
export function parseBucketLoggingStatus(xml: string | Uint8Array): BucketLogging | null {
  const root = parseXml(xml, "BucketLoggingStatus");
  refuseOthers(root, ["LoggingEnabled"]);
  const enabled = childOf(root, "LoggingEnabled");
  if (enabled === undefined) return null;
  refuseOthers(enabled, ["TargetBucket", "TargetPrefix", "TargetGrants", "TargetObjectKeyFormat"]);
  const grants = childOf(enabled, "TargetGrants");
  if (grants !== undefined) {
    refuseOthers(grants, ["Grant"]);
    if (grants.children.length > maxGrants) {
      throw malformed(`${grants.children.length} grants are more than ${maxGrants}`);
    }
  }
  const format = childOf(enabled, "TargetObjectKeyFormat");
  return {
    targetBucket: requiredText(enabled, "TargetBucket").trim(),
    targetPrefix: requiredText(enabled, "TargetPrefix"),
    ...(grants === undefined || grants.children.length === 0
      ? {}
      : { targetGrants: grants.children.map(readGrant) }),
    ...(format === undefined ? {} : { keyFormat: readKeyFormat(format) }),
  };
}

function readKeyFormat(format: XmlElement): LogKeyFormat {
  refuseOthers(format, ["SimplePrefix", "PartitionedPrefix"]);
  const partitioned = childOf(format, "PartitionedPrefix");
  if (format.children.length !== 1) {
    throw malformed("<TargetObjectKeyFormat> must have one of <SimplePrefix> and <PartitionedPrefix>");
  }
  if (partitioned === undefined) return { type: "simple" };
  const dateSource = requiredText(partitioned, "PartitionDateSource").trim();
  if (dateSource !== "EventTime" && dateSource !== "DeliveryTime") {
    throw malformed(`<PartitionDateSource> is ${JSON.stringify(dateSource)}`);
  }
  return { type: "partitioned", dateSource };
}

function refuseOthers(parent: XmlElement, names: readonly string[]): void {
  const stranger = parent.children.find((child) => !names.includes(child.name));
  if (stranger !== undefined) throw malformed(`<${stranger.name}> in <${parent.name}>`);
}
