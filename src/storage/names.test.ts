import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { SuspiciousFileOperation } from "./errors.ts";
import {
  checkNameLength,
  freeName,
  normalizeName,
  splitName,
  splitSuffixes,
  toValidName,
  validateFileName,
} from "./names.ts";

// The names are those of Django's own tests, where it has one for the case.

test("toValidName() keeps letters, digits, `_`, `-` and `.`", () => {
  for (const [name, valid] of [
    ["john's portrait in 2004.jpg", "johns_portrait_in_2004.jpg"],
    ["^&'@{}[],$=!-#()%+~_123.txt", "-_123.txt"],
    ["  padded \t", "padded"],
    ["ΩmegaМир世界.txt", "ΩmegaМир世界.txt"],
    ["½ ² Ⅷ ٣", "½_²_Ⅷ_٣"],
    ["a/b\\c", "abc"],
    ["nul\0.txt", "nul.txt"],
    ["UPPER.TXT", "UPPER.TXT"],
  ] as const) {
    assert.equal(toValidName(name), valid, name);
  }
});

test("toValidName() refuses a name of which nothing is left", () => {
  for (const name of ["???", "$.$.$", "", ".", "..", " ", "\u{1f600}"]) {
    assert.throws(() => toValidName(name), SuspiciousFileOperation, name);
  }
});

test("splitSuffixes() keeps all suffixes together, and a leading dot begins none", () => {
  for (const [base, root, suffixes] of [
    ["foo.tar.gz", "foo", ".tar.gz"],
    ["foo", "foo", ""],
    [".test", ".test", ""],
    [".test.txt", ".test", ".txt"],
    ["..test", "..test", ""],
    ["foo.", "foo.", ""],
    ["a..b", "a", "..b"],
  ] as const) {
    assert.deepEqual(splitSuffixes(base), [root, suffixes], base);
  }
});

test("splitName() cuts at the last slash", () => {
  assert.deepEqual(splitName("a/b/c.txt"), ["a/b", "c.txt"]);
  assert.deepEqual(splitName("c.txt"), ["", "c.txt"]);
  assert.deepEqual(splitName("/c.txt"), ["/", "c.txt"]);
  assert.deepEqual(splitName("a/"), ["a", ""]);
});

test("validateFileName() refuses absolute names, `..` and empty base names", () => {
  for (const name of [
    "/tmp",
    "..",
    ".",
    "",
    "a/",
    "a/..",
    "../x",
    "a/../x",
    "\\tmp",
    "..\\x",
    "a\\..\\x",
    "x\0",
  ]) {
    assert.throws(() => validateFileName(name), SuspiciousFileOperation, JSON.stringify(name));
  }
  assert.equal(validateFileName("path\\to/..hidden.txt"), "path/to/..hidden.txt");
});

test("normalizeName() resolves dots and keeps the slash that means a directory", () => {
  for (const [name, normal] of [
    ["a//./b/../c", "a/c"],
    ["./a", "a"],
    ["a/", "a/"],
    ["a/b/..", "a"],
    ["a/..", ""],
    ["///", ""],
    ["a\\b", "a/b"],
  ] as const) {
    assert.equal(normalizeName(name), normal, name);
  }
});

test("normalizeName() gives a name without dots, or refuses it", () => {
  const part = fc.oneof(fc.constantFrom(".", "..", "", "\\", "a"), fc.string());
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      let normal: string;
      try {
        normal = normalizeName(parts.join("/"));
      } catch (error) {
        assert.ok(error instanceof SuspiciousFileOperation);
        return;
      }
      assert.equal(normalizeName(normal), normal);
      assert.ok(!normal.startsWith("/") && !normal.includes("\\"));
      const inside = normal.replace(/\/$/, "").split("/");
      assert.ok(normal === "" || inside.every((one) => one !== "" && one !== "." && one !== ".."));
    }),
  );
});

test("checkNameLength() counts bytes, of the whole and of each part", () => {
  checkNameLength("ä".repeat(127));
  assert.throws(() => checkNameLength("ä".repeat(128)), /has 256 bytes of UTF-8; .* at most 255/);
  assert.throws(() => checkNameLength("a/".repeat(512) + "b"), /has 1025 bytes of UTF-8; .* at most 1024/);
});

const seven = (root: string, suffixes: string): string => `${root}_1234567${suffixes}`;

test("freeName() draws until a name is free", async () => {
  const taken = new Set(["dir/a.txt", "dir/a_1.txt", "dir/a_2.txt"]);
  let draws = 0;
  const name = await freeName("dir/a.txt", {
    maxLength: null,
    isTaken: async (candidate) => taken.has(candidate),
    alternative: (root, suffixes) => `${root}_${++draws}${suffixes}`,
  });
  assert.equal(name, "dir/a_3.txt");
});

test("freeName() cuts the root until the name fits maxLength", async () => {
  const free = (name: string, maxLength: number): Promise<string> =>
    freeName(name, { maxLength, isTaken: async () => false, alternative: seven });
  assert.equal(await free("dir/abcdefghij.txt", 18), "dir/abcdefghij.txt");
  assert.equal(await free("dir/abcdefghij.txt", 17), "dir/a_1234567.txt");
  // A character above U+FFFF is one of the length and is not cut in half.
  assert.equal(await free("dir/\u{1f600}\u{1f600}cdefghij.txt", 17), "dir/\u{1f600}_1234567.txt");
  await assert.rejects(
    free("dir/abcdefghij.txt", 16),
    /no free name like "dir\/abcdefghij.txt" of at most 16 characters/,
  );
  await assert.rejects(free(`a.${"x".repeat(30)}`, 20), SuspiciousFileOperation);
});

test("freeName() gives up when every name is taken", async () => {
  const options = { maxLength: null, isTaken: async () => true, alternative: seven };
  await assert.rejects(freeName("a.txt", options), { code: "NoFreeName" });
});
