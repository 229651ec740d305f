/**
 * `docs/reference/api/` holds what every front door exports, as it is declared. After a change of one:
 * `STOWAGE_WRITE_DOCS=1 npm test`.
 */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Declaration, declarationsOf, purposeOf } from "./support/declarations.ts";

const folder = "docs/reference/api";
const isWriting = process.env["STOWAGE_WRITE_DOCS"] !== undefined;
const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly exports: Readonly<Record<string, { readonly types?: string }>>;
};
/** By the name of their page: those that others take names from come first. */
const first = ["client", "storage", "http", "direct-upload", "server"];
const doors = new Map(
  Object.entries(exports)
    .flatMap(([key, { types }]) => (types === undefined ? [] : [[pageOf(key), { key, types }] as const]))
    .toSorted(([one], [other]) => rank(one) - rank(other)),
);

function pageOf(key: string): string {
  return key === "." ? "stowage" : key.slice(2);
}

function rank(page: string): number {
  const place = first.indexOf(page);
  return place === -1 ? first.length : place;
}

test("docs/reference/api has a page for each front door, with all that it exports", () => {
  const pages = render();
  if (isWriting) {
    mkdirSync(folder, { recursive: true });
    for (const [page, text] of pages) writeFileSync(join(folder, `${page}.md`), text);
  }
  assert.deepEqual(readdirSync(folder).toSorted(), [...pages.keys()].map((page) => `${page}.md`).toSorted());
  for (const [page, text] of pages)
    assert.equal(readFileSync(join(folder, `${page}.md`), "utf8"), text, page);
});

test("whatever can be called has a comment that says what it is", () => {
  const silent = [...doors].flatMap(([page, { types }]) =>
    declarationsOf(types)
      .filter(
        ({ comment, code }) =>
          !/^[^@\s]/.test(comment) && /^export (?:abstract |class|function|const)/.test(code),
      )
      .map(({ name }) => `stowage/${page}: ${name}`),
  );
  assert.deepEqual(silent, []);
});

function render(): Map<string, string> {
  const pages = new Map<string, string>();
  /** Where a declaration was told already. */
  const told = new Map<string, string>();
  for (const [page, { key, types }] of doors) {
    const sections: string[] = [];
    for (const declaration of declarationsOf(types)) {
      const { name, code } = declaration;
      const id = `${name} ${code}`;
      const other = told.get(id);
      if (other !== undefined) {
        sections.push(
          `## ${name}\n\nIt is that of [\`stowage/${other}\`](${other}.md#${name.toLowerCase()}).`,
        );
        continue;
      }
      told.set(id, page);
      sections.push(renderOne(declaration));
    }
    const title = `# ${key === "." ? "stowage" : `stowage/${page}`}`;
    const purpose = purposeOf(types).replace(/ Export lists only\.$/, "");
    pages.set(page, `${[title, linked(purpose), ...sections].join("\n\n")}\n`);
  }
  return pages;
}

function renderOne({ name, comment, code }: Declaration): string {
  const [text = "", ...tags] = `\n${comment}`.split(
    /(?:^|(?<=\. ))(?=@(?:param|returns|throws|see|example)\b)/m,
  );
  const told = tags.filter((tag) => !tag.startsWith("@example")).map((tag) => renderTag(tag));
  const examples = tags.filter((tag) => tag.startsWith("@example"));
  return [
    `## ${name}`,
    linked(text.trim()),
    `\`\`\`ts\n${code}\n\`\`\``,
    told.join("\n"),
    ...examples.map((tag) => `\`\`\`ts\n${tag.slice("@example".length).trim()}\n\`\`\``),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** `@param name What it is.` as a line of a list. */
function renderTag(tag: string): string {
  const [, kind = "", text = ""] = /^@(\w+)\s+(.*)$/s.exec(tag.trim()) ?? [];
  const oneLine = linked(text.replaceAll(/\s*\n\s*/g, " "));
  if (kind === "param") return `- ${oneLine.replace(/^(\w+)/, "`$1`:")}`;
  if (kind === "see") return `- See ${oneLine.replace(/^(https?:\S+)$/, "<$1>")}`;
  return `- ${kind === "returns" ? "Returns" : "Throws"}: ${oneLine}`;
}

/** Links of comments as code: what they name may be on any page. */
function linked(text: string): string {
  return text.replaceAll(/\{@link ([^}]+)\}/g, "`$1`");
}
