/**
 * File fields in Prisma, as an extension of its client. The only file that knows Prisma, and it loads nothing of it: what
 * an extension is, its documentation says in plain objects.
 *
 * @see https://www.prisma.io/docs/orm/prisma-client/client-extensions
 */

import { FileFieldError } from "./errors.ts";
import { type FieldValue, isEmptyInput } from "./field-content.ts";
import type { FieldFile } from "./field-file.ts";
import { type FileChanges, type FileFields, withFiles } from "./with-files.ts";

/** Fields by model, as Prisma writes its name on the client (`myObject`), and by property. */
export type PrismaFileModels = Readonly<Record<string, FileFields>>;

/** What a query hook is called with. */
interface QueryParams {
  readonly operation: string;
  readonly args: Args;
  readonly query: (args: Args) => Promise<unknown>;
  /** Not documented, but there: whether the query runs inside of `$transaction`. */
  readonly __internalParams?: { readonly transaction?: unknown } | undefined;
}

type Values = Readonly<Record<string, unknown>>;

interface Args {
  readonly data?: unknown;
  readonly where?: Values | undefined;
  readonly create?: unknown;
  readonly update?: unknown;
  readonly limit?: number | undefined;
  readonly select?: unknown;
  readonly include?: unknown;
  readonly omit?: unknown;
}

/**
 * What {@link fileExtension} gives to `$extends`. It has query hooks too; their parameters have types that Prisma's
 * generator makes for each schema.
 */
export interface FileExtension<Models extends PrismaFileModels> {
  readonly name: string;
  readonly result: {
    [Model in keyof Models]: {
      [Property in keyof Models[Model]]: {
        needs: { [Name in Property]: true };
        compute: (record: { [Name in Property]: string | null }) => FieldFile;
      };
    };
  };
}

/** What is used of a model of the client. */
interface ModelClient {
  findUnique(args: unknown): Promise<Values | null>;
  findMany(args: unknown): Promise<Values[]>;
  create(args: unknown): Promise<unknown>;
  update(args: unknown): Promise<unknown>;
  updateMany(args: unknown): Promise<unknown>;
  updateManyAndReturn(args: unknown): Promise<unknown>;
  deleteMany(args: unknown): Promise<unknown>;
}

/** Runs statements on the model in a transaction of their own. */
type Transact = <Result>(statements: (model: ModelClient) => Promise<Result>) => Promise<Result>;

interface TransactingClient {
  $transaction<Result>(
    statements: (tx: Readonly<Record<string, ModelClient>>) => Promise<Result>,
    options: { readonly timeout: number },
  ): Promise<Result>;
}

/** How long a change of many records may take: a statement for each file. Prisma's own default is 5 s. */
const transactionTimeoutMs = 60_000;

/**
 * An extension that makes a file of each of these fields, and stores what is given by {@link fileInput}. Around a single
 * operation it is safe by itself; inside `$transaction`, where nobody tells it of the end, it refuses files: there
 * {@link withFiles} and its `files.store` are to be used.
 *
 * @param client The client that is extended, to read which files a record had.
 * @example
 * const base = new PrismaClient({ adapter });
 * const prisma = base.$extends(fileExtension(base, { myObject: { formField } }));
 * const row = await prisma.myObject.create({ data: { formField: fileInput(upload) } });
 * console.log(await row.formField.url());
 */
export function fileExtension<const Models extends PrismaFileModels>(
  client: object,
  models: Models,
): FileExtension<Models> {
  const result: Record<string, unknown> = {};
  const query: Record<string, unknown> = {};
  for (const [model, fields] of Object.entries(models)) {
    const properties = Object.entries(fields).map(([property, field]) => {
      const compute = (record: Values): FieldFile => field.of({}, record[property] as string | null);
      return [property, { needs: { [property]: true }, compute }];
    });
    result[model] = Object.fromEntries(properties) as unknown;
    const own = (client as Readonly<Record<string, ModelClient | undefined>>)[model];
    if (own === undefined) throw new TypeError(`The client has no model ${JSON.stringify(model)}.`);
    const transact: Transact = (statements) =>
      (client as TransactingClient).$transaction((tx) => statements(tx[model]!), {
        timeout: transactionTimeoutMs,
      });
    query[model] = {
      $allOperations: (params: QueryParams) => runWithFiles({ model: own, transact, fields }, params),
    };
  }
  return { name: "stowage", result, query } as unknown as FileExtension<Models>;
}

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
function isInput(value: unknown): value is object {
  return typeof value === "function" && carried.has(value);
}

/** A value that a field takes, also in Prisma's own words: `{ set: "name" }`. Null clears. */
function isOurs(given: unknown): boolean {
  const value = unwrap(given);
  return value === null || typeof value === "string" || isInput(value);
}

function valueOf(given: unknown): FieldValue {
  const value = unwrap(given);
  if (value === null) return false;
  return isInput(value) ? carried.get(value) : (value as string);
}

function unwrap(given: unknown): unknown {
  return typeof given === "object" && given !== null && "set" in given ? given.set : given;
}

/** A model and its fields. */
interface Table {
  readonly model: ModelClient;
  readonly transact: Transact;
  readonly fields: FileFields;
}

async function runWithFiles(table: Table, params: QueryParams): Promise<unknown> {
  const { fields } = table;
  const { operation, args, query, __internalParams: internal } = params;
  const run = operations[operation];
  if (run === undefined || !concerns(operation, fields, args)) return query(args);
  if (internal?.transaction === undefined) {
    try {
      return await withFiles((files) => run({ ...table, files, args, query, operation }));
    } catch (error) {
      if (error instanceof NothingChanged) return error.answer;
      throw error;
    }
  }
  // Without contents there is nothing to undo. A file that is replaced or deleted stays, for `stowage orphans`.
  if (!valuesOf(fields, args).some((value) => isInput(unwrap(value)))) return query(args);
  throw insideTransaction(operation, fields);
}

interface Operation extends Table {
  readonly files: FileChanges;
  readonly args: Args;
  readonly query: QueryParams["query"];
  readonly operation: string;
}

const operations: Readonly<Record<string, (operation: Operation) => Promise<unknown>>> = {
  create: insert,
  createMany: insert,
  createManyAndReturn: insert,
  update,
  updateMany,
  updateManyAndReturn: updateMany,
  upsert,
  delete: remove,
  deleteMany: removeMany,
};

/** As often a record is read again whose files somebody else has changed. */
const maxAttempts = 20;

/** Thrown in a transaction where somebody else has changed the files of its records: it is rolled back, and tried anew. */
class FilesChanged extends Error {
  constructor() {
    super(`The files of these records were changed meanwhile, ${maxAttempts} times.`);
  }
}

/** Thrown to have the stored files removed where no record has taken them. */
class NothingChanged extends Error {
  readonly answer: unknown;

  constructor(answer: unknown) {
    super("No record was there to be changed.");
    this.answer = answer;
  }
}

async function insert({ files, fields, args, query }: Operation): Promise<unknown> {
  if (!Array.isArray(args.data)) {
    return query({ ...args, data: await stored(files, fields, args.data as Values, {}) });
  }
  const data: Values[] = [];
  for (const values of args.data as Values[]) data.push(await stored(files, fields, values, {}));
  return query({ ...args, data });
}

async function update(operation: Operation): Promise<unknown> {
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
async function upsert(operation: Operation): Promise<unknown> {
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

async function remove({ files, model, fields, args, query }: Operation): Promise<unknown> {
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

async function updateMany(operation: Operation): Promise<unknown> {
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
  });
}

async function removeMany(operation: Operation): Promise<unknown> {
  const { files, fields, args } = operation;
  return changeMany(operation, fields, {
    argsFor: async () => args,
    release: (record) => files.deleteRecord(fields, record),
  });
}

interface ManyChange {
  /** What the operation is called with, for the records that were found. */
  argsFor(found: readonly Values[]): Promise<Args>;
  /** Called for each record that was changed, with the files that it had. */
  release(record: Values): void;
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
    if (record === undefined) throw new NothingChanged(await query(forNone(given)));
    if (found.length === 1) {
      const answer = await query({ ...given, where: havingFiles(args.where, fields, record) });
      if (countOf(answer) > 0) {
        change.release(record);
        return answer;
      }
      if (attempt === maxAttempts) throw new NothingChanged(answer);
      continue;
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

/** For Prisma to say what it says where there is no record, also where there is one by now. */
function forNone(args: Args): Args {
  return { ...args, where: { ...args.where, AND: [args.where?.["AND"] ?? [], { OR: [] }].flat() } };
}

/** A condition with that of a record's files. */
function havingFiles(where: Values | undefined, fields: FileFields, record: Values): Values {
  const names = Object.fromEntries(Object.keys(fields).map((property) => [property, record[property]]));
  return { ...where, AND: [where?.["AND"] ?? [], names].flat() };
}

function concerns(operation: string, fields: FileFields, args: Args): boolean {
  if (operation.startsWith("delete"))
    return Object.values(fields).some(({ deleteWith }) => deleteWith === "record");
  return valuesOf(fields, args).some((value) => isOurs(value));
}

/** What an operation gives to the fields. */
function valuesOf(fields: FileFields, { data, create, update }: Args): unknown[] {
  const records = [data, create, update]
    .flat()
    .filter((values) => typeof values === "object" && values !== null);
  return records.flatMap((record) => Object.keys(fields).map((property) => (record as Values)[property]));
}

/** The fields that are given something. */
function fieldsOf(fields: FileFields, values: Values): FileFields {
  return Object.fromEntries(Object.entries(fields).filter(([property]) => isOurs(values[property])));
}

/** Whether it is a file, which two records cannot share. */
function isContent(given: unknown): boolean {
  const value = unwrap(given);
  return isInput(value) && carried.get(value) !== false;
}

/** Values with names in place of files. */
async function stored(
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
function withoutContents(fields: FileFields, values: Values): Values {
  const contents = Object.keys(fields).filter((property) => isInput(unwrap(values[property])));
  return { ...values, ...Object.fromEntries(contents.map((property) => [property, ""])) };
}

function insideTransaction(operation: string, fields: FileFields): FileFieldError {
  const [field] = Object.values(fields);
  return new FileFieldError(
    field?.name ?? "",
    "InsideTransaction",
    `Cannot store files by ${operation}() inside of $transaction, which does not tell whether it commits.`,
    {
      fix: "Use withFiles((files) => prisma.$transaction((tx) => files.within(async () => …))) and files.store().",
    },
  );
}
