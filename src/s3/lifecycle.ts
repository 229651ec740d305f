/**
 * Lifecycle rules and what they say of an object at a time. Nothing here reads or deletes anything.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */

/** Which objects a rule is about: those for which all of it holds. */
export interface LifecycleFilter {
  readonly prefix?: string | undefined;
  readonly tags?: readonly LifecycleTag[] | undefined;
  /** Bytes; the object must have more. */
  readonly objectSizeGreaterThan?: number | undefined;
  /** Bytes; the object must have fewer. */
  readonly objectSizeLessThan?: number | undefined;
}

export interface LifecycleTag {
  readonly key: string;
  readonly value: string;
}

/** When something becomes of a current version: after days, or at a date for everything that is there. */
export type LifecycleTime =
  | { readonly days: number; readonly dateMs?: undefined }
  | { readonly dateMs: number; readonly days?: undefined };

export type LifecycleExpiration =
  | LifecycleTime
  /** Remove a delete marker that hides nothing any more. */
  | { readonly expiredObjectDeleteMarker: boolean; readonly days?: undefined; readonly dateMs?: undefined };

export type LifecycleTransition = LifecycleTime & { readonly storageClass: string };

export interface NoncurrentVersionExpiration {
  readonly noncurrentDays: number;
  /** How many noncurrent versions are kept however old they are. */
  readonly newerNoncurrentVersions?: number | undefined;
}

export type NoncurrentVersionTransition = NoncurrentVersionExpiration & { readonly storageClass: string };

export interface LifecycleRule {
  /** At most 255 characters, unlike every other rule's. A server draws one where it is missing. */
  readonly id?: string | undefined;
  readonly status: "Enabled" | "Disabled";
  /** The older form, instead of `filter`. */
  readonly prefix?: string | undefined;
  readonly filter?: LifecycleFilter | undefined;
  readonly expiration?: LifecycleExpiration | undefined;
  readonly transitions?: readonly LifecycleTransition[] | undefined;
  readonly noncurrentVersionExpiration?: NoncurrentVersionExpiration | undefined;
  readonly noncurrentVersionTransitions?: readonly NoncurrentVersionTransition[] | undefined;
  readonly abortIncompleteMultipartUpload?: { readonly daysAfterInitiation: number } | undefined;
}

/** Which objects are too small to be moved to another storage class when a rule does not say so itself. */
export type TransitionMinimum = "all_storage_classes_128K" | "varies_by_storage_class";

export const transitionMinimums: readonly TransitionMinimum[] = [
  "all_storage_classes_128K",
  "varies_by_storage_class",
];

/** The rules of a bucket. */
export interface LifecycleConfiguration {
  readonly rules: readonly LifecycleRule[];
  /** Default: `all_storage_classes_128K`. */
  readonly transitionMinimum?: TransitionMinimum | undefined;
}

/** What the rules judge an object by. */
export interface JudgedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly lastModifiedMs: number;
  readonly storageClass: string;
}

/** A version that is the current one of its key. */
export interface JudgedCurrent extends JudgedObject {
  readonly isDeleteMarker?: boolean | undefined;
  /** Whether the key has no other version. */
  readonly isOnlyVersion?: boolean | undefined;
}

/** A version that another has taken the place of. */
export interface JudgedNoncurrent extends JudgedObject {
  readonly isDeleteMarker?: boolean | undefined;
  /** When the next newer version was made. */
  readonly noncurrentSinceMs: number;
  /** How many noncurrent versions of the key are newer. */
  readonly newerNoncurrentVersions: number;
}

/** When the judgement is, and how long a day is. */
export interface LifecycleClock {
  readonly nowMs: number;
  /** Milliseconds of a day. The calendar's unless a test or an operator shortens it. */
  readonly dayMs: number;
}

export type LifecycleAction =
  /** Of a current version where versions are kept: hide it behind a delete marker; of any other: remove it for good. */
  | { readonly type: "expire"; readonly rule: LifecycleRule }
  | { readonly type: "removeDeleteMarker"; readonly rule: LifecycleRule }
  | { readonly type: "transition"; readonly storageClass: string; readonly rule: LifecycleRule };

/** Milliseconds of a day of the calendar. */
export const calendarDayMs = 86_400_000;

/**
 * What is to become of a current version, or null.
 *
 * @example
 * judgeCurrent({ rules }, { key: "tmp/a", size: 1, lastModifiedMs: 0, storageClass: "STANDARD" }, { nowMs, dayMs });
 */
export function judgeCurrent(
  configuration: LifecycleConfiguration,
  object: JudgedCurrent,
  clock: LifecycleClock,
): LifecycleAction | null {
  const rules = rulesFor(configuration, object);
  if (object.isDeleteMarker === true) return judgeDeleteMarker(rules, object, clock);
  // "Amazon S3 chooses permanent deletion over transition over the creation of delete markers": of one key's current
  // version the first and the last are the same rule, so what expires need not be moved before.
  const expiring = rules.find(
    ({ expiration }) =>
      expiration !== undefined && isDue(dueMs(expiration, object.lastModifiedMs, clock), clock),
  );
  if (expiring !== undefined) return { type: "expire", rule: expiring };
  return chooseTransition(
    configuration,
    object,
    rules.flatMap((rule) =>
      (rule.transitions ?? []).map((transition) => ({
        rule,
        storageClass: transition.storageClass,
        dueMs: dueMs(transition, object.lastModifiedMs, clock),
      })),
    ),
    clock,
  );
}

/** What is to become of a noncurrent version, or null. */
export function judgeNoncurrent(
  configuration: LifecycleConfiguration,
  version: JudgedNoncurrent,
  clock: LifecycleClock,
): LifecycleAction | null {
  const rules = rulesFor(configuration, version);
  const due = ({ noncurrentDays, newerNoncurrentVersions = 0 }: NoncurrentVersionExpiration): number =>
    version.newerNoncurrentVersions < newerNoncurrentVersions
      ? Infinity
      : afterDays(version.noncurrentSinceMs, noncurrentDays, clock);
  const expiring = rules.find(
    ({ noncurrentVersionExpiration: expiration }) =>
      expiration !== undefined && isDue(due(expiration), clock),
  );
  if (expiring !== undefined) return { type: "expire", rule: expiring };
  if (version.isDeleteMarker === true) return null;
  return chooseTransition(
    configuration,
    version,
    rules.flatMap((rule) =>
      (rule.noncurrentVersionTransitions ?? []).map((transition) => ({
        rule,
        storageClass: transition.storageClass,
        dueMs: due(transition),
      })),
    ),
    clock,
  );
}

/** The rule by which an unfinished upload is to be aborted, or null. */
export function judgeUpload(
  { rules }: LifecycleConfiguration,
  upload: { readonly key: string; readonly initiatedAtMs: number },
  clock: LifecycleClock,
): LifecycleRule | null {
  return (
    rules.find(
      (rule) =>
        rule.status === "Enabled" &&
        rule.abortIncompleteMultipartUpload !== undefined &&
        upload.key.startsWith(prefixOf(rule)) &&
        isDue(
          afterDays(upload.initiatedAtMs, rule.abortIncompleteMultipartUpload.daysAfterInitiation, clock),
          clock,
        ),
    ) ?? null
  );
}

/** When a current version will expire, and by which rule: the earliest; null where none expires it. */
export function expirationOf(
  configuration: LifecycleConfiguration,
  object: JudgedObject,
  dayMs: number = calendarDayMs,
): { readonly expiresAtMs: number; readonly rule: LifecycleRule } | null {
  let found: { expiresAtMs: number; rule: LifecycleRule } | null = null;
  for (const rule of rulesFor(configuration, object)) {
    if (rule.expiration === undefined) continue;
    const expiresAtMs = dueMs(rule.expiration, object.lastModifiedMs, { dayMs });
    if (expiresAtMs < (found?.expiresAtMs ?? Infinity)) found = { expiresAtMs, rule };
  }
  return found;
}

/**
 * What the keys begin with that the enabled rules are about, sorted, none beginning with another. Nothing else needs to
 * be looked at.
 */
export function prefixesOf({ rules }: LifecycleConfiguration): string[] {
  const all = rules.filter(({ status }) => status === "Enabled").map((rule) => prefixOf(rule));
  return [...new Set(all)]
    .filter((prefix) => !all.some((other) => other !== prefix && prefix.startsWith(other)))
    .sort();
}

/** The prefix of a rule in either of its forms. */
export function prefixOf(rule: LifecycleRule): string {
  return rule.filter?.prefix ?? rule.prefix ?? "";
}

function rulesFor({ rules }: LifecycleConfiguration, object: JudgedObject): LifecycleRule[] {
  return rules.filter((rule) => rule.status === "Enabled" && isAbout(rule, object));
}

function isAbout(rule: LifecycleRule, { key, size, tags = {} }: JudgedObject): boolean {
  const { tags: wanted = [], objectSizeGreaterThan, objectSizeLessThan } = rule.filter ?? {};
  return (
    key.startsWith(prefixOf(rule)) &&
    (objectSizeGreaterThan === undefined || size > objectSizeGreaterThan) &&
    (objectSizeLessThan === undefined || size < objectSizeLessThan) &&
    wanted.every((tag) => Object.hasOwn(tags, tag.key) && tags[tag.key] === tag.value)
  );
}

/**
 * A delete marker is removed when it is all that is left of its key: at once where a rule says so in words, and by the
 * marker's own age where a rule expires current versions, "because a delete marker is a current version".
 */
function judgeDeleteMarker(
  rules: readonly LifecycleRule[],
  { isOnlyVersion, lastModifiedMs }: JudgedCurrent,
  clock: LifecycleClock,
): LifecycleAction | null {
  if (isOnlyVersion !== true) return null;
  const rule = rules.find(({ expiration }) => {
    if (expiration === undefined) return false;
    if ("expiredObjectDeleteMarker" in expiration) return expiration.expiredObjectDeleteMarker;
    return isDue(dueMs(expiration, lastModifiedMs, clock), clock);
  });
  return rule === undefined ? null : { type: "removeDeleteMarker", rule };
}

/** From the most to the least expensive: an object never moves back. */
const storageClassRanks: Readonly<Record<string, number>> = {
  STANDARD: 0,
  REDUCED_REDUNDANCY: 0,
  STANDARD_IA: 1,
  INTELLIGENT_TIERING: 2,
  ONEZONE_IA: 3,
  GLACIER_IR: 4,
  GLACIER: 5,
  DEEP_ARCHIVE: 6,
};

/** The storage classes that a transition may name. */
export const transitionClasses: readonly string[] = Object.keys(storageClassRanks).filter(
  (name) => storageClassRanks[name] !== 0,
);

const smallBytes = 128 * 1024;

function chooseTransition(
  { transitionMinimum = "all_storage_classes_128K" }: LifecycleConfiguration,
  object: JudgedObject,
  transitions: readonly { rule: LifecycleRule; storageClass: string; dueMs: number }[],
  clock: LifecycleClock,
): LifecycleAction | null {
  let found: LifecycleAction | null = null;
  let rank = storageClassRanks[object.storageClass] ?? 0;
  for (const { rule, storageClass, dueMs: due } of transitions) {
    const to = storageClassRanks[storageClass] ?? 0;
    if (to <= rank || !isDue(due, clock)) continue;
    if (isTooSmall(object.size, storageClass, rule, transitionMinimum)) continue;
    rank = to;
    found = { type: "transition", storageClass, rule };
  }
  return found;
}

/** A rule that speaks of sizes has said itself which objects it means. */
function isTooSmall(
  size: number,
  storageClass: string,
  { filter }: LifecycleRule,
  minimum: TransitionMinimum,
): boolean {
  if (size >= smallBytes) return false;
  if (filter?.objectSizeGreaterThan !== undefined || filter?.objectSizeLessThan !== undefined) return false;
  return (
    minimum === "all_storage_classes_128K" || (storageClass !== "GLACIER" && storageClass !== "DEEP_ARCHIVE")
  );
}

function dueMs(
  time: LifecycleExpiration | LifecycleTransition,
  sinceMs: number,
  clock: Pick<LifecycleClock, "dayMs">,
): number {
  if (time.dateMs !== undefined) return time.dateMs;
  return time.days === undefined ? Infinity : afterDays(sinceMs, time.days, clock);
}

/**
 * "Amazon S3 calculates the time by adding the number of days specified in the rule to the object creation time and
 * rounding the resulting time to the next day midnight UTC." A shortened day has no midnight.
 */
function afterDays(sinceMs: number, days: number, { dayMs }: Pick<LifecycleClock, "dayMs">): number {
  const timeMs = sinceMs + days * dayMs;
  return dayMs === calendarDayMs ? (Math.floor(timeMs / dayMs) + 1) * dayMs : timeMs;
}

function isDue(timeMs: number, { nowMs }: LifecycleClock): boolean {
  return timeMs <= nowMs;
}
