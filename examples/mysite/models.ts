/** The tutorial's model: an object with a file, in Postgres by Drizzle. */

import { desc, eq, inArray, sql } from "drizzle-orm";
import { bigint, pgTable, serial, text, timestamp } from "drizzle-orm/pg-core";
import { deleteWithFiles, fileColumn, fileFieldsOf, insertWithFiles, updateWithFiles } from "stowage/drizzle";
import type { FieldFile, FileUse } from "stowage/fields";
import type { Database } from "./database.ts";

const myObjects = pgTable("my_objects", {
  id: serial().primaryKey(),
  formField: fileColumn("form_field", { uploadTo: "dummy", deleteWith: "record" }).notNull().unique(),
  filename: text().notNull(),
  size: bigint({ mode: "number" }).notNull(),
  uploadedAt: timestamp("uploaded_at", { withTimezone: true }).notNull().defaultNow(),
});

export interface MyObject {
  readonly id: number;
  readonly formField: FieldFile;
  /** What the person called it. */
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  readonly uploadedAt: Date;
}

/** A file that is in the storage already. */
export interface Stored {
  readonly name: string;
  readonly filename: string;
  readonly size: number;
}

/** The name in the storage for a file that comes. */
export function nameFor({ filename }: { readonly filename: string }): string {
  return `${fileFieldsOf(myObjects)["formField"]?.directory}/${filename}`;
}

/** Which records name files. */
export function fileUse(db: Database): FileUse {
  return { fields: fileFieldsOf(myObjects), records: () => db.select().from(myObjects) };
}

export async function createTables(db: Database): Promise<void> {
  await db.execute(sql`
    CREATE TABLE IF NOT EXISTS my_objects (
      id serial PRIMARY KEY,
      form_field varchar(100) NOT NULL UNIQUE,
      filename text NOT NULL,
      size bigint NOT NULL,
      uploaded_at timestamptz NOT NULL DEFAULT now()
    )`);
}

export async function listObjects(db: Database): Promise<MyObject[]> {
  return db.select().from(myObjects).orderBy(desc(myObjects.id)).limit(100);
}

/** @param id As it stands in the address. */
export async function findObject(db: Database, id: string): Promise<MyObject | undefined> {
  const [object] = await db.select().from(myObjects).where(withId(id));
  return object;
}

/** Adds objects for files; none a second time, as a browser may repeat what it was not answered. */
export async function addObjects(db: Database, files: readonly Stored[]): Promise<void> {
  const names = files.map(({ name }) => name);
  if (names.length === 0) return;
  const known = await db
    .select()
    .from(myObjects)
    .where(inArray(sql<string>`${myObjects.formField}`, names));
  const added = files.filter(({ name }) => !known.some(({ formField }) => formField.name === name));
  if (added.length > 0) await insertWithFiles(db, myObjects, added.map(valuesOf));
}

/** Gives an object another file; the old one goes after the commit. @returns Whether there is such an object. */
export async function replaceFile(db: Database, id: string, file: Stored): Promise<boolean> {
  return (await updateWithFiles(db, myObjects, valuesOf(file), withId(id))).length > 0;
}

/** Deletes an object, and then its file. @returns Whether there was one. */
export async function deleteObject(db: Database, id: string): Promise<boolean> {
  return (await deleteWithFiles(db, myObjects, withId(id))).length > 0;
}

function valuesOf({ name, filename, size }: Stored): { formField: string; filename: string; size: number } {
  return { formField: name, filename, size };
}

function withId(id: string): ReturnType<typeof eq> {
  return eq(myObjects.id, /^\d{1,9}$/.test(id) ? Number(id) : 0);
}
