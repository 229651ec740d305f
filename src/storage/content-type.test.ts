import assert from "node:assert/strict";
import { test } from "node:test";
import { contentTypeOfName } from "./content-type.ts";

test("contentTypeOfName() goes by the ending", async () => {
  for (const [name, type] of [
    ["a.txt", "text/plain"],
    ["a/b.PNG", "image/png"],
    ["a.tar.gz", "application/gzip"],
    ["html", undefined],
    ["docs.html/svg", undefined],
    ["a.unheard-of", undefined],
  ] as const) {
    assert.equal(await contentTypeOfName(name), type, name);
  }
});
