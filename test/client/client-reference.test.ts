/** docs/reference/client.md has every option of the client, and only methods that there are. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { knownOptions } from "../../src/client/settings.ts";
import { S3Client } from "../../src/client/s3-client.ts";

const [, options = "", methods = ""] = readFileSync("docs/reference/client.md", "utf8").split(/^## /m);

/** The names in the first column of a section's table. */
function namesOf(section: string): string[] {
  const cells = Array.from(section.matchAll(/^\| (`[^|]*) \|/gm), ([, cell = ""]) => cell);
  return cells.flatMap((cell) => Array.from(cell.matchAll(/`([\w.]+)`/g), ([, name = ""]) => name));
}

test("docs/reference/client.md has the options that there are", () => {
  const known = Object.entries(knownOptions).flatMap(([name, within]) =>
    typeof within === "number" ? [name] : Object.keys(within).map((inner) => `${name}.${inner}`),
  );
  assert.deepEqual(namesOf(options), known);
});

test("docs/reference/client.md names methods of S3Client", () => {
  const names = namesOf(methods);
  assert.ok(names.length > 10, names.join(" "));
  assert.deepEqual(
    names.filter((name) => typeof S3Client.prototype[name as keyof S3Client] !== "function"),
    [],
  );
});
