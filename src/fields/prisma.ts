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
  readonly where?: unknown;
  readonly create?: unknown;
  readonly update?: unknown;
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
}

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
    query[model] = { $allOperations: (params: QueryParams) => runWithFiles(own, fields, params) };
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

/** A value that a field takes. Others, such as `{ set: "name" }`, are Prisma's matter. Null is, too: it clears. */
function isOurs(value: unknown): boolean {
  return value === null || typeof value === "string" || isInput(value);
}

function valueOf(given: unknown): FieldValue {
  if (given === null) return false;
  return isInput(given) ? carried.get(given) : (given as string);
}

async function runWithFiles(model: ModelClient, fields: FileFields, params: QueryParams): Promise<unknown> {
  const { operation, args, query, __internalParams: internal } = params;
  const run = operations[operation];
  if (run === undefined || !concerns(operation, fields, args)) return query(args);
  if (internal?.transaction === undefined) {
    return withFiles((files) => run({ files, model, fields, args, query, operation }));
  }
  // Without contents there is nothing to undo. A file that is replaced or deleted stays, for `stowage orphans`.
  if (!valuesOf(fields, args).some((value) => isInput(value))) return query(args);
  throw insideTransaction(operation, fields);
}

interface Operation {
  readonly files: FileChanges;
  readonly model: ModelClient;
  readonly fields: FileFields;
  readonly args: Args;
  readonly query: QueryParams["query"];
  readonly operation: string;
}

const operations: Readonly<Record<string, (operation: Operation) => Promise<unknown>>> = {
  create: insert,
  createMany: insert,
  createManyAndReturn: insert,
  update: async (operation) =>
    update(operation, [await operation.model.findUnique({ where: operation.args.where })]),
  updateMany: async (operation) =>
    update(operation, await operation.model.findMany({ where: operation.args.where })),
  updateManyAndReturn: async (operation) =>
    update(operation, await operation.model.findMany({ where: operation.args.where })),
  upsert,
  delete: async (operation) =>
    remove(operation, [await operation.model.findUnique({ where: operation.args.where })]),
  deleteMany: async (operation) =>
    remove(operation, await operation.model.findMany({ where: operation.args.where })),
};

async function insert({ files, fields, args, query }: Operation): Promise<unknown> {
  if (!Array.isArray(args.data)) {
    return query({ ...args, data: await stored(files, fields, args.data as Values, {}) });
  }
  const data: Values[] = [];
  for (const values of args.data as Values[]) data.push(await stored(files, fields, values, {}));
  return query({ ...args, data });
}

async function update(
  { files, fields, args, query, operation }: Operation,
  found: readonly (Values | null)[],
): Promise<unknown> {
  const [record, ...others] = found.filter((one) => one !== null);
  const values = args.data as Values;
  // Nothing is stored. Prisma says what it says where there is no record.
  if (record === undefined) return query({ ...args, data: withoutContents(fields, values) });
  if (
    others.length > 0 &&
    valuesOf(fields, args).some((value) => isInput(value) && carried.get(value) !== false)
  ) {
    throw new RangeError(`Cannot give one file to several records: ${operation}() matches ${found.length}.`);
  }
  const data = await stored(files, fields, values, record);
  for (const previous of [record, ...others]) files.replace(fields, previous, data);
  return query({ ...args, data });
}

async function upsert({ files, model, fields, args, query }: Operation): Promise<unknown> {
  const previous = await model.findUnique({ where: args.where });
  const [create, update] = [args.create as Values, args.update as Values];
  if (previous === null) {
    const data = await stored(files, fields, create, {});
    return query({ ...args, create: data, update: withoutContents(fields, update) });
  }
  const data = await stored(files, fields, update, previous);
  files.replace(fields, previous, data);
  return query({ ...args, create: withoutContents(fields, create), update: data });
}

async function remove(
  { files, fields, args, query }: Operation,
  found: readonly (Values | null)[],
): Promise<unknown> {
  const answer = await query(args);
  for (const record of found) if (record !== null) files.deleteRecord(fields, record);
  return answer;
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

/** Values with names in place of files. */
async function stored(
  files: FileChanges,
  fields: FileFields,
  values: Values,
  previous: Values,
): Promise<Values> {
  const ours = Object.entries(fields).filter(([property]) => isOurs(values[property]));
  const given = Object.fromEntries(ours.map(([property]) => [property, valueOf(values[property])]));
  const record = { ...previous, ...values, ...given };
  return { ...values, ...(await files.store(Object.fromEntries(ours), given, { record })) };
}

/** Values that are not needed, but that Prisma checks all the same. */
function withoutContents(fields: FileFields, values: Values): Values {
  const contents = Object.keys(fields).filter((property) => isInput(values[property]));
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
