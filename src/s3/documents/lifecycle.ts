/** LifecycleConfiguration: the rules by which a bucket's objects expire. */

import { parseIsoDate } from "../dates.ts";
import { isoDate } from "../write-dates.ts";
import { S3Error } from "../errors.ts";
import type {
  LifecycleExpiration,
  LifecycleFilter,
  LifecycleRule,
  LifecycleTag,
  LifecycleTime,
  LifecycleTransition,
  NoncurrentVersionTransition,
} from "../lifecycle.ts";
import {
  booleanOf,
  childOf,
  childrenOf,
  element,
  malformed,
  parseXml,
  requiredText,
  textOf,
  xmlDocument,
  type XmlElement,
} from "../xml.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html */
export function lifecycleConfigurationXml(rules: readonly LifecycleRule[]): string {
  return xmlDocument("LifecycleConfiguration", rules.map(ruleXml).join(""));
}

function ruleXml(rule: LifecycleRule): string {
  const { expiration, noncurrentVersionExpiration: noncurrent, abortIncompleteMultipartUpload: abort } = rule;
  return parent("Rule", [
    element("ID", rule.id),
    rule.filter === undefined ? element("Prefix", rule.prefix ?? "") : filterXml(rule.filter),
    element("Status", rule.status),
    expiration === undefined ? "" : parent("Expiration", [expirationXml(expiration)]),
    ...(rule.transitions ?? []).map((transition) =>
      parent("Transition", [timeXml(transition), element("StorageClass", transition.storageClass)]),
    ),
    noncurrent === undefined
      ? ""
      : parent("NoncurrentVersionExpiration", [
          element("NoncurrentDays", noncurrent.noncurrentDays),
          element("NewerNoncurrentVersions", noncurrent.newerNoncurrentVersions),
        ]),
    ...(rule.noncurrentVersionTransitions ?? []).map((transition) =>
      parent("NoncurrentVersionTransition", [
        element("NoncurrentDays", transition.noncurrentDays),
        element("StorageClass", transition.storageClass),
        element("NewerNoncurrentVersions", transition.newerNoncurrentVersions),
      ]),
    ),
    abort === undefined
      ? ""
      : parent("AbortIncompleteMultipartUpload", [element("DaysAfterInitiation", abort.daysAfterInitiation)]),
  ]);
}

function filterXml({ prefix, tags = [], ...sizes }: LifecycleFilter): string {
  const members = [
    element("Prefix", prefix),
    ...tags.map(({ key, value }) => parent("Tag", [element("Key", key), element("Value", value)])),
    element("ObjectSizeGreaterThan", sizes.objectSizeGreaterThan),
    element("ObjectSizeLessThan", sizes.objectSizeLessThan),
  ].filter((member) => member !== "");
  return parent("Filter", members.length > 1 ? [parent("And", members)] : members);
}

function expirationXml(expiration: LifecycleExpiration): string {
  return "expiredObjectDeleteMarker" in expiration
    ? element("ExpiredObjectDeleteMarker", expiration.expiredObjectDeleteMarker)
    : timeXml(expiration);
}

function timeXml({ days, dateMs }: LifecycleTime): string {
  return dateMs === undefined ? element("Days", days) : element("Date", isoDate(dateMs));
}

function parent(name: string, content: readonly string[]): string {
  return `<${name}>${content.join("")}</${name}>`;
}

/**
 * Reads the rules of a bucket: a request's or an answer's. What they may not say, `checkLifecycle` knows.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseLifecycleConfiguration(xml: string | Uint8Array): LifecycleRule[] {
  const root = parseXml(xml, "LifecycleConfiguration");
  refuseOthers(root, ["Rule"]);
  return root.children.map(readRule);
}

const ruleElements = [
  "ID",
  "Prefix",
  "Filter",
  "Status",
  "Expiration",
  "Transition",
  "NoncurrentVersionExpiration",
  "NoncurrentVersionTransition",
  "AbortIncompleteMultipartUpload",
];

function readRule(rule: XmlElement): LifecycleRule {
  refuseOthers(rule, ruleElements);
  const id = textOf(rule, "ID");
  const prefix = textOf(rule, "Prefix");
  const filter = childOf(rule, "Filter");
  const status = requiredText(rule, "Status").trim();
  const expiration = childOf(rule, "Expiration");
  const noncurrent = childOf(rule, "NoncurrentVersionExpiration");
  const abort = childOf(rule, "AbortIncompleteMultipartUpload");
  const transitions = childrenOf(rule, "Transition").map(readTransition);
  const noncurrentTransitions = childrenOf(rule, "NoncurrentVersionTransition").map(readNoncurrentTransition);
  if (status !== "Enabled" && status !== "Disabled") throw malformed(`<Status> is ${JSON.stringify(status)}`);
  if ((prefix === undefined) === (filter === undefined)) {
    throw malformed("a rule must have either <Filter> or <Prefix>");
  }
  return {
    ...(id === undefined || id === "" ? {} : { id }),
    status,
    ...(prefix === undefined ? {} : { prefix }),
    ...(filter === undefined ? {} : { filter: readFilter(filter) }),
    ...(expiration === undefined ? {} : { expiration: readExpiration(expiration) }),
    ...(transitions.length === 0 ? {} : { transitions }),
    ...(noncurrent === undefined ? {} : { noncurrentVersionExpiration: readNoncurrent(noncurrent) }),
    ...(noncurrentTransitions.length === 0 ? {} : { noncurrentVersionTransitions: noncurrentTransitions }),
    ...(abort === undefined ? {} : { abortIncompleteMultipartUpload: readAbort(abort) }),
  };
}

const filterElements = ["Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan"];

/**
 * AWS takes one member, or several within And. Ceph's tests send several beside each other, And among them, and mean
 * all of them; read so, a rule is about fewer objects than any of its members alone, so nothing expires that should not.
 */
function readFilter(filter: XmlElement): LifecycleFilter {
  refuseOthers(filter, [...filterElements, "And"]);
  const and = childOf(filter, "And");
  const own = readMembers(filter);
  if (and === undefined) return own;
  // The model of AWS's own SDKs calls the list Tags and writes its members as Tag.
  refuseOthers(and, filterElements);
  if (and.children.length < 2 && filter.children.length === 1) {
    throw malformed("<And> must have two members at least");
  }
  const inner = readMembers(and);
  const tags = [...(own.tags ?? []), ...(inner.tags ?? [])];
  // Of two prefixes that both must hold the longer one says everything, if it says anything.
  const prefixes = [own.prefix ?? "", inner.prefix ?? ""].sort((a, b) => b.length - a.length);
  const [longer = "", shorter = ""] = prefixes;
  if (!longer.startsWith(shorter)) {
    throw malformed(`no key begins with both ${JSON.stringify(longer)} and ${JSON.stringify(shorter)}`);
  }
  return {
    ...own,
    ...inner,
    ...(longer === "" ? {} : { prefix: longer }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

function readMembers(parentElement: XmlElement): LifecycleFilter {
  const prefix = textOf(parentElement, "Prefix");
  const tags = childrenOf(parentElement, "Tag").map(readTag);
  const greaterThan = sizeOf(parentElement, "ObjectSizeGreaterThan");
  const lessThan = sizeOf(parentElement, "ObjectSizeLessThan");
  return {
    ...(prefix === undefined ? {} : { prefix }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(greaterThan === undefined ? {} : { objectSizeGreaterThan: greaterThan }),
    ...(lessThan === undefined ? {} : { objectSizeLessThan: lessThan }),
  };
}

function readTag(tag: XmlElement): LifecycleTag {
  refuseOthers(tag, ["Key", "Value"]);
  return { key: requiredText(tag, "Key"), value: requiredText(tag, "Value") };
}

function readExpiration(expiration: XmlElement): LifecycleExpiration {
  refuseOthers(expiration, ["Days", "Date", "ExpiredObjectDeleteMarker"]);
  const marker = booleanOf(expiration, "ExpiredObjectDeleteMarker");
  if (marker === undefined) return readTime(expiration);
  if (expiration.children.length > 1) {
    throw malformed("<ExpiredObjectDeleteMarker> stands beside <Days> or <Date>");
  }
  return { expiredObjectDeleteMarker: marker };
}

function readTransition(transition: XmlElement): LifecycleTransition {
  refuseOthers(transition, ["Days", "Date", "StorageClass"]);
  return { ...readTime(transition), storageClass: requiredText(transition, "StorageClass").trim() };
}

function readTime(parentElement: XmlElement): LifecycleTime {
  const days = daysOf(parentElement, "Days");
  const date = textOf(parentElement, "Date");
  if ((days === undefined) === (date === undefined)) {
    throw malformed(`<${parentElement.name}> must have either <Days> or <Date>`);
  }
  if (days !== undefined) return { days };
  const dateMs = parseDate(date ?? "");
  if (dateMs === null) throw malformed(`<Date> is ${JSON.stringify(date)}, which is no date`);
  return { dateMs };
}

/** boto 2 and older tools write the date alone. */
function parseDate(text: string): number | null {
  const date = text.trim();
  return parseIsoDate(/^\d{4}-\d{2}-\d{2}$/.test(date) ? `${date}T00:00:00Z` : date);
}

function readNoncurrent(noncurrent: XmlElement): NonNullable<LifecycleRule["noncurrentVersionExpiration"]> {
  refuseOthers(noncurrent, ["NoncurrentDays", "NewerNoncurrentVersions"]);
  const newerNoncurrentVersions = daysOf(noncurrent, "NewerNoncurrentVersions");
  return {
    noncurrentDays: requiredDays(noncurrent, "NoncurrentDays"),
    ...(newerNoncurrentVersions === undefined ? {} : { newerNoncurrentVersions }),
  };
}

function readNoncurrentTransition(transition: XmlElement): NoncurrentVersionTransition {
  refuseOthers(transition, ["NoncurrentDays", "NewerNoncurrentVersions", "StorageClass"]);
  const newerNoncurrentVersions = daysOf(transition, "NewerNoncurrentVersions");
  return {
    noncurrentDays: requiredDays(transition, "NoncurrentDays"),
    ...(newerNoncurrentVersions === undefined ? {} : { newerNoncurrentVersions }),
    storageClass: requiredText(transition, "StorageClass").trim(),
  };
}

function readAbort(abort: XmlElement): { daysAfterInitiation: number } {
  refuseOthers(abort, ["DaysAfterInitiation"]);
  return { daysAfterInitiation: requiredDays(abort, "DaysAfterInitiation") };
}

/** A whole number of 32 bits, with its sign: that a number is too small is an error of its own. */
function daysOf(parentElement: XmlElement, name: string): number | undefined {
  const text = textOf(parentElement, name)?.trim();
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^[+-]?\d{1,12}$/.test(text) || Math.abs(value) > 2 ** 31 - 1) {
    throw malformed(`<${name}> is ${JSON.stringify(text)}, which is no number of 32 bits`);
  }
  return value;
}

function requiredDays(parentElement: XmlElement, name: string): number {
  const days = daysOf(parentElement, name);
  if (days === undefined) throw malformed(`<${name}> is missing in <${parentElement.name}>`);
  return days;
}

function sizeOf(parentElement: XmlElement, name: string): number | undefined {
  const text = textOf(parentElement, name)?.trim();
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    throw new S3Error("InvalidRequest", {
      message: `'${name}' must be a number of bytes and not ${JSON.stringify(text.slice(0, 40))}`,
    });
  }
  return Number(text);
}

function refuseOthers(parentElement: XmlElement, names: readonly string[]): void {
  const stranger = parentElement.children.find((child) => !names.includes(child.name));
  if (stranger !== undefined) throw malformed(`<${stranger.name}> in <${parentElement.name}>`);
}
