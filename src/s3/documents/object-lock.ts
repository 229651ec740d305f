/** ObjectLockConfiguration, Retention and LegalHold. */

import { S3Error } from "../errors.ts";
import { parseIsoDate } from "../dates.ts";
import {
  type DefaultRetention,
  type LegalHold,
  maxRetentionDays,
  maxRetentionYears,
  type ObjectLock,
  type Retention,
  type RetentionMode,
  retentionModes,
} from "../object-lock.ts";
import {
  childOf,
  element,
  malformed,
  parseXml,
  requiredText,
  textOf,
  xmlDocument,
  type XmlElement,
} from "../xml.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html */
export function objectLockXml({ defaultRetention }: ObjectLock): string {
  const rule =
    defaultRetention === undefined
      ? ""
      : `<Rule><DefaultRetention>${element("Mode", defaultRetention.mode)}${element("Days", defaultRetention.days)}${element("Years", defaultRetention.years)}</DefaultRetention></Rule>`;
  return xmlDocument("ObjectLockConfiguration", `<ObjectLockEnabled>Enabled</ObjectLockEnabled>${rule}`);
}

/**
 * Reads an ObjectLockConfiguration.
 *
 * @throws {S3Error} `MalformedXML`; `InvalidRetentionPeriod` for a number of days or years that is not above zero, and
 *   `InvalidArgument` for one that is too large.
 */
export function parseObjectLock(xml: string | Uint8Array): ObjectLock {
  const root = parseXml(xml, "ObjectLockConfiguration");
  const enabled = textOf(root, "ObjectLockEnabled")?.trim();
  if (enabled !== "Enabled") {
    throw malformed(`<ObjectLockEnabled> is ${JSON.stringify(enabled ?? "")}, not Enabled`);
  }
  const rule = childOf(root, "Rule");
  if (rule === undefined) return {};
  const retention = childOf(rule, "DefaultRetention");
  if (retention === undefined) throw malformed("<Rule> without <DefaultRetention>");
  const days = readPeriod(retention, "Days", maxRetentionDays);
  const years = readPeriod(retention, "Years", maxRetentionYears);
  if ((days === undefined) === (years === undefined)) {
    throw malformed("<DefaultRetention> must have either <Days> or <Years>");
  }
  const defaultRetention: DefaultRetention = {
    mode: readMode(retention),
    ...(days === undefined ? { years } : { days }),
  };
  return { defaultRetention };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html */
export function retentionXml(retention: Retention | undefined): string {
  return xmlDocument(
    "Retention",
    retention === undefined
      ? ""
      : element("Mode", retention.mode) + element("RetainUntilDate", retainUntil(retention)),
  );
}

/**
 * Reads a Retention; an empty one, which takes a retention away, is undefined.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseRetention(xml: string | Uint8Array): Retention | undefined {
  const root = parseXml(xml, "Retention");
  if (childOf(root, "Mode") === undefined && childOf(root, "RetainUntilDate") === undefined) return undefined;
  const mode = readMode(root);
  const text = requiredText(root, "RetainUntilDate");
  const untilMs = parseIsoDate(text);
  if (untilMs === null) throw malformed(`<RetainUntilDate> is ${JSON.stringify(text)}, which is no date`);
  return { mode, untilMs };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLegalHold.html */
export function legalHoldXml(legalHold: LegalHold): string {
  return xmlDocument("LegalHold", element("Status", legalHold));
}

/** @throws {S3Error} `MalformedXML` */
export function parseLegalHold(xml: string | Uint8Array): LegalHold {
  const status = requiredText(parseXml(xml, "LegalHold"), "Status").trim();
  if (status !== "ON" && status !== "OFF") {
    throw malformed(`<Status> is ${JSON.stringify(status)}, neither ON nor OFF`);
  }
  return status;
}

/** The date of a retention, to the millisecond: who sends it back must not be taken for one who shortens it. */
export function retainUntil({ untilMs }: Retention): string {
  return new Date(untilMs).toISOString();
}

function readMode(parent: XmlElement): RetentionMode {
  const text = requiredText(parent, "Mode").trim();
  const mode = retentionModes.find((one) => one === text);
  if (mode === undefined)
    throw malformed(`<Mode> is ${JSON.stringify(text)}, neither GOVERNANCE nor COMPLIANCE`);
  return mode;
}

function readPeriod(parent: XmlElement, name: "Days" | "Years", most: number): number | undefined {
  const text = textOf(parent, name)?.trim();
  if (text === undefined) return undefined;
  if (!/^-?\d{1,10}$/.test(text)) throw malformed(`<${name}> is ${JSON.stringify(text)}, which is no number`);
  const value = Number(text);
  if (value < 1) {
    throw new S3Error("InvalidRetentionPeriod", {
      message: `Default retention period must be a positive integer value, not ${value}.`,
    });
  }
  if (value > most) {
    throw new S3Error("InvalidArgument", {
      message: `Default retention period of ${value} ${name.toLowerCase()} is too large: at most ${most} are allowed.`,
      details: { ArgumentName: name, ArgumentValue: text },
    });
  }
  return value;
}
