/** The extension for Prisma, on a stand-in for its client. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { type FieldFile, fileField, withFiles } from "../../src/fields.ts";
import { fileExtension, fileInput } from "../../src/prisma.ts";
import { memory } from "../../src/storage.ts";
import { type Client, type Model, PrismaStandIn, type Row } from "./prisma-stand-in.ts";

let storage = memory();
const fields = {
  myObject: {
    formField: fileField("form_field", { uploadTo: "dummy", storage: () => storage, deleteWith: "record" }),
  },
};
let database = new PrismaStandIn("myObject", ["formField"]);
let extension: object = {};
let myObject: Model = {};

beforeEach(() => {
  storage = memory({ baseUrl: "/media/" });
  database = new PrismaStandIn("myObject", ["formField"]);
  extension = fileExtension(database.client(), fields);
  myObject = database.client(extension)["myObject"]!;
});

test("cheatsheet: class MyObject(models.Model): form_field = FileField(upload_to='dummy'), with Prisma", async () => {
  const row = (await create(file("cat.txt"))) as { id: number; formField: FieldFile };
  assert.equal(row.formField.name, "dummy/cat.txt");
  assert.equal(await row.formField.url(), "/media/dummy/cat.txt");
  assert.equal(JSON.stringify(row), '{"id":1,"title":"","formField":"dummy/cat.txt"}');
  assert.equal(database.rows[0]?.["formField"], "dummy/cat.txt");
  const [empty] = (await myObject["findMany"]!({ where: { id: 1 } })) as { formField: FieldFile }[];
  assert.equal(await (await empty?.formField.open())?.text(), "cat.txt");
});

test("a record without a file has an empty one", async () => {
  const { formField } = (await myObject["create"]!({ data: { title: "t" } })) as { formField: FieldFile };
  assert.ok(!formField.name);
  await assert.rejects(formField.url(), { code: "NoFile" });
});

test("fileInput() of null, undefined and an empty input changes nothing, and false clears", async () => {
  await create(file("a"));
  for (const nothing of [null, undefined, new File([], "")]) await change(nothing);
  assert.equal(await names(), "a");
  assert.equal(fileInput("dummy/a"), "dummy/a");
  await change(false);
  assert.deepEqual([await names(), database.rows[0]?.["formField"]], ["", null]);
});

test("update() and upsert() replace, and delete() deletes with the record", async () => {
  await create(file("a"));
  await change(file("b"));
  assert.equal(await names(), "b");
  const upsert = (id: number): Promise<unknown> =>
    myObject["upsert"]!({
      where: { id },
      create: { formField: fileInput(file("new")) },
      update: { formField: fileInput(file("c")) },
    });
  await upsert(1);
  await upsert(2);
  assert.equal(await names(), "c new");
  await myObject["updateMany"]!({ where: { id: 1 }, data: { formField: null } });
  assert.equal(await names(), "new");
  await myObject["delete"]!({ where: { id: 2 } });
  assert.equal(await names(), "");
  await myObject["createMany"]!({ data: ["d", "e"].map((name) => ({ formField: fileInput(file(name)) })) });
  assert.equal(await names(), "d e");
  await myObject["deleteMany"]!({ where: { formField: "dummy/d" } });
  assert.equal(await names(), "e");
});

test("of two who replace a file at once, the second deletes the file of the first", async () => {
  await create(file("first"));
  const data = (name: string): Row => ({ formField: fileInput(file(name)) });
  const where = { id: 1 };
  const steps = (round: string): Promise<unknown>[] => [
    myObject["update"]!({ where, data: data(`${round}a`) }),
    myObject["upsert"]!({ where, create: data("never"), update: data(`${round}b`) }),
    myObject["updateMany"]!({ where, data: data(`${round}c`) }),
    change(false),
    change(file(`${round}d`)),
  ];
  for (const round of ["1", "2"]) {
    await Promise.all(steps(round));
    assert.equal(`dummy/${await names()}`, String(database.rows[0]?.["formField"]));
  }
  const [deleted, ...late] = await Promise.allSettled([myObject["delete"]!({ where }), ...steps("3")]);
  assert.equal(deleted.status, "fulfilled");
  const isThere = late.some(({ status }) => status === "fulfilled") && database.rows.length > 0;
  assert.equal(await names(), isThere ? String(database.rows[0]?.["formField"]).slice("dummy/".length) : "");
});

test("updateMany() and deleteMany() of what is gone meanwhile leave no file", async () => {
  await create(file("a"));
  const client = database.client();
  const raced = database.client(
    fileExtension(
      {
        myObject: {
          ...client["myObject"],
          findMany: async (args: object) => {
            const found = await client["myObject"]!["findMany"]!(args);
            database.rows = [];
            return found;
          },
        },
      },
      fields,
    ),
  );
  const data = { formField: fileInput(file("b")) };
  assert.deepEqual(await raced["myObject"]!["updateMany"]!({ where: { id: 1 }, data }), { count: 0 });
  assert.deepEqual(await raced["myObject"]!["deleteMany"]!({ where: { id: 1 } }), { count: 0 });
  assert.equal(await names(), "a", "it went with the record, by somebody else");
});

test("updateMany() and deleteMany() of several change what somebody else changes in between, or leave it alone", async () => {
  for (const name of ["a", "b", "c", "d"]) await create(file(name));
  /** Somebody else comes once, after the records were looked for. */
  const raced = (meanwhile: () => Promise<unknown>): Model => {
    const client = database.client();
    let isFirst = true;
    const findMany = async (args: object): Promise<unknown> => {
      const found = await client["myObject"]!["findMany"]!(args);
      if (isFirst) await meanwhile();
      isFirst = false;
      return found;
    };
    const base = { ...client, myObject: { ...client["myObject"], findMany } };
    return database.client(fileExtension(base, fields))["myObject"]!;
  };
  const replaced = raced(() =>
    myObject["update"]!({ where: { id: 2 }, data: { formField: fileInput(file("new")) } }),
  );
  const clear = { data: { title: "", formField: null } };
  assert.deepEqual(await replaced["updateMany"]!({ where: { title: "" }, ...clear }), { count: 4 });
  assert.equal(await names(), "");

  for (const id of [1, 2, 3, 4]) {
    await myObject["update"]!({ where: { id }, data: { formField: fileInput(file(`${id}`)) } });
  }
  const left = raced(() => myObject["update"]!({ where: { id: 2 }, data: { title: "kept" } }));
  const answer = (await left["updateManyAndReturn"]!({ where: { title: "" }, ...clear })) as Row[];
  assert.deepEqual(
    answer.map(({ id }) => id),
    [1, 3, 4],
  );
  assert.equal(await names(), "2");

  await myObject["update"]!({ where: { id: 3 }, data: { formField: fileInput(file("3")) } });
  const deleted = raced(() => myObject["update"]!({ where: { id: 3 }, data: { title: "kept" } }));
  assert.deepEqual(await deleted["deleteMany"]!({ where: { title: "" } }), { count: 2 });
  assert.equal(await names(), "2 3");
  assert.deepEqual(
    database.rows.map(({ formField }) => formField),
    ["dummy/2", "dummy/3"],
  );
});

test("what a limit leaves out keeps its file", async () => {
  for (const name of ["a", "b", "c", "d", "e"]) await create(file(name));
  const inDatabase = (): string =>
    database.rows
      .flatMap(({ formField }) => (formField === null ? [] : [(formField as string).slice(6)]))
      .join(" ");
  await myObject["updateMany"]!({ data: { formField: null }, limit: 1 });
  assert.deepEqual([await names(), inDatabase()], ["b c d e", "b c d e"]);
  await myObject["deleteMany"]!({ limit: 3 });
  assert.deepEqual([await names(), inDatabase()], ["d e", "d e"]);
});

test("a record that comes while there was none to update keeps its file", async () => {
  const client = database.client();
  const none = async (): Promise<null> => null;
  const base = { ...client, myObject: { ...client["myObject"], findUnique: none } };
  const raced = database.client(fileExtension(base, fields))["myObject"]!;
  await create(file("a"));
  const update = raced["update"]!({ where: { id: 1 }, data: { formField: fileInput(file("b")) } });
  await assert.rejects(update, { code: "P2025" });
  assert.deepEqual([await names(), database.rows[0]?.["formField"]], ["a", "dummy/a"]);
});

test("what Prisma's own words set is a name as well", async () => {
  await create(file("a"));
  await storage.save("dummy/b", "b");
  const set = (name: string | null): Promise<unknown> =>
    myObject["update"]!({ where: { id: 1 }, data: { formField: { set: name } } });
  await set("dummy/a");
  assert.equal(await names(), "a b");
  await set("dummy/b");
  assert.equal(await names(), "b");
  await set(null);
  assert.equal(await names(), "");
});

test("an operation that fails leaves no new file, and the old one", async () => {
  await create(file("a"));
  await create(file("b"));
  const taken = { data: { id: 1, formField: fileInput(file("c")) } };
  await assert.rejects(myObject["create"]!(taken), { code: "P2002" });
  await assert.rejects(myObject["update"]!({ where: { id: 2 }, ...taken }), { code: "P2002" });
  await assert.rejects(myObject["update"]!({ where: { id: 9 }, ...taken }), { code: "P2025" });
  await assert.rejects(myObject["delete"]!({ where: { id: 9 } }), { code: "P2025" });
  const data = { formField: fileInput(file("c")) };
  await assert.rejects(myObject["updateMany"]!({ where: {}, data }), RangeError);
  assert.equal(await names(), "a b");
});

test("$transaction refuses files, and takes them with withFiles()", async () => {
  const refused = database.transaction(extension, (tx) => createIn(tx, { formField: fileInput(file("a")) }));
  await assert.rejects(refused, { code: "InsideTransaction", field: "form_field" });
  const insert = (fails: boolean): Promise<void> =>
    withFiles((files) =>
      database.transaction(extension, (tx) =>
        files.within(async () => {
          await createIn(tx, await files.store(fields.myObject, { title: "t", formField: file("a") }));
          if (fails) throw new Error("no");
        }),
      ),
    );
  await assert.rejects(insert(true), /no/);
  assert.deepEqual([await names(), database.rows], ["", []]);
  await insert(false);
  assert.equal(await names(), "a");
});

test("fileExtension() refuses a model that the client does not have", () => {
  assert.throws(() => fileExtension(database.client(), { other: {} }), /The client has no model "other"/);
});

function file(name: string): File {
  return new File([name], name);
}

function create(upload: File): Promise<unknown> {
  return myObject["create"]!({ data: { formField: fileInput(upload) } });
}

function change(upload: File | null | undefined | false): Promise<unknown> {
  return myObject["update"]!({ where: { id: 1 }, data: { formField: fileInput(upload) } });
}

function createIn(tx: Client, data: object): Promise<unknown> {
  return tx["myObject"]!["create"]!({ data });
}

async function names(): Promise<string> {
  return (await storage.listdir("dummy"))[1].join(" ");
}
