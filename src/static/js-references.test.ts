import assert from "node:assert/strict";
import { before, test } from "node:test";
import { loadLexer, moduleReferences, sourceMapReference } from "./js-references.ts";
import type { Reference } from "./references.ts";

before(loadLexer);

function rewrite(script: string, references: readonly Reference[], url = "NEW"): string {
  let text = script;
  for (const { start, end, write } of [...references].reverse()) {
    text = text.slice(0, start) + write(url) + text.slice(end);
  }
  return text;
}

test("sourceMapReference() finds the last line's comment", () => {
  const script = "a();\n//# sourceMappingURL=a.js.map\n";
  assert.equal(rewrite(script, sourceMapReference(script)), "a();\n//# sourceMappingURL=NEW\n");
  const followed = "a();\r\n//# sourceMappingURL=a.js.map\r\n\r\n// the end\r\n";
  assert.equal(sourceMapReference(followed)[0]?.url, "a.js.map");
});

test("sourceMapReference() finds nothing before code, in texts and in other comments", () => {
  for (const script of [
    "//# sourceMappingURL=a.js.map\na();",
    "x = `\n//# sourceMappingURL=a.js.map`",
    "// see //# sourceMappingURL=a.js.map",
    "",
    "\n\n",
  ]) {
    assert.deepEqual(sourceMapReference(script), [], script);
  }
});

test("moduleReferences() finds imports by path", () => {
  // In pieces, or test/tidy.test.ts would take them for imports of this file.
  const quote = '"';
  const script = `import a from './a.js';
import${quote}./b.js${quote};
import { c } from ${quote}../c.js${quote};
export * from '/static/d.js';
const e = await import('./e.js');
import lodash from 'lodash';
import('./' + name); import(\`./\${name}.js\`);
// import './comment.js'
const text = "import './text.js'";`;
  assert.deepEqual(
    moduleReferences(script).map(({ url }) => url),
    ["./a.js", "./b.js", "../c.js", "/static/d.js", "./e.js"],
  );
  const rewritten = rewrite(script, moduleReferences(script));
  assert.match(rewritten, /^import a from 'NEW';\nimport"NEW";/);
  assert.match(rewritten, /await import\('NEW'\)/);
});

test("moduleReferences() throws for what is no script", () => {
  assert.throws(() => moduleReferences("import { from './a.js'"));
});
