/** What a page gets of the client: no Node, and little. That it works there is tested in test/browser. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { bundleForBrowser } from "../support/browser-bundle.ts";

const { imports } = JSON.parse(readFileSync("package.json", "utf8")) as {
  imports: Record<string, { browser: string; default: string }>;
};

for (const [name, { browser, default: node }] of Object.entries(imports)) {
  if (name === "#error-rows") continue; // A choice of rows: errors.test.ts compares them.
  test(`${name} exports the same for a browser as for Node`, async () => {
    const [one, other] = await Promise.all(
      [browser, node].map(async (path) => (await import(pathToFileURL(path).href)) as object),
    );
    assert.deepEqual(Object.keys(one!).sort(), Object.keys(other!).sort());
  });
}

test("S3Client comes to a page in at most 30 kB, without Node and without a polyfill", async () => {
  // esbuild fails where something imports a module of Node's.
  const { initialGzipBytes, totalGzipBytes, modules } = await bundleForBrowser(
    'export { S3Client } from "stowage/client";',
  );
  assert.deepEqual(
    modules.filter((path) => !/^(?:main\.js|dist\/src\/(?:client\.js|client\/|s3\/))/.test(path)),
    [],
  );
  assert.ok(initialGzipBytes <= 30_000, `${initialGzipBytes} bytes at once`);
  assert.ok(totalGzipBytes <= 51_300, `${totalGzipBytes} bytes with everything`);
});

test("boto's objects come to a page in at most 46.2 kB", async () => {
  const { initialGzipBytes } = await bundleForBrowser('export * from "stowage/client";');
  assert.ok(initialGzipBytes <= 46_200, `${initialGzipBytes} bytes at once`);
});
