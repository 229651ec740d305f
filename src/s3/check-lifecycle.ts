/** What lifecycle rules may not say, beside what their document's form forbids. Codes and messages are AWS's. */

import { S3Error } from "./errors.ts";
import { calendarDayMs, prefixOf, transitionClasses } from "./lifecycle.ts";
import type { LifecycleFilter, LifecycleRule, LifecycleTime } from "./lifecycle.ts";
import { malformed } from "./xml.ts";

/** "You can add up to 1,000 rules." */
const maxRules = 1000;
const maxIdLength = 255;
const maxTags = 10;
const maxNewerVersions = 100;
/** Days before an object may move to an infrequent access class. */
const infrequentAccessDays = 30;

/**
 * Judges the rules of a bucket.
 *
 * @throws {S3Error} `InvalidArgument` for a value, `InvalidRequest` for a combination, `InvalidTag`, `MalformedXML`.
 */
export function checkLifecycle(rules: readonly LifecycleRule[]): void {
  if (rules.length === 0) throw malformed("<LifecycleConfiguration> has no <Rule>");
  if (rules.length > maxRules) {
    throw invalidRequest(
      `The number of lifecycle rules must not exceed the allowed limit of ${maxRules} rules, and is ${rules.length}`,
    );
  }
  const ids = new Set<string>();
  for (const rule of rules) {
    const { id } = rule;
    if (id !== undefined && id.length > maxIdLength) {
      throw invalidArgument(`ID length should not exceed allowed limit of ${maxIdLength}`, "ID", id);
    }
    if (id !== undefined && ids.has(id)) {
      throw invalidArgument("Rule ID must be unique. Found same ID for more than one rule", "ID", id);
    }
    if (id !== undefined) ids.add(id);
    checkRule(rule);
  }
}

function checkRule(rule: LifecycleRule): void {
  const { expiration, transitions = [], noncurrentVersionTransitions = [], filter } = rule;
  const { noncurrentVersionExpiration, abortIncompleteMultipartUpload: abort } = rule;
  const actions = [
    expiration,
    noncurrentVersionExpiration,
    abort,
    ...transitions,
    ...noncurrentVersionTransitions,
  ];
  if (actions.every((action) => action === undefined)) {
    throw invalidRequest("At least one action needs to be specified in a rule");
  }
  if (filter !== undefined) checkFilter(filter, rule);
  if (expiration !== undefined && !("expiredObjectDeleteMarker" in expiration)) {
    checkPositive(expiration.days, "Days", "Expiration");
    checkMidnight(expiration.dateMs);
  }
  if (noncurrentVersionExpiration !== undefined) {
    const { noncurrentDays, newerNoncurrentVersions } = noncurrentVersionExpiration;
    checkPositive(noncurrentDays, "NoncurrentDays", "NoncurrentVersionExpiration");
    checkNewerVersions(newerNoncurrentVersions, "NoncurrentVersionExpiration");
  }
  if (abort !== undefined) {
    checkPositive(abort.daysAfterInitiation, "DaysAfterInitiation", "AbortIncompleteMultipartUpload");
  }
  checkTransitions(rule);
}

function checkFilter({ tags = [], ...sizes }: LifecycleFilter, rule: LifecycleRule): void {
  const { objectSizeGreaterThan: greaterThan, objectSizeLessThan: lessThan } = sizes;
  if (greaterThan !== undefined && lessThan !== undefined && lessThan <= greaterThan) {
    throw invalidRequest("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'");
  }
  for (const { key, value } of tags) {
    if (key === "" || key.length > 128) throw invalidTag("The TagKey you have provided is invalid", key);
    if (value.length > 256) throw invalidTag("The TagValue you have provided is invalid", value);
  }
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw invalidRequest("Duplicate Tag Keys are not allowed.");
  }
  if (tags.length > maxTags) {
    throw invalidRequest(`A filter has ${tags.length} tags; an object has at most ${maxTags}`);
  }
  const hasSizes = greaterThan !== undefined || lessThan !== undefined;
  // What a delete marker and an unfinished upload do not have cannot choose among them.
  if (rule.expiration !== undefined && "expiredObjectDeleteMarker" in rule.expiration && tags.length > 0) {
    throw invalidRequest("ExpiredObjectDeleteMarker cannot be specified with Tags.");
  }
  if (rule.abortIncompleteMultipartUpload !== undefined && tags.length > 0) {
    throw invalidRequest("AbortIncompleteMultipartUpload cannot be specified with Tags.");
  }
  if (rule.abortIncompleteMultipartUpload !== undefined && hasSizes) {
    throw invalidRequest("AbortIncompleteMultipartUpload cannot be specified with Object Size.");
  }
}

function checkTransitions(rule: LifecycleRule): void {
  const { expiration, transitions = [], noncurrentVersionTransitions = [] } = rule;
  for (const { storageClass } of [...transitions, ...noncurrentVersionTransitions]) {
    if (!transitionClasses.includes(storageClass)) {
      throw malformed(`<StorageClass> of a transition is ${JSON.stringify(storageClass)}`);
    }
  }
  const times: LifecycleTime[] = [...transitions];
  if (expiration !== undefined && !("expiredObjectDeleteMarker" in expiration)) times.push(expiration);
  const dated = times.filter(({ dateMs }) => dateMs !== undefined).length;
  if (dated > 0 && dated < times.length) {
    throw invalidRequest(
      `Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for prefix '${prefixOf(rule)}'`,
    );
  }
  for (const { storageClass, days, dateMs } of transitions) {
    checkMidnight(dateMs);
    if (days !== undefined && days < 0) {
      throw invalidArgument("'Days' in Transition action must be nonnegative", "Days", String(days));
    }
    checkInfrequentAccess(days, "Days", "Transition", storageClass);
    if (expiration?.days !== undefined && days !== undefined && expiration.days <= days) {
      throw invalidArgument(
        `'Days' in the Expiration action for prefix '${prefixOf(rule)}' must be greater than 'Days' in the Transition action`,
        "Days",
        String(expiration.days),
      );
    }
    if (expiration?.dateMs !== undefined && dateMs !== undefined && expiration.dateMs <= dateMs) {
      throw invalidArgument(
        `'Date' in the Expiration action for prefix '${prefixOf(rule)}' must be later than 'Date' in the Transition action`,
        "Date",
        new Date(expiration.dateMs).toISOString(),
      );
    }
  }
  for (const { storageClass, noncurrentDays, newerNoncurrentVersions } of noncurrentVersionTransitions) {
    if (noncurrentDays < 0) {
      throw invalidArgument(
        "'NoncurrentDays' in NoncurrentVersionTransition action must be nonnegative",
        "NoncurrentDays",
        String(noncurrentDays),
      );
    }
    checkInfrequentAccess(noncurrentDays, "NoncurrentDays", "NoncurrentVersionTransition", storageClass);
    checkNewerVersions(newerNoncurrentVersions, "NoncurrentVersionTransition");
    const end = rule.noncurrentVersionExpiration?.noncurrentDays;
    if (end !== undefined && end <= noncurrentDays) {
      throw invalidArgument(
        `'NoncurrentDays' in the NoncurrentVersionExpiration action for prefix '${prefixOf(rule)}' must be greater than 'NoncurrentDays' in the NoncurrentVersionTransition action`,
        "NoncurrentDays",
        String(end),
      );
    }
  }
}

function checkPositive(value: number | undefined, name: string, action: string): void {
  if (value !== undefined && value < 1) {
    throw invalidArgument(`'${name}' for ${action} action must be a positive integer`, name, String(value));
  }
}

function checkMidnight(dateMs: number | undefined): void {
  if (dateMs !== undefined && dateMs % calendarDayMs !== 0) {
    throw invalidArgument("'Date' must be at midnight GMT", "Date", new Date(dateMs).toISOString());
  }
}

function checkNewerVersions(value: number | undefined, action: string): void {
  if (value === undefined || (value >= 1 && value <= maxNewerVersions)) return;
  throw invalidArgument(
    `'NewerNoncurrentVersions' for ${action} action must be an integer from 1 to ${maxNewerVersions}`,
    "NewerNoncurrentVersions",
    String(value),
  );
}

function checkInfrequentAccess(
  days: number | undefined,
  name: string,
  action: string,
  storageClass: string,
): void {
  const isInfrequent = storageClass === "STANDARD_IA" || storageClass === "ONEZONE_IA";
  if (!isInfrequent || days === undefined || days >= infrequentAccessDays) return;
  throw invalidArgument(
    `'${name}' in ${action} action must be greater than or equal to ${infrequentAccessDays} for storageClass '${storageClass}'`,
    name,
    String(days),
  );
}

function invalidArgument(message: string, name: string, value: string): S3Error {
  return new S3Error("InvalidArgument", { message, details: { ArgumentName: name, ArgumentValue: value } });
}

function invalidRequest(message: string): S3Error {
  return new S3Error("InvalidRequest", { message });
}

function invalidTag(message: string, value: string): S3Error {
  return new S3Error("InvalidTag", { message, details: { TagKey: value.slice(0, 256) } });
}
