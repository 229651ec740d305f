/** The operators of conditions, a row each: how a value of the policy is compared with one of the request. */

import { ipRangeContains, parseIp, parseIpRange } from "./ip-range.ts";
import { compilePattern, type ConditionValues, matchPattern, patternResolves } from "./pattern.ts";

/** A value of the policy, ready to be compared. */
export interface Test {
  matches(actual: string, values: ConditionValues): boolean;
  /** Whether the request has a value for each variable. Absent where there are none. */
  resolves?(values: ConditionValues): boolean;
}

/** An operator. */
export interface Family {
  readonly negated: boolean;
  /** What its values are, for the message about one that is not. */
  readonly noun: string;
  /** `null` for a value that the operator cannot take. */
  readonly compile: (value: string, options: { readonly variables: boolean }) => Test | null;
}

type Compile = Family["compile"];

/** By the operator's name, without `IfExists` and without `ForAllValues:` or `ForAnyValue:`. */
export const families: ReadonlyMap<string, Family> = new Map<string, Family>([
  ...pair("StringEquals", "StringNotEquals", "string", text({ wildcards: false, ignoreCase: false })),
  ...pair(
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "string",
    text({ wildcards: false, ignoreCase: true }),
  ),
  ...pair("StringLike", "StringNotLike", "string", text({ wildcards: true, ignoreCase: false })),
  ...pair(
    "NumericEquals",
    "NumericNotEquals",
    "number",
    ordered(parseNumber, (a, b) => a === b),
  ),
  [
    "NumericLessThan",
    one(
      "number",
      ordered(parseNumber, (a, b) => a < b),
    ),
  ],
  [
    "NumericLessThanEquals",
    one(
      "number",
      ordered(parseNumber, (a, b) => a <= b),
    ),
  ],
  [
    "NumericGreaterThan",
    one(
      "number",
      ordered(parseNumber, (a, b) => a > b),
    ),
  ],
  [
    "NumericGreaterThanEquals",
    one(
      "number",
      ordered(parseNumber, (a, b) => a >= b),
    ),
  ],
  ...pair(
    "DateEquals",
    "DateNotEquals",
    "date",
    ordered(parseDate, (a, b) => a === b),
  ),
  [
    "DateLessThan",
    one(
      "date",
      ordered(parseDate, (a, b) => a < b),
    ),
  ],
  [
    "DateLessThanEquals",
    one(
      "date",
      ordered(parseDate, (a, b) => a <= b),
    ),
  ],
  [
    "DateGreaterThan",
    one(
      "date",
      ordered(parseDate, (a, b) => a > b),
    ),
  ],
  [
    "DateGreaterThanEquals",
    one(
      "date",
      ordered(parseDate, (a, b) => a >= b),
    ),
  ],
  ["Bool", one("boolean", bool)],
  ["Null", one("boolean", bool)],
  ["BinaryEquals", one("base64", binary)],
  ...pair("IpAddress", "NotIpAddress", "IP address or range of them", ip),
  ...pair("ArnEquals", "ArnNotEquals", "ARN", arn),
  ...pair("ArnLike", "ArnNotLike", "ARN", arn),
]);

function one(noun: string, compile: Compile): Family {
  return { negated: false, noun, compile };
}

function pair(name: string, negatedName: string, noun: string, compile: Compile): [string, Family][] {
  return [
    [name, one(noun, compile)],
    [negatedName, { negated: true, noun, compile }],
  ];
}

function text({ wildcards, ignoreCase }: { wildcards: boolean; ignoreCase: boolean }): Compile {
  return (value, { variables }) => {
    const pattern = compilePattern(value, { wildcards, variables, ignoreCase });
    return {
      matches: (actual, values) => matchPattern(pattern, actual, values),
      resolves: (values) => patternResolves(pattern, values),
    };
  };
}

function ordered(
  parse: (text: string) => number | null,
  compare: (actual: number, wanted: number) => boolean,
): Compile {
  return (value) => {
    const wanted = parse(value);
    if (wanted === null) return null;
    return {
      matches: (actual) => {
        const number = parse(actual);
        return number !== null && compare(number, wanted);
      },
    };
  };
}

function parseNumber(value: string): number | null {
  return /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(value) ? Number(value) : null;
}

const isoDate =
  /^\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/** A date of ISO 8601 or seconds since the epoch. A time without a zone is in UTC. */
function parseDate(value: string): number | null {
  // Four digits are a year.
  if (/^\d{5,12}$/.test(value)) return Number(value) * 1000;
  if (!isoDate.test(value)) return null;
  const hasZone = !value.includes("T") || /(?:Z|[+-]\d{2}:\d{2})$/.test(value);
  const timeMs = Date.parse(hasZone ? value : `${value}Z`);
  return Number.isNaN(timeMs) ? null : timeMs;
}

function bool(value: string): Test | null {
  const wanted = value.toLowerCase();
  if (wanted !== "true" && wanted !== "false") return null;
  return { matches: (actual) => actual.toLowerCase() === wanted };
}

function binary(value: string): Test | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0) return null;
  return { matches: (actual) => actual === value };
}

function ip(value: string): Test | null {
  const range = parseIpRange(value);
  if (range === null) return null;
  return {
    matches: (actual) => {
      const address = parseIp(actual);
      return address !== null && ipRangeContains(range, address);
    },
  };
}

const arnParts = 6;

/** The six parts of an ARN are compared one by one, so that a star does not reach over a colon. */
function arn(value: string, { variables }: { readonly variables: boolean }): Test | null {
  if (value === "*") return { matches: () => true };
  const wanted = splitArn(value);
  if (wanted === null) return null;
  const patterns = wanted.map((part) => compilePattern(part, { wildcards: true, variables }));
  return {
    matches: (actual, values) => {
      const parts = splitArn(actual);
      return (
        parts !== null && patterns.every((pattern, i) => matchPattern(pattern, parts[i] as string, values))
      );
    },
    resolves: (values) => patterns.every((pattern) => patternResolves(pattern, values)),
  };
}

/** A colon within `${…}` is no separator. */
function splitArn(value: string): string[] | null {
  const parts: string[] = [];
  let part = "";
  let isVariable = false;
  for (let at = 0; at < value.length; at++) {
    const character = value[at] as string;
    if (character === "$" && value[at + 1] === "{") isVariable = true;
    else if (character === "}") isVariable = false;
    if (character === ":" && !isVariable && parts.length < arnParts - 1) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  parts.push(part);
  return parts.length === arnParts && (parts[0] === "arn" || parts[0] === "*") ? parts : null;
}
