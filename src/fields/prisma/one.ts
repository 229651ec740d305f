/** Operations on one record, and inserts. */

import type { FileFields } from "../with-files.ts";
import { forNone, havingFiles, maxAttempts, type ModelClient, type Operation } from "./operation.ts";
import { fieldsOf, stored, type Values, withoutContents } from "./values.ts";

export async function insert({ files, fields, args, query }: Operation): Promise<unknown> {
  if (!Array.isArray(args.data)) {
    return query({ ...args, data: await stored(files, fields, args.data as Values, {}) });
  }
  const data: Values[] = [];
  for (const values of args.data as Values[]) data.push(await stored(files, fields, values, {}));
  return query({ ...args, data });
}

export async function update(operation: Operation): Promise<unknown> {
  const { model, fields, args, query } = operation;
  const values = args.data as Values;
  const record = await model.findUnique({ where: args.where });
  // Nothing is stored. Prisma says what it says where there is no record.
  if (record === null) return query(forNone({ ...args, data: withoutContents(fields, values) }));
  return replaceOn(record, values, operation, (where, data) => query({ ...args, where, data }));
}

/**
 * By create() or update(), as the record is there or not. Prisma's own upsert may do the other thing than was seen, with
 * the file of the other; here one of two who create it at once is refused, with P2002.
 */
export async function upsert(operation: Operation): Promise<unknown> {
  const { files, model, fields, args } = operation;
  const { where, create, update: values, ...selection } = args;
  const record = await model.findUnique({ where });
  if (record === null) {
    const data = await stored(files, fields, create as Values, {});
    return model.create({ ...selection, data });
  }
  return replaceOn(record, values as Values, operation, (unchanged, data) =>
    model.update({ ...selection, where: unchanged, data }),
  );
}

/** Stores what is given and changes one record by it. */
async function replaceOn(
  record: Values,
  values: Values,
  { files, model, fields, args }: Operation,
  change: (where: Values, data: Values) => Promise<unknown>,
): Promise<unknown> {
  const data = await stored(files, fields, values, record);
  const changed = fieldsOf(fields, values);
  return whileUnchanged(model, args.where, { record, fields: changed }, async (where, previous) => {
    const answer = await change(where, data);
    files.replace(changed, previous, data);
    return answer;
  });
}

export async function remove({ files, model, fields, args, query }: Operation): Promise<unknown> {
  const record = await model.findUnique({ where: args.where });
  if (record === null) return query(args);
  return whileUnchanged(model, args.where, { record, fields }, async (where, previous) => {
    const answer = await query({ ...args, where });
    files.deleteRecord(fields, previous);
    return answer;
  });
}

/**
 * Changes a record on condition that it still has the files that it was read with, or reads it again: of two who replace
 * a file at once, the second is to delete the file of the first.
 */
async function whileUnchanged(
  model: ModelClient,
  where: Values | undefined,
  { record, fields }: { readonly record: Values; readonly fields: FileFields },
  change: (where: Values, record: Values) => Promise<unknown>,
): Promise<unknown> {
  let found = record;
  for (let attempt = 1; ; attempt++) {
    try {
      return await change(havingFiles(where, fields, found), found);
    } catch (error) {
      // What P2025 says is not there may be the record, or another that it is to be related to.
      if ((error as { readonly code?: unknown }).code !== "P2025" || attempt === maxAttempts) throw error;
      const next = await model.findUnique({ where });
      const before = found;
      if (next === null || Object.keys(fields).every((property) => next[property] === before[property]))
        throw error;
      found = next;
    }
  }
}
