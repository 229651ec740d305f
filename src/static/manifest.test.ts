import assert from "node:assert/strict";
import { test } from "node:test";
import { hashedName, hashOf } from "./hashed-name.ts";
import { createManifest, pythonJson, readManifest, writeManifest } from "./manifest.ts";

test("hashOf() is the beginning of the MD5", () => {
  assert.equal(hashOf(Buffer.from("")), "d41d8cd98f00");
  assert.equal(hashOf(Buffer.from("foo")), "acbd18db4cc2");
});

test("hashedName() puts the hash before the last suffix", () => {
  for (const [name, hashed] of [
    ["css/a.css", "css/a.H.css"],
    ["a.tar.gz", "a.tar.H.gz"],
    ["a.b/c", "a.b/c.H"],
    [".htaccess", ".htaccess.H"],
    ["a.", "a.H."],
  ] as const) {
    assert.equal(hashedName(name, "H"), hashed);
  }
});

test("createManifest() hashes as Django does", () => {
  assert.equal(createManifest([]).hash, "d75171398898");
  const paths = [
    ["é.txt", "é.d41d8cd98f00.txt"],
    ["css/a.css", "css/a.acbd18db4cc2.css"],
  ] as const;
  assert.equal(createManifest(paths).hash, "52dd3fb3721b");
});

test("writeManifest() writes the bytes that Django 6.1 writes", () => {
  const manifest = createManifest([
    ["é.txt", "é.d41d8cd98f00.txt"],
    ["1", "1.acbd18db4cc2"],
    ["css/a.css", "css/a.acbd18db4cc2.css"],
  ]);
  assert.equal(
    writeManifest(manifest),
    '{"paths": {"1": "1.acbd18db4cc2", "css/a.css": "css/a.acbd18db4cc2.css",' +
      ' "\\u00e9.txt": "\\u00e9.d41d8cd98f00.txt"}, "version": "1.1", "hash": "3d3d99d6c0a7"}',
  );
  assert.deepEqual(readManifest(writeManifest(manifest)), { ...manifest, vite: undefined });
});

test("pythonJson() escapes as Python's json.dumps", () => {
  assert.equal(
    pythonJson('"\\\n\t\u0001\u007f é 😀'),
    '"\\"\\\\\\n\\t\\u0001\\u007f \\u00e9 \\ud83d\\ude00"',
  );
  assert.equal(pythonJson([1, [true, null]]), "[1, [true, null]]");
});

test("readManifest() reads version 1.0 too, and names what is wrong", () => {
  assert.equal(readManifest('{"paths": {"a": "b"}, "version": "1.0"}').paths.get("a"), "b");
  for (const text of ["", "[]", "{}", '{"version": "2"}', '{"version": "1.1", "paths": {"a": 1}}']) {
    assert.throws(() => readManifest(text), {
      code: "ManifestCorrupt",
      message: /^staticfiles\.json cannot be read/,
    });
  }
});
