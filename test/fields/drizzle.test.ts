/** File columns on a real Postgres, PGlite. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { eq, sql } from "drizzle-orm";
import { integer, pgTable, serial, text } from "drizzle-orm/pg-core";
import { drizzle, type PgliteDatabase } from "drizzle-orm/pglite";
import { sqliteTable, text as sqliteText } from "drizzle-orm/sqlite-core";
import {
  deleteWithFiles,
  fileColumn,
  fileFieldsOf,
  insertWithFiles,
  updateWithFiles,
} from "../../src/drizzle.ts";
import { type FieldFile, imageField, withFiles } from "../../src/fields.ts";
import { memory, MemoryStorage } from "../../src/storage.ts";

let storage: MemoryStorage = memory();

const myObjects = pgTable("my_objects", {
  id: serial().primaryKey(),
  title: text().notNull().default(""),
  formField: fileColumn("form_field", { uploadTo: "dummy", storage: () => storage }).unique(),
  picture: fileColumn("picture", imageField("picture", { uploadTo: "pictures", storage: () => storage }))
    .notNull()
    .default(sql`''`),
  attachment: fileColumn("attachment", {
    uploadTo: (record, filename) => `of/${String(record["title"])}/${filename}`,
    storage: () => storage,
    deleteWith: "record",
  }),
  late: integer(),
});

let client: PGlite;
let db: PgliteDatabase;

before(async () => {
  client = await PGlite.create();
  db = drizzle({ client });
  await client.exec(`
    CREATE TABLE my_objects (
      id serial PRIMARY KEY,
      title text NOT NULL DEFAULT '',
      form_field varchar(100) UNIQUE,
      picture varchar(100) NOT NULL DEFAULT '',
      attachment varchar(100),
      late integer UNIQUE DEFERRABLE INITIALLY DEFERRED
    )`);
});

beforeEach(async () => {
  storage = memory({ baseUrl: "/media/" });
  await client.exec("TRUNCATE my_objects RESTART IDENTITY");
});

after(() => client.close());

test("cheatsheet: class MyObject(models.Model): form_field = FileField(upload_to='dummy')", async () => {
  const [row] = await insertWithFiles(db, myObjects, { title: "Cat", formField: file("my cat.txt") });
  assert.ok(row);
  assert.equal(row.formField?.name, "dummy/my_cat.txt");
  const [found] = await db.select().from(myObjects).where(eq(myObjects.title, "Cat"));
  const formField: FieldFile | null | undefined = found?.formField;
  assert.ok(formField?.name);
  assert.equal(await formField.url(), "/media/dummy/my_cat.txt");
  assert.equal(await (await formField.open()).text(), "my cat.txt");
  assert.equal(JSON.stringify({ formField }), '{"formField":"dummy/my_cat.txt"}');
  const { rows } = await client.query("SELECT form_field FROM my_objects");
  assert.deepEqual(rows, [{ form_field: "dummy/my_cat.txt" }]);
});

test("an empty field is null, or the empty string where the column cannot be null", async () => {
  const [row] = await insertWithFiles(db, myObjects, { title: "none", formField: null, picture: false });
  assert.deepEqual([row?.formField, row?.picture.name], [null, ""]);
});

test("updateWithFiles() replaces, leaves and clears", async () => {
  await insertWithFiles(db, myObjects, { title: "t", formField: file("a"), attachment: file("b") });
  const where = eq(myObjects.id, 1);
  await updateWithFiles(db, myObjects, { formField: file("c"), attachment: null }, where);
  assert.deepEqual(await names(), ["dummy/c", "of/t/b"]);
  const [row] = await updateWithFiles(db, myObjects, { attachment: false }, where);
  assert.deepEqual([row?.formField?.name, row?.attachment], ["dummy/c", null]);
  assert.deepEqual(await names(), ["dummy/c"]);
  await updateWithFiles(db, myObjects, { attachment: file("late") }, where);
  assert.deepEqual(await names(), ["dummy/c", "of/t/late"]);
});

test("updateWithFiles() stores nothing for a record that is not there, nor for two", async () => {
  assert.deepEqual(await updateWithFiles(db, myObjects, { formField: file("a") }, eq(myObjects.id, 9)), []);
  await insertWithFiles(db, myObjects, [{ title: "t" }, { title: "t" }]);
  const both = eq(myObjects.title, "t");
  await assert.rejects(updateWithFiles(db, myObjects, { formField: file("a") }, both), RangeError);
  assert.deepEqual(await names(), []);
  assert.equal((await updateWithFiles(db, myObjects, { title: "u", picture: false }, both)).length, 2);
});

test("a file for a record that is deleted while it is on its way stays nowhere, in a transaction of one's own neither", async () => {
  class Slow extends MemoryStorage {
    protected override async write(...args: Parameters<MemoryStorage["write"]>): Promise<string | null> {
      await client.exec("DELETE FROM my_objects WHERE id = 1");
      return super.write(...args);
    }
  }
  const values = { formField: file("new") };
  const where = eq(myObjects.id, 1);
  const insert = (): Promise<unknown> => client.exec("INSERT INTO my_objects (id, title) VALUES (1, 't')");
  await insert();
  storage = new Slow();
  assert.deepEqual(await updateWithFiles(db, myObjects, values, where), []);
  assert.deepEqual(await names(), []);

  storage = memory();
  await insert();
  const updated = await withFiles((files) =>
    db.transaction((tx) =>
      files.within(async () => {
        const [record] = await tx.select().from(myObjects);
        const stored = await files.store(fileFieldsOf(myObjects), values, { record: record! });
        files.discard(fileFieldsOf(myObjects), stored);
        return insertWithFiles(tx, myObjects, { id: 2, formField: file("kept") }, files);
      }),
    ),
  );
  assert.equal(updated.length, 1);
  assert.deepEqual(await names(), ["dummy/kept"]);
});

test("of two that replace a file at once neither leaves one behind", async () => {
  await insertWithFiles(db, myObjects, { formField: file("a") });
  const where = eq(myObjects.id, 1);
  await Promise.all([
    updateWithFiles(db, myObjects, { formField: file("b") }, where),
    updateWithFiles(db, myObjects, { formField: file("c") }, where),
  ]);
  const [row] = await db.select().from(myObjects);
  assert.deepEqual(await names(), [row?.formField?.name]);
});

test("deleteWithFiles() keeps files but those that go with the record", async () => {
  await insertWithFiles(db, myObjects, { title: "t", formField: file("a"), attachment: file("b") });
  assert.equal((await deleteWithFiles(db, myObjects, eq(myObjects.id, 1))).length, 1);
  assert.deepEqual(await names(), ["dummy/a"]);
});

test("a transaction that rolls back leaves no file, and an old file goes only after the commit", async () => {
  await insertWithFiles(db, myObjects, { title: "t", formField: file("old"), attachment: file("kept") });
  const failing = withFiles((files) =>
    db.transaction((tx) =>
      files.within(async () => {
        await insertWithFiles(tx, myObjects, { formField: file("a") }, files);
        await updateWithFiles(tx, myObjects, { formField: file("b") }, eq(myObjects.id, 1), files);
        await deleteWithFiles(tx, myObjects, eq(myObjects.id, 1), files);
        assert.deepEqual(await names(), ["dummy/a", "dummy/b", "dummy/old", "of/t/kept"]);
        tx.rollback();
      }),
    ),
  );
  await assert.rejects(failing, /Rollback/);
  assert.deepEqual(await names(), ["dummy/old", "of/t/kept"]);
  const [row] = await db.select().from(myObjects);
  assert.equal(await (await row?.formField?.open())?.text(), "old");
});

test("a unique column that is hit leaves no file", async () => {
  await insertWithFiles(db, myObjects, { formField: file("a") });
  await assert.rejects(insertWithFiles(db, myObjects, { picture: png("p"), formField: "dummy/a" }));
  assert.deepEqual(await names(), ["dummy/a"]);
});

test("a constraint that fails at the commit leaves no file", async () => {
  await insertWithFiles(db, myObjects, { late: 1 });
  await assert.rejects(insertWithFiles(db, myObjects, { late: 1, formField: file("a") }));
  assert.deepEqual(await names(), []);
});

test("one of several records that fails leaves no file of the others", async () => {
  const values = [{ formField: file("a") }, { picture: file("not an image") }];
  await assert.rejects(insertWithFiles(db, myObjects, values), { code: "NotAnImage", field: "picture" });
  assert.deepEqual(await names(), []);
});

test("inside a transaction the helpers demand the files that know of its commit", async () => {
  const failing = db.transaction((tx) => insertWithFiles(tx, myObjects, { formField: file("a") }));
  await assert.rejects(failing, /withFiles\(\(files\) => db\.transaction/);
  assert.deepEqual(await names(), []);
});

test("a table of another database is refused before anything is stored", async () => {
  const other = sqliteTable("my_objects", { title: sqliteText() }) as unknown as typeof myObjects;
  const values = { title: "t", formField: file("a") };
  const wrong = [
    insertWithFiles(db, other, values),
    updateWithFiles(db, other, values, sql`true`),
    deleteWithFiles(db, other, sql`true`),
  ];
  for (const one of wrong) await assert.rejects(one, /for tables of Postgres: .* files\.store\(\)/);
  assert.deepEqual(await storage.listdir("dummy"), [[], []]);
});

test("a plain insert refuses a file that is not stored yet", async () => {
  const [row] = await insertWithFiles(db, myObjects, { formField: file("a") });
  const formField = row?.formField?.assign(file("b"));
  await assert.rejects(
    async () => db.insert(myObjects).values({ formField }),
    (error: Error) => /"b" is not stored yet/.test(`${error.message} ${String(error.cause)}`),
  );
});

test("fileFieldsOf() finds the columns of files", () => {
  assert.deepEqual(Object.keys(fileFieldsOf(myObjects)), ["formField", "picture", "attachment"]);
});

function file(name: string): File {
  return new File([name], name);
}

function png(name: string): File {
  const header = Buffer.from("89504e470d0a1a0a0000000d4948445200000001000000010802000000", "hex");
  return new File([header], name, { type: "image/png" });
}

/** All names in the storage, sorted. */
async function names(directory = ""): Promise<string[]> {
  const [directories, files] = await storage.listdir(directory);
  const below = await Promise.all(directories.map((one) => names(`${directory}${one}/`)));
  return [...files.map((file) => directory + file), ...below.flat()].sort();
}
