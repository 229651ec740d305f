/**
 * File fields in Prisma, as an extension of its client. The only room that knows Prisma, and it loads nothing of it: what
 * an extension is, its documentation says in plain objects.
 *
 * @see https://www.prisma.io/docs/orm/prisma-client/client-extensions
 */

import { FileFieldError } from "../errors.ts";
import type { FieldFile } from "../field-file.ts";
import { type FileFields, withFiles } from "../with-files.ts";
import { removeMany, updateMany } from "./many.ts";
import { insert, remove, update, upsert } from "./one.ts";
import { type Args, type ModelClient, type Operation, type Table, type Transact } from "./operation.ts";
import { isInput, isOurs, unwrap, type Values } from "./values.ts";

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

async function runWithFiles(table: Table, params: QueryParams): Promise<unknown> {
  const { fields } = table;
  const { operation, args, query, __internalParams: internal } = params;
  const run = operations[operation];
  if (run === undefined || !concerns(operation, fields, args)) return query(args);
  if (internal?.transaction === undefined) {
    return withFiles((files) => run({ ...table, files, args, query, operation }));
  }
  // Without contents there is nothing to undo. A file that is replaced or deleted stays, for `stowage orphans`.
  if (!valuesOf(fields, args).some((value) => isInput(unwrap(value)))) return query(args);
  throw insideTransaction(operation, fields);
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
