import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { MemoryStorage } from "./backends/memory.ts";
import { loadConfig } from "./load-config.ts";
import { createStorages } from "./registry.ts";

const room = new URL("./", import.meta.url).href;
let directory = "";

before(() => {
  directory = mkdtempSync(join(tmpdir(), "stowage-config-"));
});
after(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, code: string): string {
  const path = join(directory, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, code);
  return path;
}

test("loadConfig() finds stowage.config.ts above, and its classes are those of this process", async () => {
  write(
    "site/stowage.config.ts",
    `import { memory } from "${room}backends/memory.js";
     import { defineConfig } from "${room}config.js";
     const base: string = "/media/";
     export default defineConfig({ storages: { default: () => memory({ baseUrl: base }) } });`,
  );
  mkdirSync(join(directory, "site/src/deep"), { recursive: true });
  const config = await loadConfig({ directory: join(directory, "site/src/deep") });
  const storage = createStorages(config)["default"];
  assert.ok(storage instanceof MemoryStorage);
  assert.equal(await storage.url("a"), "/media/a");
});

test("loadConfig() says what is wrong with a file", async () => {
  const broken = write("broken.ts", "export default {;");
  await assert.rejects(loadConfig({ file: broken }), (error: Error) => {
    assert.match(error.message, /The configuration .*broken\.ts could not be loaded: .*Unexpected token/s);
    return true;
  });
  const lost = write("lost.ts", `import "./nowhere.ts";`);
  await assert.rejects(
    loadConfig({ file: lost }),
    /Where it imports nothing that is missing, the program is bundled/,
  );
  const none = write("none.ts", "export const storages = {};");
  await assert.rejects(loadConfig({ file: none }), /none\.ts exports no configuration/);
  await assert.rejects(
    loadConfig({ directory, file: "nowhere.ts" }),
    /There is no configuration .*nowhere\.ts\.$/,
  );
  await assert.rejects(loadConfig({ directory }), /There is no stowage\.config\.ts in .* or above it/);
});
