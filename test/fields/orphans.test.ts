/** What a process that is killed leaves, and `stowage orphans`. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileField, findOrphans } from "../../src/fields.ts";
import { memory } from "../../src/storage.ts";

const source = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
const dependency = (name: string): string => JSON.stringify(import.meta.resolve(name));

let directory = "";
before(() => {
  directory = mkdtempSync(join(tmpdir(), "stowage-orphans-"));
  writeFileSync(
    join(directory, "database.mjs"),
    `import { PGlite } from ${dependency("@electric-sql/pglite")};
    import { drizzle } from ${dependency("drizzle-orm/pglite")};
    import { pgTable, serial } from ${dependency("drizzle-orm/pg-core")};
    import { fileColumn } from ${source("drizzle.js")};
    import { disk } from ${source("storage.js")};
    export const media = disk({ location: ${JSON.stringify(join(directory, "media"))} });
    export const myObjects = pgTable("my_objects", {
      id: serial().primaryKey(),
      formField: fileColumn("form_field", { uploadTo: "dummy/%Y", storage: media }),
    });
    export const client = await PGlite.create(${JSON.stringify(join(directory, "database"))});
    export const db = drizzle({ client });`,
  );
  writeFileSync(
    join(directory, "stowage.config.mjs"),
    `import { defineConfig } from ${source("storage.js")};
    import { withFileUses } from ${source("fields.js")};
    import { fileFieldsOf } from ${source("drizzle.js")};
    export default withFileUses(defineConfig({ storages: {} }), async () => {
      const { client, db, myObjects } = await import("./database.mjs");
      return [{
        fields: fileFieldsOf(myObjects),
        records: () => db.select().from(myObjects),
        close: () => client.close(),
      }];
    });`,
  );
});
after(() => rmSync(directory, { recursive: true, force: true }));

test("a process that is killed between upload and commit leaves a file that `stowage orphans` finds", () => {
  const uploader = join(directory, "uploader.mjs");
  writeFileSync(
    uploader,
    `import { client, db, media, myObjects } from "./database.mjs";
    import { insertWithFiles } from ${source("drizzle.js")};
    import { withFiles } from ${source("fields.js")};
    await client.exec("CREATE TABLE my_objects (id serial PRIMARY KEY, form_field varchar(100))");
    await insertWithFiles(db, myObjects, { formField: new File(["kept"], "kept.txt") });
    await withFiles((files) => db.transaction((tx) => files.within(async () => {
      await insertWithFiles(tx, myObjects, { formField: new File(["lost"], "lost.txt") }, files);
      console.log((await media.listdir("dummy/" + new Date().getFullYear()))[1].join(" "));
      process.kill(process.pid, "SIGKILL");
      await new Promise(() => {});
    })));`,
  );
  const killed = spawnSync(process.execPath, [uploader], { encoding: "utf8" });
  assert.equal(killed.signal, "SIGKILL", killed.stderr);
  assert.equal(killed.stdout, "kept.txt lost.txt\n");

  const lost = `dummy/${new Date().getFullYear()}/lost.txt`;
  assert.deepEqual(orphans(), { orphans: [], files: 2, names: 1, deleted: false }, "it is too young");
  age(lost);
  age(lost.replace("lost", "kept"));
  const { deleted, orphans: found } = orphans("--delete");
  assert.deepEqual([deleted, found.map(({ name, size }) => [name, size])], [true, [[lost, 4]]]);
  assert.deepEqual(orphans(), { orphans: [], files: 1, names: 1, deleted: false });
});

test("`stowage orphans --delete` refuses where the records name nothing", () => {
  const other = join(directory, "other");
  mkdirSync(join(other, "media"), { recursive: true });
  writeFileSync(join(other, "media", "a.txt"), "a");
  utimesSync(join(other, "media", "a.txt"), 0, 0);
  const configure = (uses: string): string => {
    const config = join(other, "stowage.config.mjs");
    writeFileSync(
      config,
      `import { defineConfig, disk } from ${source("storage.js")};
      import { fileField, withFileUses } from ${source("fields.js")};
      const file = fileField("file", { storage: disk({ location: ${JSON.stringify(join(other, "media"))} }) });
      export default ${uses};`,
    );
    return config;
  };
  const empty =
    "withFileUses(defineConfig({ storages: {} }), () => [{ fields: { file }, records: () => [] }])";
  const refused = stowage("orphans", "--delete", "--config", configure(empty));
  assert.deepEqual([refused.status, refused.stdout], [1, ""]);
  assert.equal(
    refused.stderr,
    "stowage: the records name no file at all, but there are 1: this may be the wrong database; give --force if it is the right one\n",
  );
  const listed = stowage("orphans", "--config", configure(empty));
  assert.equal(
    listed.stdout,
    "BYTES  MODIFIED                  NAME\n1      1970-01-01T00:00:00.000Z  a.txt\n",
  );
  assert.equal(listed.stderr, "1 orphan found among 1 files.\n");
  const unknown = stowage("orphans", "--config", configure("defineConfig({ storages: {} })"));
  assert.match(
    unknown.stderr,
    /^stowage: the configuration does not say which records name files; export default/,
  );
  assert.equal(stowage("orphans", "--older-than", "soon").status, 2);
});

test("findOrphans() sees a record that is committed while it lists, and leaves out what is young", async () => {
  let now = 1_000_000;
  const clock = (): number => now;
  const storage = memory({}, { clock });
  for (const name of ["a/1", "a/2", "a/b/3", "elsewhere/4"]) await storage.save(name, name);
  now += 3_600_000;
  await storage.save("a/young", "young");
  const fields = {
    file: fileField("file", { uploadTo: "a", storage }),
    made: fileField("made", { uploadTo: () => "a/b/x", storage }),
  };
  const records = async function* (): AsyncGenerator<Record<string, unknown>> {
    yield { file: "a/1", made: null };
    yield { file: fields.file.of({}, "a//2"), made: "" };
  };
  const uses = [{ fields, records, directories: ["a/b"] }];
  const report = await findOrphans(uses, { clock, graceSeconds: 1800 });
  assert.deepEqual(
    report.orphans.map(({ name }) => name),
    ["a/b/3"],
  );
  assert.equal(report.files, 4);
  await assert.rejects(
    findOrphans([{ fields, records }]),
    /uploadTo is a function\. Say where with directories\./,
  );
  await assert.rejects(
    findOrphans([{ fields, records: () => [{ file: "" }], directories: ["a"] }]),
    /The records have no property "made"/,
  );
});

interface Printed {
  readonly orphans: readonly { readonly name: string; readonly size: number }[];
  readonly deleted: boolean;
}

function orphans(...flags: readonly string[]): Printed {
  const { status, stdout, stderr } = stowage("orphans", "--json", ...flags);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Printed;
}

function stowage(
  ...args: readonly string[]
): ReturnType<typeof spawnSync> & { stdout: string; stderr: string } {
  const main = new URL("../../src/cli/main.js", import.meta.url).pathname;
  return spawnSync(process.execPath, [main, ...args], { encoding: "utf8", cwd: directory });
}

function age(name: string): void {
  const days = (Date.now() - 2 * 86_400_000) / 1000;
  utimesSync(join(directory, "media", name), days, days);
}
