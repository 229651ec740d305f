/**
 * `Condition`: operators, condition keys and values.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */

import { checkConditionKey } from "./condition-keys.ts";
import { malformedPolicy, quote } from "./malformed.ts";
import { families, type Test } from "./operators.ts";
import { type ConditionValues, conditionKey } from "./pattern.ts";

/** One condition key with its operator and values. */
export interface Condition {
  /** Such as `StringLike`, without what stands before and behind it. */
  readonly operator: string;
  /** `ForAllValues:` or `ForAnyValue:`. */
  readonly set: "all" | "any" | undefined;
  readonly ifExists: boolean;
  /** In lower case, but for the name of a tag. */
  readonly key: string;
  /** As they stand in the policy. */
  readonly values: readonly string[];
  readonly negated: boolean;
  readonly tests: readonly Test[];
}

/**
 * Reads the value of `Condition`.
 *
 * @throws {S3Error} `MalformedPolicy`.
 */
export function parseConditions(value: unknown, options: { readonly variables: boolean }): Condition[] {
  const conditions: Condition[] = [];
  for (const [operator, keys] of membersOf(value, "Condition")) {
    for (const [key, values] of membersOf(keys, `Condition.${operator}`)) {
      conditions.push(parseCondition(operator, key, values, options));
    }
  }
  return conditions;
}

const operatorForm = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

function parseCondition(
  written: string,
  key: string,
  value: unknown,
  options: { readonly variables: boolean },
): Condition {
  const [, set, operator = "", ifExists] = operatorForm.exec(written) ?? [];
  const family = families.get(operator);
  if (family === undefined || (operator === "Null" && (ifExists ?? set) !== undefined)) {
    throw malformedPolicy(`Invalid condition operator: "${written}"`);
  }
  checkConditionKey(key);
  const values = scalarsOf(value, `Condition.${written}.${key}`);
  const tests = values.map((text) => {
    const test = family.compile(text, options);
    if (test !== null) return test;
    throw malformedPolicy(`Condition.${written}.${key} is "${text}", which is no ${family.noun}`);
  });
  return {
    operator,
    set: set === undefined ? undefined : set === "ForAllValues" ? "all" : "any",
    ifExists: ifExists !== undefined,
    key: conditionKey(key),
    values,
    negated: family.negated,
    tests,
  };
}

/** Whether a request fulfils a condition. */
export function conditionHolds(condition: Condition, values: ConditionValues): boolean {
  const { operator, set, ifExists, key, negated, tests } = condition;
  const actual = values(key) ?? [];
  // "true" asks for the key to be missing, "false" for it to be there.
  if (operator === "Null")
    return condition.values.some((wanted) => (wanted.toLowerCase() === "true") === (actual.length === 0));
  if (actual.length === 0) {
    if (ifExists || set === "all") return true;
    // What is not there equals nothing: a negated operator holds, but `ForAnyValue` needs one value.
    return negated && set === undefined;
  }
  // A variable without a value makes the condition fail, whichever way it asks.
  if (tests.some((test) => test.resolves?.(values) === false)) return false;
  const holds = (one: string): boolean => tests.some((test) => test.matches(one, values)) !== negated;
  // A negated operator without a set operator speaks of every value that there is.
  return set === "all" || (set === undefined && negated) ? actual.every(holds) : actual.some(holds);
}

function membersOf(value: unknown, field: string): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformedPolicy(`${field} is ${quote(value)}, which is no object`);
  }
  return Object.entries(value);
}

/** Numbers and booleans stand without quotes too. */
function scalarsOf(value: unknown, field: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw malformedPolicy(`${field} is empty`);
  return list.map((member) => {
    if (typeof member === "string" || typeof member === "number" || typeof member === "boolean")
      return String(member);
    throw malformedPolicy(`${field} holds ${quote(member)}, which is neither string, number nor boolean`);
  });
}
