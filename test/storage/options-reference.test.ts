/** docs/reference/s3-options.md says what `S3Options` says. STOWAGE_WRITE_DOCS=1 writes it. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";

const page = "docs/reference/s3-options.md";
const source = "src/storage/backends/s3-options.ts";

const head = `# The options of s3()

Those of django-storages and of the old s3boto, by the same names in camelCase. An option that is not given is taken from the
defaults of the class (\`static defaults\` of a subclass), then from the environment. This page is made from
[the types](../../${source}).

| option | type | |
|---|---|---|
`;

test("docs/reference/s3-options.md lists every option with its type and environment", () => {
  const [, options = ""] =
    /export interface S3Options \{\n([\s\S]*?)\n\}\n/.exec(readFileSync(source, "utf8")) ?? [];
  const found = Array.from(options.matchAll(/(?:\/\*\* (.+?) \*\/\s+)?^ {2}readonly (\w+)\?: (.+);$/gm));
  const rows = found.map(([, meaning = "", name, type = ""]) => {
    const [plain = ""] = type.replaceAll("readonly ", "").split(/ \| undefined$/);
    return `| \`${name}\` | \`${plain.replaceAll("|", "\\|")}\` | ${meaning.replaceAll("|", "\\|")} |\n`;
  });
  assert.ok(rows.length > 30);
  const text = head + rows.join("");
  if (process.env["STOWAGE_WRITE_DOCS"] === "1") writeFileSync(page, text);
  assert.equal(readFileSync(page, "utf8"), text, `run STOWAGE_WRITE_DOCS=1 npm test -- options-reference`);
});
