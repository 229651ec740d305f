import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { disk, type DiskOptions } from "./backends/disk.ts";
import { memory, MemoryStorage } from "./backends/memory.ts";
import { defineConfig, type StowageConfig } from "./config.ts";
import { storages, useConfig } from "./default-storages.ts";
import { createStorages } from "./registry.ts";

test("createStorages() makes a storage when its alias is first used, and once", () => {
  let made = 0;
  const storages = createStorages(
    defineConfig({
      storages: {
        default: () => {
          made++;
          return memory();
        },
        other: memory(),
      },
    }),
  );
  assert.deepEqual(Object.keys(storages), ["default", "other"]);
  assert.equal(made, 0);
  assert.equal(storages.default, storages.default);
  assert.equal(made, 1);
  assert.notEqual(storages.default, storages.other);
});

test("createStorages() keeps the class of a storage", () => {
  const storages = createStorages(
    defineConfig({ storages: { default: disk({ location: "media" }), lazy: () => memory() } }),
  );
  assert.match(storages.default.path("a"), /media.a$/);
  const lazy: MemoryStorage = storages.lazy;
  assert.ok(lazy instanceof MemoryStorage);
});

test("createStorages() names an alias that there is not, and those there are", () => {
  const storages = createStorages({ storages: { default: memory(), media: memory() } });
  assert.throws(
    // @ts-expect-error: an unknown alias does not compile.
    () => storages.medai,
    /There is no storage "medai": the configuration has "default", "media"/,
  );
});

test("createStorages() names the alias whose storage cannot be made, and why", () => {
  const storages = createStorages({
    storages: {
      broken: () => disk({ location: "" }),
      none: (() => ({})) as () => never,
    },
  });
  assert.throws(() => storages.broken, /The storage "broken" could not be made: disk\(\) needs a location/);
  assert.throws(() => storages.none, /The storage "none" is object, not a Storage/);
});

test("createStorages() says of a storage of another installation what it is, and the way out", async (context) => {
  const other = mkdtempSync(resolve("dist/installation-"));
  context.after(() => rmSync(other, { recursive: true, force: true }));
  for (const room of ["storage", "client", "s3"]) {
    cpSync(join("dist/src", room), join(other, room), { recursive: true });
  }
  const url = pathToFileURL(join(other, "storage/backends/memory.js")).href;
  const { memory: others } = (await import(url)) as { memory: typeof memory };
  const storages = createStorages({ storages: { staticfiles: others() } });
  assert.throws(() => storages.staticfiles, {
    name: "ImproperlyConfigured",
    message: /^The storage "staticfiles" is no Storage of the Stowage that runs here, .* npx stowage/,
  });
});

test("defineConfig() refuses a key that there is not", () => {
  const config = { storages: {}, storage: {} };
  assert.throws(() => defineConfig(config), /The configuration has no "storage": it has storages and static/);
});

test("storages passes everything on to the configuration that is used", async () => {
  const backend = memory({ baseUrl: "/media/" });
  const restore = useConfig(defineConfig({ storages: { default: backend } }));
  try {
    const name = await storages.default.save("a b.txt", "x");
    assert.equal(await backend.exists(name), true);
    assert.equal(await storages.default.url(name), "/media/a%20b.txt");
    assert.equal(storages.default.generateFilename("a b.txt"), "a_b.txt");
    await assert.rejects(storages["missing"]!.exists("a"), /There is no storage "missing"/);
  } finally {
    restore();
  }
  assert.throws(() => storages.default.getValidName("a"), /"default" is not loaded yet\. .*loadStorages\(\)/);
});

test("createStorages() and disk() say what is missing where nothing is given", () => {
  for (const config of [undefined, {}, { storages: [] }, { storages: null }]) {
    const given = config as unknown as StowageConfig;
    assert.throws(() => createStorages(given), /The configuration has no storages. Give \{ storages: \{/);
    assert.throws(() => defineConfig(given), /The configuration has no storages/);
  }
  assert.throws(() => disk(undefined as unknown as DiskOptions), /disk\(\) needs a location/);
});
