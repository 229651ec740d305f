/** File fields on Prisma itself, on a Postgres. Compiled and run by prisma.test.ts, where the client was generated. */

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { PrismaPg } from "@prisma/adapter-pg";
import { type FieldFile, fileField, withFiles } from "stowage/fields";
import { fileExtension, fileInput } from "stowage/prisma";
import { memory } from "stowage/storage";
import { PrismaClient } from "./generated/client.ts";

let storage = memory({ baseUrl: "/media/" });
const formField = fileField("form_field", {
  uploadTo: "dummy",
  storage: () => storage,
  deleteWith: "record",
});

const base = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env["DATABASE_URL"] ?? "" }),
});
const prisma = base.$extends(fileExtension(base, { myObject: { formField } }));
await base.$executeRaw`
  CREATE TABLE my_objects (
    id serial PRIMARY KEY,
    title text NOT NULL DEFAULT '',
    form_field varchar(100) UNIQUE
  )`;
after(() => base.$disconnect());
beforeEach(async () => {
  storage = memory({ baseUrl: "/media/" });
  await base.$executeRaw`TRUNCATE my_objects RESTART IDENTITY`;
});

const file = (name: string): File => new File([name], name);
const create = (name: string) => prisma.myObject.create({ data: { formField: fileInput(file(name)) } });
const names = async (): Promise<string> => (await storage.listdir("dummy"))[1].join(" ");
const inDatabase = async (): Promise<(string | null)[]> => {
  const rows = await base.myObject.findMany({ orderBy: { id: "asc" } });
  return rows.map(({ formField }) => formField);
};

test("class MyObject(models.Model): form_field = FileField(upload_to='dummy'), with Prisma", async () => {
  const row = await create("my cat.txt");
  const created: FieldFile = row.formField;
  assert.equal(created.name, "dummy/my_cat.txt");
  assert.equal(await created.url(), "/media/dummy/my_cat.txt");
  const found = await prisma.myObject.findUniqueOrThrow({ where: { id: row.id } });
  assert.equal(await (await found.formField.open()).text(), "my cat.txt");
  assert.equal(JSON.stringify(found), '{"id":1,"title":"","formField":"dummy/my_cat.txt"}');
  assert.deepEqual(await inDatabase(), ["dummy/my_cat.txt"]);
});

test("update() and upsert() replace, null clears, and delete() deletes with the record", async () => {
  const { id } = await create("a");
  const where = { id };
  await prisma.myObject.update({ where, data: { formField: fileInput(file("b")) } });
  assert.equal(await names(), "b");
  await prisma.myObject.upsert({
    where,
    create: { formField: fileInput(file("new")) },
    update: { formField: fileInput(file("c")) },
  });
  assert.equal(await names(), "c");
  await prisma.myObject.update({ where, data: { formField: fileInput(null) } });
  assert.equal(await names(), "c");
  await prisma.myObject.update({ where, data: { formField: fileInput(false) } });
  assert.deepEqual([await names(), await inDatabase()], ["", [null]]);
  await prisma.myObject.update({ where, data: { formField: fileInput(file("d")) } });
  await prisma.myObject.delete({ where });
  assert.deepEqual([await names(), await inDatabase()], ["", []]);
});

test("createMany() and deleteMany()", async () => {
  await prisma.myObject.createMany({
    data: ["a", "b"].map((name) => ({ title: name, formField: fileInput(file(name)) })),
  });
  assert.equal(await names(), "a b");
  await prisma.myObject.deleteMany({ where: { title: "a" } });
  assert.equal(await names(), "b");
});

test("of those who replace a file at once, each deletes the file of the one before", async () => {
  const where = { id: (await create("first")).id };
  for (let round = 0; round < 3; round++) {
    await Promise.all(
      Array.from({ length: 6 }, (_, i) => {
        const data = { formField: fileInput(file(`${round}-${i}`)) };
        return i % 2 === 0
          ? prisma.myObject.update({ where, data })
          : prisma.myObject.upsert({ where, create: data, update: data });
      }),
    );
    assert.deepEqual([`dummy/${await names()}`], await inDatabase());
  }
  // Whichever is first: the record is gone, and so are all files.
  const late = { where, data: { formField: fileInput(file("late")) } };
  const [deleted] = await Promise.allSettled([
    prisma.myObject.delete({ where }),
    prisma.myObject.update(late),
    prisma.myObject.updateMany(late),
  ]);
  assert.equal(deleted.status, "fulfilled");
  assert.deepEqual([await names(), await inDatabase()], ["", []]);
});

test("of those who clear many and replace one at once, no file stays that no record names", async () => {
  for (let round = 0; round < 5; round++) {
    await prisma.myObject.deleteMany();
    for (const name of ["a", "b", "c", "d"]) await create(`${name}${round}`);
    const rows = await base.myObject.findMany();
    await Promise.all([
      prisma.myObject.updateMany({ where: { title: "" }, data: { formField: null } }),
      ...rows.map(({ id }) =>
        prisma.myObject.update({ where: { id }, data: { formField: fileInput(file(`new${id}`)) } }),
      ),
      prisma.myObject.updateMany({ where: { title: "" }, data: { formField: null } }),
    ]);
    const named = (await inDatabase()).filter((name) => name !== null);
    assert.equal(
      await names(),
      named
        .map((name) => name.slice("dummy/".length))
        .toSorted()
        .join(" "),
    );
  }
  await prisma.myObject.deleteMany();
  assert.equal(await names(), "");
});

test("what a limit leaves out keeps its file", async () => {
  for (const name of ["a", "b", "c", "d"]) await create(name);
  const changed = await prisma.myObject.updateManyAndReturn({ data: { formField: null }, limit: 2 });
  assert.deepEqual(
    changed.map(({ formField }) => formField.name),
    ["", ""],
  );
  await prisma.myObject.deleteMany({ limit: 2, where: { formField: { not: null } } });
  assert.equal(await names(), "");
  assert.deepEqual(await inDatabase(), [null, null]);
});

test("of those who upsert at once a record that is not there, all but one update it or are refused", async () => {
  const upserts = await Promise.allSettled(
    Array.from({ length: 4 }, (_, i) => {
      const data = { id: 7, formField: fileInput(file(`${i}`)) };
      return prisma.myObject.upsert({ where: { id: 7 }, create: data, update: data });
    }),
  );
  for (const upsert of upserts) if (upsert.status === "rejected") assert.equal(upsert.reason.code, "P2002");
  assert.deepEqual([`dummy/${await names()}`], await inDatabase());
});

test("what Prisma's own words set is a name as well", async () => {
  await create("a");
  const { id } = await create("b");
  await storage.save("dummy/c", "c");
  const where = { id };
  await prisma.myObject.update({ where, data: { title: "t", formField: { set: "dummy/b" } } });
  assert.equal(await names(), "a b c");
  await prisma.myObject.update({ where, data: { formField: { set: "dummy/c" } } });
  assert.equal(await names(), "a c");
  await prisma.myObject.update({ where, data: { formField: { set: null } } });
  assert.equal(await names(), "a");
});

test("an operation that fails leaves no new file, and the old one", async () => {
  await create("a");
  await create("b");
  const data = { id: 1, formField: fileInput(file("c")) };
  await assert.rejects(prisma.myObject.create({ data }), { code: "P2002" });
  await assert.rejects(prisma.myObject.update({ where: { id: 2 }, data }), { code: "P2002" });
  await assert.rejects(prisma.myObject.update({ where: { id: 9 }, data }), { code: "P2025" });
  await assert.rejects(prisma.myObject.delete({ where: { id: 9 } }), { code: "P2025" });
  assert.equal(await names(), "a b");
});

test("$transaction refuses files, and takes them with withFiles()", async () => {
  const refused = prisma.$transaction((tx) =>
    tx.myObject.create({ data: { formField: fileInput(file("a")) } }),
  );
  await assert.rejects(refused, { code: "InsideTransaction" });
  const insert = (fails: boolean): Promise<void> =>
    withFiles((files) =>
      prisma.$transaction((tx) =>
        files.within(async () => {
          const data = await files.store({ formField }, { title: "t", formField: file("a") });
          await tx.myObject.create({ data });
          if (fails) throw new Error("no");
        }),
      ),
    );
  await assert.rejects(insert(true), /no/);
  assert.deepEqual([await names(), await inDatabase()], ["", []]);
  await insert(false);
  assert.deepEqual([await names(), await inDatabase()], ["a", ["dummy/a"]]);
});
