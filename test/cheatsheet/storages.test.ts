/** The tutorial's cheat sheet, a test for each row: storages, fields, downloads, static files, the site. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { pgTable, serial } from "drizzle-orm/pg-core";
import { drizzle, type PgliteDatabase } from "drizzle-orm/pglite";
import type { Bucket } from "../../src/client.ts";
import { fileColumn, insertWithFiles } from "../../src/drizzle.ts";
import { fileField } from "../../src/fields.ts";
import { fileResponse } from "../../src/http.ts";
import { fileExtension, fileInput } from "../../src/prisma.ts";
import {
  createStorages,
  defineConfig,
  NotImplementedError,
  s3,
  type Storage,
  type StorageFile,
  SuspiciousFileOperation,
} from "../../src/storage.ts";
import { startMysite } from "../browser/mysite-process.ts";
import { describeClient } from "../client/endpoints.ts";
import { PrismaStandIn } from "../fields/prisma-stand-in.ts";

let client: PGlite;
let db: PgliteDatabase;
before(async () => {
  client = await PGlite.create();
  await client.exec("CREATE TABLE my_objects (id serial PRIMARY KEY, form_field varchar(100))");
  db = drizzle({ client });
});
after(() => client.close());

describeClient("cheat sheet, second half", (context) => {
  /** As it is set on the machine where a site runs. */
  let env: Readonly<Record<string, string>>;
  let bucket: Bucket;
  let storages: { readonly default: Storage; readonly staticfiles: Storage };
  let storage: Storage;

  before(async () => {
    bucket = await context().bucket();
    const credentials = await context().conn.client.credentials();
    env = {
      AWS_ENDPOINT_URL_S3: context().url,
      AWS_ACCESS_KEY_ID: credentials?.accessKeyId ?? "",
      AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? "",
      AWS_STORAGE_BUCKET_NAME: bucket.name,
    };
    storages = createStorages(
      defineConfig({
        storages: {
          default: () => s3({ location: "media" }, { env }),
          staticfiles: () => s3({ location: "static" }, { env }),
        },
      }),
    );
    storage = storages.default;
  });
  after(() => Promise.all([storages.default.close(), storages.staticfiles.close()]));

  const keys = async (prefix = ""): Promise<string[]> => {
    const names: string[] = [];
    for await (const { name } of bucket.list({ prefix })) names.push(name);
    return names;
  };

  test("s3utils.py: two storages with location='static' and 'media'", async () => {
    await storages.staticfiles.save("two/site.css", "body {}");
    await storages.default.save("two/cat.txt", "Meow");
    assert.deepEqual(await keys(), ["media/two/cat.txt", "static/two/site.css"]);
    assert.equal(await (await storages.default.open("two/cat.txt")).text(), "Meow");
    assert.equal(await storages.default.exists("two/site.css"), false);
  });

  test("STATICFILES_STORAGE, DEFAULT_FILE_STORAGE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_STORAGE_BUCKET_NAME", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cheatsheet-"));
    const front = resolve("dist/src/storage.js");
    writeFileSync(
      join(folder, "stowage.config.js"),
      `import { defineConfig, s3 } from ${JSON.stringify(front)};
       export default defineConfig({ storages: {
         default: s3({ location: "media" }), staticfiles: s3({ location: "static" }) } });`,
    );
    writeFileSync(
      join(folder, "program.mjs"),
      `import { storages } from ${JSON.stringify(front)};
       console.log(await storages.default.save("set/a.txt", "a"), await storages.staticfiles.save("set/b.txt", "b"));`,
    );
    const program = spawn(process.execPath, ["program.mjs"], { cwd: folder, env });
    const [out, error] = await Promise.all([
      text(program.stdout),
      text(program.stderr),
      once(program, "close"),
    ]);
    rmSync(folder, { recursive: true });
    assert.equal(error, "");
    assert.equal(out, "set/a.txt set/b.txt\n");
    assert.deepEqual(
      [await keys("media/set/"), await keys("static/set/")],
      [["media/set/a.txt"], ["static/set/b.txt"]],
    );
  });

  test("default_storage.exists(file), exists(dir)", async () => {
    await storage.save("exists/there/file.txt", "x");
    assert.deepEqual(
      await Promise.all(
        ["exists/there/file.txt", "exists/there", "exists/", "exists/th", "exists/there/file", "nothing"].map(
          (name) => storage.exists(name),
        ),
      ),
      [true, true, true, false, false, false],
    );
  });

  test("default_storage.listdir(dir)", async () => {
    for (const name of ["list/a.txt", "list/b.txt", "list/sub/c.txt"]) await storage.save(name, "x");
    const [dirs, files] = await storage.listdir("list");
    assert.deepEqual([dirs, files], [["sub"], ["a.txt", "b.txt"]]);
  });

  test("default_storage.delete(file), delete(dir)", async () => {
    for (const name of ["del/a.txt", "del/dir/b.txt", "del/dir/sub/c.txt", "del/directory.txt"])
      await storage.save(name, "x");
    await storage.delete("del/a.txt");
    assert.deepEqual(await keys("media/del/"), [
      "media/del/dir/b.txt",
      "media/del/dir/sub/c.txt",
      "media/del/directory.txt",
    ]);
    await storage.delete("del/dir");
    assert.deepEqual(await keys("media/del/"), ["media/del/directory.txt"]);
    for (const root of ["", "/", "."])
      await assert.rejects(storage.delete(root), SuspiciousFileOperation, JSON.stringify(root));
  });

  const myObjects = pgTable("my_objects", {
    id: serial().primaryKey(),
    formField: fileColumn("form_field", { uploadTo: "dummy", storage: () => storage }),
  });

  test("MyObject.objects.get(), .form_field.file.name, default_storage.open(path).read()", async () => {
    await client.exec("TRUNCATE my_objects");
    await insertWithFiles(db, myObjects, { formField: new File(["Hello"], "get.txt") });
    const [myObject] = await db.select().from(myObjects);
    const name = myObject?.formField?.name ?? "";
    assert.equal(name, "dummy/get.txt");
    assert.equal(await (await storage.open(name)).text(), "Hello");
    await storage.delete(name);
  });

  test(".file.path raises NotImplementedError", () => {
    assert.throws(
      () => storage.path("dummy/get.txt"),
      (error: unknown) => {
        assert.ok(error instanceof NotImplementedError);
        assert.match(
          error.message,
          /has no local paths\. Read the file with open\(\), or link to it with url\(\)/,
        );
        return true;
      },
    );
  });

  test("class MyObject(models.Model): form_field = FileField(upload_to='dummy'), with Drizzle", async () => {
    await client.exec("TRUNCATE my_objects");
    const [row] = await insertWithFiles(db, myObjects, { formField: new File(["x"], "my cat.txt") });
    assert.equal(row?.formField?.name, "dummy/my_cat.txt");
    assert.deepEqual(await keys("media/dummy/my_cat"), ["media/dummy/my_cat.txt"]);
    await storage.delete("dummy/my_cat.txt");
  });

  // Prisma itself is 300 MB: test/prisma has the same test on it.
  test("class MyObject(models.Model): form_field = FileField(upload_to='dummy'), with Prisma", async () => {
    const formField = fileField("form_field", { uploadTo: "dummy", storage: () => storage });
    const database = new PrismaStandIn("myObject", ["formField"]);
    const extension = fileExtension(database.client(), { myObject: { formField } });
    const { myObject } = database.client(extension);
    await myObject!["create"]!({ data: { formField: fileInput(new File(["x"], "my dog.txt")) } });
    assert.equal(database.rows[0]?.["formField"], "dummy/my_dog.txt");
    assert.deepEqual(await keys("media/dummy/my_dog"), ["media/dummy/my_dog.txt"]);
    await storage.delete("dummy/my_dog.txt");
  });

  test("the file response: default_storage.open, MIME by name, Content-Disposition", async () => {
    await storage.save("reports/année 2026.pdf", "%PDF-1.7");
    const open = (): Promise<StorageFile> => storage.open("reports/année 2026.pdf");
    const request = (headers: Record<string, string>): Request =>
      new Request("http://localhost/", { headers });
    const whole = fileResponse(await open(), { attachment: true });
    assert.deepEqual(
      ["content-type", "content-length", "content-disposition"].map((name) => whole.headers.get(name)),
      [
        "application/pdf",
        "8",
        `attachment; filename="ann_e 2026.pdf"; filename*=UTF-8''ann%C3%A9e%202026.pdf`,
      ],
    );
    assert.equal(await whole.text(), "%PDF-1.7");
    const part = fileResponse(await open(), request({ range: "bytes=1-3" }));
    assert.deepEqual([part.status, await part.text()], [206, "PDF"]);
    const etag = whole.headers.get("etag") ?? "";
    const known = fileResponse(await open(), request({ "if-none-match": etag }));
    assert.equal(known.status, 304);
  });

  test("collectstatic", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cheatsheet-"));
    mkdirSync(join(folder, "static/css"), { recursive: true });
    writeFileSync(join(folder, "static/css/site.css"), "body { background: url(bg.png) }");
    writeFileSync(join(folder, "static/css/bg.png"), "PNG");
    writeFileSync(
      join(folder, "stowage.config.js"),
      `import { defineConfig, s3 } from ${JSON.stringify(resolve("dist/src/storage.js"))};
       export default defineConfig({ storages: { staticfiles: s3({ location: "collected" }) } });`,
    );
    const collect = async (): Promise<string> => {
      const main = resolve("dist/src/cli/main.js");
      const program = spawn(process.execPath, [main, "collectstatic", "--noinput"], { cwd: folder, env });
      const [out, error] = await Promise.all([
        text(program.stdout),
        text(program.stderr),
        once(program, "close"),
      ]);
      assert.equal(error, "");
      return out.trim();
    };
    assert.equal(await collect(), "2 static files copied, 2 post-processed.");
    const names = await keys("collected/");
    assert.ok(names.includes("collected/staticfiles.json"));
    assert.match(names.join(" "), /collected\/css\/site\.[0-9a-f]{12}\.css/);
    assert.match(await collect(), /^0 static files copied, 2 unmodified/);
    rmSync(folder, { recursive: true });
  });

  test("mysite: settings, s3utils, myobjects, the download view", async () => {
    await using site = await startMysite(env);
    const form = new FormData();
    form.append("file", new File(["a,b\n"], "my figures.csv"));
    const uploaded = await fetch(`${site.url}/objects`, { method: "POST", body: form, redirect: "manual" });
    assert.equal(uploaded.status, 303, await uploaded.text());
    assert.deepEqual(await keys("media/dummy/my_figures"), ["media/dummy/my_figures.csv"]);
    const page = await (await fetch(site.url)).text();
    assert.match(page, /href="\/static\/css\/site\.[0-9a-f]{12}\.css"/);
    const download = await fetch(`${site.url}/objects/1/download`);
    assert.equal(download.headers.get("content-disposition"), `attachment; filename="my figures.csv"`);
    assert.equal(await download.text(), "a,b\n");
    await fetch(`${site.url}/objects/1/delete`, { method: "POST", redirect: "manual" });
    assert.deepEqual(await keys("media/dummy/my_figures"), []);
  });
});
