import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { mayRunScripts } from "./active-types.ts";
import { contentDisposition } from "./disposition.ts";
import { displayName, repairLatin1, uploadedName } from "./file-names.ts";

test("displayName() drops directories, control characters and marks of direction", () => {
  assert.equal(displayName("a/b\\c.txt"), "c.txt");
  assert.equal(displayName("in\u202egpj.exe"), "ingpj.exe");
  assert.equal(displayName("a\r\nb\0c\u2028.txt"), "abc.txt");
  assert.equal(displayName("e\u0301.txt"), "\u00e9.txt");
  assert.equal(displayName("👩‍👩‍👧.png"), "👩‍👩‍👧.png");
});

test("uploadedName() puts back what browsers escape, and no more", () => {
  assert.equal(uploadedName("50%25 %22off%22%0D%0A.txt", 240), '50%25 "off".txt');
  assert.throws(() => uploadedName("é".repeat(121), 240), { code: "FilenameTooLong", limit: 240 });
});

test("repairLatin1() repairs UTF-8 that was read as latin1, and leaves the rest", () => {
  assert.equal(repairLatin1(Buffer.from("naïve 日本.txt").toString("latin1")), "naïve 日本.txt");
  assert.equal(repairLatin1("naïve.txt"), "naïve.txt");
  assert.equal(repairLatin1("日本.txt"), "日本.txt");
  assert.equal(repairLatin1("plain.txt"), "plain.txt");
});

test("contentDisposition() has both forms of a name", () => {
  assert.equal(
    contentDisposition("attachment", "dir/plain name.txt"),
    'attachment; filename="plain name.txt"',
  );
  assert.equal(
    contentDisposition("attachment", "résumé €.pdf"),
    "attachment; filename=\"r_sum_ _.pdf\"; filename*=UTF-8''r%C3%A9sum%C3%A9%20%E2%82%AC.pdf",
  );
  assert.equal(
    contentDisposition("inline", 'say "hi".txt'),
    "inline; filename=\"say _hi_.txt\"; filename*=UTF-8''say%20%22hi%22.txt",
  );
  assert.equal(contentDisposition("inline", "a/"), "inline");
});

test("contentDisposition() is one line of ASCII for any name", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      assert.match(contentDisposition("attachment", name), /^attachment(?:; [\x20-\x7e]+)?$/);
    }),
  );
  assert.doesNotMatch(contentDisposition("inline", 'a"\r\nset-cookie: a=b'), /[\r\n]/);
});

test("mayRunScripts() knows what is harmless, and takes the rest for active", () => {
  for (const type of [
    "image/png",
    "IMAGE/JPEG",
    "video/mp4",
    "text/plain; charset=utf-8",
    "application/pdf",
  ]) {
    assert.equal(mayRunScripts(type), false, type);
  }
  for (const type of [
    "text/html",
    "image/svg+xml",
    "image/svg",
    "application/xhtml+xml; a=b",
    "text/xml",
    "multipart/x-mixed-replace",
    "message/rfc822",
    "text/javascript",
    "",
    "image/png, text/html",
  ]) {
    assert.equal(mayRunScripts(type), true, type);
  }
});
