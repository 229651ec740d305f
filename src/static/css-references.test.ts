import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { cssReferences } from "./css-references.ts";

/** The style sheet with every reference replaced. */
function rewrite(css: string, url = "NEW"): string {
  let text = css;
  for (const { start, end, write } of cssReferences(css).reverse()) {
    text = text.slice(0, start) + write(url) + text.slice(end);
  }
  return text;
}

const urls = (css: string): string[] => cssReferences(css).map(({ url }) => url);

test("cssReferences() finds url() in all its forms", () => {
  assert.deepEqual(
    urls(`a { b: url(1.png) url( 2.png ) url("3.png") url('4.png') url( "5.png" ) URL(6.png) }`),
    ["1.png", "2.png", "3.png", "4.png", "5.png", "6.png"],
  );
});

test("cssReferences() reads escapes", () => {
  assert.deepEqual(urls(String.raw`a { b: url(a\ b.png) url("c\64 .png") }`), ["a b.png", "cd.png"]);
});

test("cssReferences() writes as Django does", () => {
  assert.equal(rewrite("a{b:url(x.png)}"), 'a{b:url("NEW")}');
  assert.equal(rewrite("@import 'x.css' screen;"), '@import url("NEW") screen;');
  assert.equal(rewrite('@import url("x.css");'), '@import url("NEW");');
  assert.equal(rewrite("a{}\n/*# sourceMappingURL=x.css.map */"), "a{}\n/*# sourceMappingURL=NEW */");
});

test("cssReferences() leaves comments, other strings and what is computed alone", () => {
  for (const css of [
    "/* url(a.png) @import 'b.css'; */",
    'a { content: "url(a.png)" }',
    '@charset "utf-8";',
    '@namespace "http://www.w3.org/1999/xhtml";',
    "@namespace svg url(http://www.w3.org/2000/svg);",
    "a { b: url(var(--x)) }",
    "/*# sourceURL=a.css */",
    '@import layer("a.css");',
  ]) {
    assert.equal(rewrite(css), css, css);
  }
});

test("cssReferences() takes only the URL of an import", () => {
  assert.deepEqual(urls(`@import "a.css" supports(content: "b") layer(c);`), ["a.css"]);
  assert.deepEqual(urls(`@import/**/"a.css";@import url(b.css) "c";`), ["a.css", "b.css"]);
});

test("cssReferences() gives places that do not overlap, whatever the text", () => {
  const pieces = fc.constantFrom(
    "url(",
    '"',
    "'",
    ")",
    "a.png",
    " ",
    "@import",
    "/*",
    "*/",
    "\\",
    ";",
    "\n",
    "#",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const css = parts.join("");
      let before = 0;
      for (const { start, end } of cssReferences(css)) {
        assert.ok(start >= before && end > start && end <= css.length);
        before = end;
      }
    }),
  );
});
