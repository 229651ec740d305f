/**
 * File fields in Drizzle, on Postgres: a column that holds the name, and inserts, updates and deletes that take files.
 * The only file that knows Drizzle.
 *
 * @see https://orm.drizzle.team/docs/custom-types
 */

import { type Column, getTableColumns, is, type SQL } from "drizzle-orm";
import {
  type ConvertCustomConfig,
  customType,
  type PgCustomColumnBuilder,
  type PgDatabase,
  type PgQueryResultHKT,
  PgTable,
  PgTransaction,
} from "drizzle-orm/pg-core";
import { FileFieldError } from "./errors.ts";
import type { FieldValue } from "./field-content.ts";
import { FieldFile } from "./field-file.ts";
import { FileField, type FileFieldOptions } from "./file-field.ts";
import { type FileChanges, type FileFields, withFiles } from "./with-files.ts";

/** A column of {@link fileColumn}. */
export type FileColumnBuilder<Name extends string> = PgCustomColumnBuilder<
  ConvertCustomConfig<Name, { data: FieldFile; driverData: string }>
>;

/** A database or a transaction of it, on any driver for Postgres. */
export interface FileDatabase extends Pick<
  PgDatabase<PgQueryResultHKT>,
  "select" | "insert" | "update" | "delete"
> {
  transaction<Result>(statements: (tx: FileDatabase) => Promise<Result>): Promise<Result>;
}

/** The values of a record, with what a field takes where a column holds a file. */
export type ValuesWithFiles<Values> = {
  [Name in keyof Values]: [FieldFile] extends [Values[Name]] ? Values[Name] | FieldValue : Values[Name];
};

/**
 * A column for the file of a record. It is a `varchar` as wide as the field's maxLength, and its value a
 * {@link FieldFile}. An empty field is null, or the empty string where the column is `notNull()`.
 *
 * @param field A field made by `fileField` or `imageField`, or the options for one.
 * @example
 * const myObjects = pgTable("my_objects", {
 *   id: serial().primaryKey(),
 *   formField: fileColumn("form_field", { uploadTo: "dummy", storage: storages.default }),
 * });
 */
export function fileColumn<Name extends string>(
  name: Name,
  options: FileField | FileFieldOptions = {},
): FileColumnBuilder<Name> {
  const field = options instanceof FileField ? options : new FileField(name, options);
  const column = customType<{ data: FieldFile; driverData: string }>({
    dataType: () => `varchar(${field.maxLength})`,
    fromDriver: (stored) => field.of({}, stored),
    toDriver: (value: FieldFile | string) => {
      if (typeof value === "string" || value.committed) return String(value);
      throw new FileFieldError(
        name,
        "NotStored",
        `The file ${JSON.stringify(value.name)} is not stored yet.`,
        {
          fix: "Use insertWithFiles() or updateWithFiles().",
        },
      );
    },
  });
  return column<Name>(name);
}

/** The fields of a table's columns, for `files.store` and for `stowage orphans`. */
export function fileFieldsOf(table: PgTable): FileFields {
  const fields: Record<string, FileField> = {};
  for (const [property, column] of Object.entries(getTableColumns(table))) {
    const field = fieldOf(column);
    if (field !== null) fields[property] = field;
  }
  return fields;
}

/**
 * Inserts a record, or several, with files. They are stored before the transaction begins, and removed if it rolls back.
 *
 * @param files Within a transaction of your own: what `withFiles` gave.
 * @returns The records as they are in the database.
 * @throws TypeError inside a transaction without `files`, which alone know when it commits, and for a table of another
 *   database than Postgres.
 * @example
 * const [row] = await insertWithFiles(db, myObjects, { formField: upload });
 * console.log(await row.formField.url());
 */
export async function insertWithFiles<Table extends PgTable>(
  db: FileDatabase,
  table: Table,
  values: ValuesWithFiles<Table["$inferInsert"]> | readonly ValuesWithFiles<Table["$inferInsert"]>[],
  files?: FileChanges,
): Promise<Table["$inferSelect"][]> {
  const records: readonly Values[] = Array.isArray(values) ? values : [values];
  return inTransaction(db, table, files, async (files, run) => {
    const stored = await Promise.all(records.map((record) => storeValues(files, table, record)));
    return run((tx) =>
      tx
        .insert(table)
        .values(stored as never[])
        .returning(),
    );
  });
}

/**
 * Updates a record with files. The new ones are stored before the transaction begins, and the old ones go after it.
 *
 * @param where The record. Without a new file it may be several.
 * @returns The records as they are in the database; none where none was found, and then nothing was stored.
 * @throws RangeError for a new file and several records, which would share it; TypeError as {@link insertWithFiles}.
 * @example
 * await updateWithFiles(db, myObjects, { formField: upload }, eq(myObjects.id, id));
 */
export async function updateWithFiles<Table extends PgTable>(
  db: FileDatabase,
  table: Table,
  values: Partial<ValuesWithFiles<Table["$inferInsert"]>>,
  where: SQL,
  files?: FileChanges,
): Promise<Table["$inferSelect"][]> {
  const source: PgTable = table;
  return inTransaction(db, table, files, async (files, run) => {
    const [record, ...others] = (await db.select().from(source).where(where).limit(2)) as Values[];
    if (record === undefined) return [];
    const fields = fileFieldsOf(table);
    const stored = await storeValues(files, table, values, { ...record, ...values });
    const requireOne = (records: readonly unknown[]): void => {
      if (records.length < 2 || !Object.keys(fields).some((property) => Boolean(stored[property]))) return;
      throw new RangeError(
        "Cannot give one file to several records: the condition of the update matches more.",
      );
    };
    requireOne([record, ...others]);
    return run(async (tx) => {
      // Locked, so that of two who replace a file at once the second sees the file of the first.
      const locked = (await tx.select().from(source).where(where).for("update")) as Values[];
      // It was there when the file was on its way.
      if (locked.length === 0) {
        files.discard(fields, stored);
        return [];
      }
      for (const previous of locked) files.replace(fields, previous, stored);
      const isChanged = Object.keys(stored).length > 0;
      const rows = (
        isChanged
          ? await tx
              .update(table)
              .set(stored as never)
              .where(where)
              .returning()
          : locked
      ) as Table["$inferSelect"][];
      requireOne(rows);
      return rows;
    });
  });
}

/**
 * Deletes records. The files of columns with `deleteWith: "record"` go after the commit.
 *
 * @returns The records that were.
 * @throws TypeError as {@link insertWithFiles}.
 */
export async function deleteWithFiles<Table extends PgTable>(
  db: FileDatabase,
  table: Table,
  where: SQL,
  files?: FileChanges,
): Promise<Table["$inferSelect"][]> {
  return inTransaction(db, table, files, (files, run) =>
    run(async (tx) => {
      const deleted = (await tx.delete(table).where(where).returning()) as Table["$inferSelect"][];
      for (const record of deleted) files.deleteRecord(fileFieldsOf(table), record);
      return deleted;
    }),
  );
}

type Values = Readonly<Record<string, unknown>>;

/** Runs statements in a transaction: the caller's, or one of their own. */
type Run = <Result>(statements: (tx: FileDatabase) => Promise<Result>) => Promise<Result>;

function inTransaction<Result>(
  db: FileDatabase,
  table: PgTable,
  files: FileChanges | undefined,
  work: (files: FileChanges, run: Run) => Promise<Result>,
): Promise<Result> {
  // Whoever does not compile: elsewhere an insert would do, and an update would not.
  if (!is(table, PgTable)) {
    throw new TypeError(
      "These helpers are for tables of Postgres: for those of another database there is files.store().",
    );
  }
  if (files !== undefined) return work(files, (statements) => statements(db));
  if (db instanceof PgTransaction) {
    throw new TypeError(
      "Inside a transaction files are safe only with what withFiles() gave:" +
        " withFiles((files) => db.transaction((tx) => files.within(async () => …))), and then files as the last argument.",
    );
  }
  return withFiles((files) =>
    work(files, (statements) => db.transaction((tx) => files.within(() => statements(tx)))),
  );
}

/** The values for the database: names, and the empty string where a column cannot be null. */
async function storeValues(
  files: FileChanges,
  table: PgTable,
  values: Values,
  record: Values = values,
): Promise<Record<string, unknown>> {
  const stored: Record<string, unknown> = { ...(await files.store(fileFieldsOf(table), values, { record })) };
  for (const [property, column] of Object.entries(getTableColumns(table))) {
    if (stored[property] === null && column.notNull && fieldOf(column) !== null) stored[property] = "";
  }
  return stored;
}

const fieldsByColumn = new WeakMap<Column, FileField | null>();

/** The field of a column, or null. A column tells by what it makes of a value from the database. */
function fieldOf(column: Column): FileField | null {
  const known = fieldsByColumn.get(column);
  if (known !== undefined) return known;
  let field: FileField | null = null;
  if (column.dataType === "custom") {
    try {
      const value: unknown = column.mapFromDriverValue("");
      if (value instanceof FieldFile) ({ field } = value);
    } catch {
      // A type of somebody else, to which the empty string means nothing.
    }
  }
  fieldsByColumn.set(column, field);
  return field;
}
