import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { disk } from "../storage/backends/disk.ts";
import { memory } from "../storage/backends/memory.ts";
import { NotImplementedError, SuspiciousFileOperation } from "../storage/errors.ts";
import { FileFieldError } from "./errors.ts";
import type { FieldValue } from "./field-content.ts";
import { fileField, type FileFieldOptions } from "./file-field.ts";
import { imageField } from "./image-field.ts";
import { withFiles } from "./with-files.ts";

const clock = (): number => new Date(2026, 0, 9, 3, 4, 5).getTime();

for (const [uploadTo, filename, expected] of [
  ["", "a.txt", "a.txt"],
  ["dummy", "a.txt", "dummy/a.txt"],
  ["dummy/", "my file.txt", "dummy/my_file.txt"],
  ["photos/%Y/%m/%d", "a.txt", "photos/2026/01/09/a.txt"],
  ["%y%j-%H%M%S-%b-100%%", "a.txt", "26009-030405-Jan-100%/a.txt"],
  [(record, filename) => `of/${String(record["user"])}/${filename}`, "a.txt", "of/anna/a.txt"],
  ["dummy", "sub/a.txt", "dummy/sub/a.txt"],
] as [string | ((record: Readonly<Record<string, unknown>>, filename: string) => string), string, string][]) {
  test(`FileField.nameFor() makes ${expected} of ${String(uploadTo)}`, async () => {
    const field = fileField("file", { uploadTo, storage: memory(), clock });
    assert.equal(await field.nameFor({ user: "anna" }, filename), expected);
  });
}

for (const filename of ["/etc/passwd", "../a", "a/../../b", "", ".", "..", "a\0b"]) {
  test(`FileField.nameFor() refuses ${JSON.stringify(filename)}`, async () => {
    const field = fileField("file", { uploadTo: "dummy", storage: memory() });
    await assert.rejects(field.nameFor({}, filename), SuspiciousFileOperation);
    const callable = fileField("file", { uploadTo: () => filename, storage: memory() });
    await assert.rejects(callable.nameFor({}, "a.txt"), SuspiciousFileOperation);
  });
}

test("fileField() refuses a mark that is none, and a maxLength of zero", () => {
  assert.throws(() => fileField("file", { uploadTo: "%Q" }), /"%Q" has "%Q" in it/);
  assert.throws(() => fileField("file", { maxLength: 0 }), RangeError);
});

test("FileField.directory is what stands before the first mark", () => {
  assert.equal(fileField("file", { uploadTo: "a/b/%Y/c" }).directory, "a/b");
  assert.equal(fileField("file", { uploadTo: "a/b-%Y" }).directory, "a");
  assert.equal(fileField("file").directory, "");
  assert.equal(fileField("file", { uploadTo: () => "a" }).directory, null);
});

test("FieldFile of nothing has an empty name, and everything else says so", async () => {
  const empty = fileField("form_field", { storage: memory() }).of({});
  assert.ok(!empty.name);
  assert.equal(JSON.stringify({ file: empty }), '{"file":null}');
  const said = { code: "NoFile", message: 'The field "form_field" has no file associated with it.' };
  await assert.rejects(empty.size(), said);
  await assert.rejects(empty.url(), said);
  await assert.rejects(empty.open(), said);
  assert.throws(() => empty.path, said);
  await empty.delete({ save: false });
});

test("FieldFile of a name reads, links, and serialises to the name", async () => {
  const storage = memory({ baseUrl: "/media/" });
  await storage.save("dummy/a b.txt", "text");
  const file = fileField("file", { storage: () => storage }).of({}, "dummy/a b.txt");
  assert.equal(await file.size(), 4);
  assert.equal(await file.url(), "/media/dummy/a%20b.txt");
  assert.equal(await (await file.open()).text(), "text");
  assert.equal(JSON.stringify({ file }), '{"file":"dummy/a b.txt"}');
  assert.equal(String(file), "dummy/a b.txt");
  assert.throws(() => file.path, NotImplementedError);
});

test("FieldFile.assign() stores nothing until the record is saved; what waits can be read", async () => {
  const storage = memory();
  const file = fileField("file", { storage })
    .of({})
    .assign(new File(["text"], "a.txt"));
  assert.deepEqual([file.name, file.committed, await file.size()], ["a.txt", false, 4]);
  assert.equal(await (await file.open()).text(), "text");
  await assert.rejects(file.url(), { code: "NotStored" });
  assert.deepEqual(await storage.listdir(), [[], []]);
});

test("FieldFile.assign() takes a string as committed, changes nothing for null and clears for false", () => {
  const file = fileField("file", { storage: memory() }).of({}, "a.txt");
  assert.equal(file.assign(null).assign(undefined).assign(new File([], "")).name, "a.txt");
  assert.deepEqual([file.assign("b.txt").name, file.committed], ["b.txt", true]);
  assert.equal(file.assign(false).name, "");
  for (const wrong of [1, {}, [], true, Symbol("x")]) {
    assert.throws(() => file.assign(wrong as FieldValue), TypeError);
  }
});

test("a Blob without a name is stored under one by its type", async () => {
  const storage = memory();
  const field = fileField("file", { storage });
  const names = await withFiles((files) =>
    Promise.all([
      files.save(field.of({}).assign(new Blob(["{}"], { type: "application/json" }))),
      files.save(field.of({}).assign(new Blob(["x"]))),
    ]),
  );
  assert.deepEqual(names, ["file.json", "file"]);
});

for (const [what, name, expected] of [
  ["directories", "C:\\evil\\..\\my cat.jpg", "dummy/my_cat.jpg"],
  ["a path", "../../etc/passwd", "dummy/passwd"],
  ["control characters", "a\r\nb\0.txt", "dummy/ab.txt"],
  ["a right-to-left mark", "cat\u202egpj.exe", "dummy/catgpj.exe"],
  ["nothing but dots", "..", "dummy/file"],
] as const) {
  test(`a File whose name has ${what} is stored under a plain one`, async () => {
    const field = fileField("file", { uploadTo: "dummy", storage: memory() });
    const stored = await withFiles((files) => files.save(field.of({}).assign(new File(["x"], name))));
    assert.equal(stored, expected);
  });
}

test("a File with 300 characters is cut to maxLength, its suffix kept", async () => {
  const field = fileField("file", { uploadTo: "dummy", storage: memory() });
  const upload = new File(["x"], `${"ä".repeat(300)}.tar.gz`);
  const name = await withFiles((files) => files.save(field.of({}).assign(upload)));
  assert.equal(Array.from(name).length, 100);
  assert.match(name, /^dummy\/ä+_[A-Za-z0-9]{7}\.tar\.gz$/);
});

test("FieldFile.save() stores, saves the record, and then deletes the old file", async () => {
  const storage = memory();
  await storage.save("old.txt", "old");
  const saved: string[] = [];
  const field = fileField("file", { storage });
  const file = field.of({}, "old.txt", async (name) => {
    saved.push(name);
    assert.deepEqual(await storage.exists("old.txt"), name === "new.txt");
  });
  assert.equal(await file.save("new.txt", "new"), "new.txt");
  assert.deepEqual(saved, ["new.txt"]);
  assert.deepEqual(await storage.listdir(), [[], ["new.txt"]]);
  await file.delete();
  assert.deepEqual(saved, ["new.txt", ""]);
  assert.deepEqual(await storage.listdir(), [[], []]);
});

test("FieldFile.save() leaves everything as it was when the record cannot be saved", async () => {
  const storage = memory();
  await storage.save("old.txt", "old");
  const file = fileField("file", { storage }).of({}, "old.txt", () => Promise.reject(new Error("no")));
  await assert.rejects(file.save("new.txt", "new"), /no/);
  await assert.rejects(file.delete(), /no/);
  assert.equal(file.name, "old.txt");
  assert.equal(await (await file.open()).text(), "old");
  assert.deepEqual(await storage.listdir(), [[], ["old.txt"]]);
});

test("FieldFile.save() without saving keeps the old file until the record is saved", async () => {
  const storage = memory();
  await storage.save("old.txt", "old");
  const file = fileField("file", { storage }).of({}, "old.txt");
  await assert.rejects(file.save("new.txt", "new"), TypeError);
  await file.save("new.txt", "new", { save: false });
  assert.deepEqual(await storage.listdir(), [[], ["new.txt", "old.txt"]]);
  await withFiles((files) => files.save(file));
  assert.deepEqual(await storage.listdir(), [[], ["new.txt"]]);
});

test("a file is written anew through the storage and read again", async () => {
  const location = mkdtempSync(join(tmpdir(), "stowage-fields-"));
  try {
    const storage = disk({ location });
    const file = fileField("file", { uploadTo: "dummy", storage }).of({});
    await file.save("a.txt", "one", { save: false });
    assert.equal(file.path, join(location, "dummy", "a.txt"));
    const writer = await storage.open(file.name, "w");
    await writer.write("two, longer");
    await writer.close();
    assert.equal(await (await file.open()).text(), "two, longer");
  } finally {
    rmSync(location, { recursive: true, force: true });
  }
});

test("a check that throws stores nothing", async () => {
  const storage = memory();
  const field = fileField("file", {
    storage,
    check: async ({ size = 0 }, name) => {
      if (size > 3) throw new FileFieldError(name, "NotAnImage", "Too large.");
    },
  });
  await assert.rejects(
    withFiles((files) => files.save(field.of({}).assign(new File(["text"], "a.txt")))),
    { field: "file" },
  );
  assert.deepEqual(await storage.listdir(), [[], []]);
});

test("fileField() and imageField() refuse an option that there is not", () => {
  const options = { upload_to: "photos" } as FileFieldOptions;
  for (const make of [fileField, imageField]) {
    assert.throws(
      () => make("photo", options),
      /fileField\(\) has no option "upload_to". Its options are uploadTo/,
    );
  }
});
