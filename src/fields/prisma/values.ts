/** Values of a record as Prisma takes them, and files among them. */

import { type FieldValue, isEmptyInput } from "../field-content.ts";
import type { FileChanges, FileFields } from "../with-files.ts";

export type Values = Readonly<Record<string, unknown>>;

/**
 * A file as a value for Prisma, whose types know a string there and cannot be told otherwise. Null, undefined and the
 * empty input of a form become undefined, which changes nothing; false clears.
 */
export function fileInput(value: FieldValue): string {
  if (typeof value === "string") return value;
  const input = value === null || value === undefined || isEmptyInput(value) ? undefined : carry(value);
  return input as unknown as string;
}

/** Values on their way through Prisma, by what carries them: it copies whatever it is given, but not a function. */
const carried = new WeakMap<object, FieldValue>();

function carry(value: FieldValue): object {
  const carrier = (): FieldValue => value;
  carried.set(carrier, value);
  return carrier;
}

/** Whether it is what {@link fileInput} made, which Prisma does not take. */
export function isInput(value: unknown): value is object {
  return typeof value === "function" && carried.has(value);
}

/** A value that a field takes, also in Prisma's own words: `{ set: "name" }`. Null clears. */
export function isOurs(given: unknown): boolean {
  const value = unwrap(given);
  return value === null || typeof value === "string" || isInput(value);
}

function valueOf(given: unknown): FieldValue {
  const value = unwrap(given);
  if (value === null) return false;
  return isInput(value) ? carried.get(value) : (value as string);
}

export function unwrap(given: unknown): unknown {
  return typeof given === "object" && given !== null && "set" in given ? given.set : given;
}

/** The fields that are given something. */
export function fieldsOf(fields: FileFields, values: Values): FileFields {
  return Object.fromEntries(Object.entries(fields).filter(([property]) => isOurs(values[property])));
}

/** Whether it is a file, which two records cannot share. */
export function isContent(given: unknown): boolean {
  const value = unwrap(given);
  return isInput(value) && carried.get(value) !== false;
}

/** Values with names in place of files. */
export async function stored(
  files: FileChanges,
  fields: FileFields,
  values: Values,
  previous: Values,
): Promise<Values> {
  const ours = fieldsOf(fields, values);
  const given = Object.fromEntries(
    Object.keys(ours).map((property) => [property, valueOf(values[property])]),
  );
  const record = { ...previous, ...values, ...given };
  return { ...values, ...(await files.store(ours, given, { record })) };
}

/** Values that are not needed, but that Prisma checks all the same. */
export function withoutContents(fields: FileFields, values: Values): Values {
  const contents = Object.keys(fields).filter((property) => isInput(unwrap(values[property])));
  return { ...values, ...Object.fromEntries(contents.map((property) => [property, ""])) };
}
