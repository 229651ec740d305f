/** Operations on as many records as match. */

import type { FileFields } from "../with-files.ts";
import {
  type Args,
  forNone,
  havingFiles,
  maxAttempts,
  type ModelClient,
  type Operation,
} from "./operation.ts";
import { fieldsOf, isContent, stored, type Values, withoutContents } from "./values.ts";

export async function updateMany(operation: Operation): Promise<unknown> {
  const { files, fields, args } = operation;
  const values = args.data as Values;
  const changed = fieldsOf(fields, values);
  const isGiven = Object.keys(fields).some((property) => isContent(values[property]));
  let data: Values | null = null;
  return changeMany(operation, changed, {
    async argsFor(found) {
      const [record] = found;
      if (record === undefined) return { ...args, data: withoutContents(fields, values) };
      if (found.length > 1 && isGiven) {
        throw new RangeError(
          `Cannot give one file to several records: ${operation.operation}() matches ${found.length}.`,
        );
      }
      data ??= await stored(files, fields, values, record);
      return { ...args, data };
    },
    release: (record) => files.replace(changed, record, data!),
    discard: () => files.discard(changed, data ?? {}),
  });
}

export async function removeMany(operation: Operation): Promise<unknown> {
  const { files, fields, args } = operation;
  return changeMany(operation, fields, {
    argsFor: async () => args,
    release: (record) => files.deleteRecord(fields, record),
    discard: () => {},
  });
}

/** Thrown in a transaction where somebody else has changed the files of its records: it is rolled back, and tried anew. */
class FilesChanged extends Error {
  constructor() {
    super(`The files of these records were changed meanwhile, ${maxAttempts} times.`);
  }
}

interface ManyChange {
  /** What the operation is called with, for the records that were found. */
  argsFor(found: readonly Values[]): Promise<Args>;
  /** Called for each record that was changed, with the files that it had. */
  release(record: Values): void;
  /** Called where there is no record any more: what was stored for it goes. */
  discard(): void;
}

/**
 * Changes what was found on condition that it still has the files that it was found with, or looks again. What is counted
 * is not which records were changed: so several take a statement for each file, and all of them a transaction.
 */
async function changeMany(operation: Operation, fields: FileFields, change: ManyChange): Promise<unknown> {
  const { files, model, transact, args, query } = operation;
  for (let attempt = 1; ; attempt++) {
    const found = await model.findMany({ where: args.where, take: args.limit });
    const given = await change.argsFor(found);
    const [record] = found;
    if (record === undefined) {
      change.discard();
      return query(forNone(given));
    }
    if (found.length === 1) {
      const answer = await query({ ...given, where: havingFiles(args.where, fields, record) });
      if (countOf(answer) > 0) {
        change.release(record);
        return answer;
      }
      if (attempt < maxAttempts) continue;
      change.discard();
      return answer;
    }
    try {
      return await transact((within) =>
        files.within(() => changeEach(operation, within, { fields, found, given, change })),
      );
    } catch (error) {
      const isConflict = error instanceof FilesChanged || (error as { code?: unknown }).code === "P2034";
      if (!isConflict || attempt === maxAttempts) throw error;
    }
  }
}

interface Found {
  readonly fields: FileFields;
  readonly found: readonly Values[];
  readonly given: Args;
  readonly change: ManyChange;
}

/** @throws FilesChanged where a record has no longer the files that it was found with. */
async function changeEach(
  { operation, args }: Operation,
  model: ModelClient,
  { fields, found, given, change }: Found,
): Promise<unknown> {
  const run = operation as "updateMany" | "updateManyAndReturn" | "deleteMany";
  const properties = Object.keys(fields);
  const groups = new Map<string, Values[]>();
  for (const record of found) {
    const names = JSON.stringify(properties.map((property) => record[property]));
    const group = groups.get(names);
    if (group === undefined) groups.set(names, [record]);
    else group.push(record);
  }
  const answers: unknown[] = [];
  for (const records of groups.values()) {
    const where = havingFiles(args.where, fields, records[0]!);
    const limit = args.limit === undefined ? {} : { limit: records.length };
    const answer = await model[run]({ ...given, where, ...limit });
    if (countOf(answer) < records.length) throw new FilesChanged();
    for (const record of records) change.release(record);
    answers.push(answer);
  }
  return run === "updateManyAndReturn"
    ? answers.flat()
    : { count: answers.reduce((sum: number, answer) => sum + countOf(answer), 0) };
}

/** Of updateMany() and deleteMany(), or of updateManyAndReturn(). */
function countOf(answer: unknown): number {
  return Array.isArray(answer) ? answer.length : (answer as { readonly count: number }).count;
}
