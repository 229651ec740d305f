import assert from "node:assert/strict";
import { test } from "node:test";
import { hashTexts } from "./hash-texts.ts";
import { linkText } from "./link-texts.ts";

/** Style sheets by name, as they are stored. */
async function stored(
  texts: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>> = {},
) {
  const linked = new Map();
  for (const [name, text] of Object.entries(texts)) {
    const options = { staticPath: "/static/", moduleImports: false, exists: () => true, onMissing: () => {} };
    linked.set(name, await linkText(name, Buffer.from(text), options));
  }
  const names = new Map(Object.entries(others));
  return {
    names,
    texts: Object.fromEntries(
      hashTexts(linked, names).map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]),
    ),
  };
}

test("hashTexts() hashes a text with the hashed names of what it refers to", async () => {
  const site = { "a.css": '@import "b.css";', "b.css": "a{b:url(x.png)}" };
  const first = await stored(site, { "x.png": "x.111111111111.png" });
  const second = await stored(site, { "x.png": "x.222222222222.png" });
  assert.equal(first.texts["b.css"], 'a{b:url("x.111111111111.png")}');
  assert.equal(first.texts["a.css"], `@import url("${first.names.get("b.css")}");`);
  assert.notEqual(first.names.get("a.css"), second.names.get("a.css"));
});

test("hashTexts() gives the texts of a circle one hash, and another one when one of them changes", async () => {
  const loop = { "a.css": '@import "b.css";', "b.css": '@import "c.css";', "c.css": '@import "a.css";/*1*/' };
  const first = await stored(loop);
  const hash = first.names.get("a.css")!.split(".")[1]!;
  assert.deepEqual(
    [...first.names.values()].sort(),
    ["a", "b", "c"].map((name) => `${name}.${hash}.css`),
  );
  assert.equal(first.texts["c.css"], `@import url("a.${hash}.css");/*1*/`);
  const second = await stored({ ...loop, "c.css": '@import "a.css";/*2*/' });
  assert.ok([...second.names.values()].every((name) => !name.includes(hash)));
});

test("hashTexts() takes a text that refers to itself", async () => {
  const { names, texts } = await stored({ "a.css": '@import "a.css";' });
  assert.equal(texts["a.css"], `@import url("${names.get("a.css")}");`);
});
