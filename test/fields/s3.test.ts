/** File fields on S3, whose storage replaces files of the same name unless it is told otherwise. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileCache, fileField, findOrphans, withFiles } from "../../src/fields.ts";
import { NotImplementedError, s3 } from "../../src/storage.ts";
import { startTestServer } from "../../src/testing.ts";

test("a file goes to S3, is replaced, promoted from the cache, and leaves nothing after a roll back", async () => {
  const server = await startTestServer();
  const storage = s3({ ...server.storageOptions, location: "media" }, { env: {} });
  try {
    const formField = fileField("form_field", { uploadTo: "dummy", storage });
    const cache = fileCache({ storage, secret: "0123456789abcdef" });
    const upload = new File(["Meow"], "my cat.txt", { type: "text/plain" });
    const file = formField.of({}).assign(upload);
    await withFiles((files) => files.save(file));
    assert.equal(file.name, "dummy/my_cat.txt");
    assert.throws(() => file.path, NotImplementedError);
    const answer = await fetch(await file.url());
    assert.deepEqual([await answer.text(), answer.headers.get("content-type")], ["Meow", "text/plain"]);

    const failing = withFiles(async (files) => {
      await files.save(formField.of({}).assign(upload));
      throw new Error("no");
    });
    await assert.rejects(failing, /no/);
    assert.equal(await (await file.open()).text(), "Meow", "the other record's file of that name");
    assert.deepEqual(await storage.listdir("dummy"), [[], ["my_cat.txt"]]);

    const kept = await cache.add("form_field", new File(["Purr"], "purr.txt"));
    file.assign(await cache.find("form_field", kept.token));
    await withFiles((files) => files.save(file));
    assert.deepEqual(await storage.listdir(), [["dummy"], []]);
    assert.deepEqual(await storage.listdir("dummy"), [[], ["purr.txt"]]);

    await storage.save("dummy/lost.txt", "lost");
    const uses = [{ fields: { formField }, records: () => [{ formField: file }] }];
    const { orphans } = await findOrphans(uses, { graceSeconds: -60 });
    assert.deepEqual(
      orphans.map(({ name, size }) => [name, size]),
      [["dummy/lost.txt", 4]],
    );
  } finally {
    await storage.close();
    await server.close();
  }
});

test("with preloadMetadata fields and caches go by what is there now", async () => {
  await using server = await startTestServer();
  const options = { ...server.storageOptions, location: "media" };
  await using other = s3(options, { env: {} });
  await using storage = s3({ ...options, preloadMetadata: true }, { env: {} });
  const day = 86_400_000;
  const formField = fileField("form_field", { uploadTo: "dummy", storage });
  await other.save("dummy/kept.txt", "kept");
  assert.equal(await storage.exists("dummy/kept.txt"), true, "it has listed");

  const secret = "0123456789abcdef";
  const { token } = await fileCache({ storage: other, secret }).add("form_field", new File(["a"], "a.txt"));
  const cached = await fileCache({ storage, secret }).find("form_field", token);
  assert.equal(cached?.filename, "a.txt", "another process has put it there");

  await other.save("dummy/new.txt", "new");
  const replaced = formField.of({}, "dummy/new.txt").assign(new File(["b"], "b.txt"));
  await withFiles((files) => files.save(replaced));
  assert.deepEqual(await other.listdir("dummy"), [[], ["b.txt", "kept.txt"]]);

  // The listing is of long ago; the file of that name is not.
  const listed = s3({ ...options, preloadMetadata: true }, { env: {} });
  await listed.exists("x");
  await other.delete("dummy/kept.txt");
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await other.save("dummy/kept.txt", "of a transaction under way");
  const modified = await other.modifiedTime("dummy/kept.txt");
  const uses = [
    { fields: { formField: fileField("f", { uploadTo: "dummy", storage: listed }) }, records: () => [] },
  ];
  const report = await findOrphans(uses, { clock: () => modified.getTime() + day - 1 });
  assert.deepEqual(
    report.orphans.map(({ name }) => name),
    ["dummy/b.txt"],
  );
  await listed.close();
});

test("a process that is killed while a large file is on its way leaves what `stowage orphans` finds", async () => {
  await using server = await startTestServer();
  const source = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
  const program = `
    import { fileField, withFiles } from ${source("fields.js")};
    import { s3 } from ${source("storage.js")};
    const storage = s3(JSON.parse(process.env.OPTIONS));
    const field = fileField("film", { uploadTo: "films", storage });
    const endless = async function* () { for (;;) yield new Uint8Array(1024 ** 2); };
    await field.of({}).save("film.mp4", endless(), { save: false });`;
  const uploader = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    env: { PATH: process.env["PATH"], OPTIONS: JSON.stringify(server.storageOptions) },
    stdio: "inherit",
  });
  const { client, bucket } = server;
  const partsOf = async (): Promise<number> => {
    const { uploads } = await client.listMultipartUploads({ bucket });
    const [upload] = uploads;
    return upload === undefined ? 0 : (await client.listParts({ bucket, ...upload })).parts.length;
  };
  while ((await partsOf()) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  uploader.kill("SIGKILL");
  await once(uploader, "exit");

  await using storage = s3(server.storageOptions);
  const uses = [{ fields: { film: fileField("film", { uploadTo: "films", storage }) }, records: () => [] }];
  const { orphans } = await findOrphans(uses, { graceSeconds: -60 });
  assert.deepEqual(
    orphans.map(({ name, size }) => [name, size]),
    [["films/film.mp4", 0]],
  );
});
