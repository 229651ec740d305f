/** What importing a front door loads. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const doors = join(import.meta.dirname, "..", "..", "src");

/** The packages that a program loads, by their names. */
function packagesLoadedBy(code: string): string[] {
  const hook = `
    export async function resolve(specifier, context, next) {
      const resolved = await next(specifier, context);
      const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)\\/(?!.*node_modules)/.exec(resolved.url)?.[1];
      if (name) process._rawDebug("loaded " + name);
      return resolved;
    }`;
  const register = `import { register } from "node:module";
    register("data:text/javascript," + ${JSON.stringify(encodeURIComponent(hook))});`;
  const { stderr, status } = spawnSync(
    process.execPath,
    [
      "--import",
      `data:text/javascript,${encodeURIComponent(register)}`,
      "--input-type=module",
      "--eval",
      code,
    ],
    { encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
  return [...new Set(Array.from(stderr.matchAll(/^loaded (.+)$/gm), ([, name = ""]) => name))].sort();
}

test("importing stowage/storage loads no package, and disk and memory none that speaks to a server", () => {
  const door = JSON.stringify(join(doors, "storage.js"));
  assert.deepEqual(packagesLoadedBy(`await import(${door})`), []);
  const used = `const { memory, s3 } = await import(${door});
    s3({ bucketName: "b" });
    await memory().save("a.txt", "x");`;
  assert.deepEqual(packagesLoadedBy(used), ["mime-types"]);
});
