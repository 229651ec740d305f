import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { checkType } from "./check-type.ts";
import { sniffType } from "./sniff.ts";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

test("sniffType() knows files by their first bytes", () => {
  for (const [bytes, type] of [
    ["\x89PNG\r\n\x1a\n", "image/png"],
    ["\xff\xd8\xff\xe0", "image/jpeg"],
    ["GIF89a", "image/gif"],
    ["RIFF\x24\0\0\0WEBPVP8 ", "image/webp"],
    ["RIFF\x24\0\0\0WAVEfmt ", "audio/wav"],
    ["\0\0\0\x1cftypavif", "image/avif"],
    ["\0\0\0\x18ftypmp42", "video/mp4"],
    ["%PDF-1.7", "application/pdf"],
    ["PK\x03\x04", "application/zip"],
    ["\x1f\x8b\x08", "application/gzip"],
    [`${"\0".repeat(257)}ustar`, "application/x-tar"],
    ["MZ\x90", "application/x-msdos-program"],
    ["\x7fELF", "application/x-executable"],
    ["\xef\xbb\xbf \n<!-- a --><!DOCTYPE HTML>", "text/html"],
    ["<ScRiPt>alert(1)</script>", "text/html"],
    ["<?xml version='1.0'?>\n<!-- a -->\n<svg xmlns=''/>", "image/svg+xml"],
    ["<?xml version='1.0'?><feed/>", "application/xml"],
    ["plain text", undefined],
    ["\x89PNG", undefined],
    ["", undefined],
  ] as const) {
    assert.equal(sniffType(latin1(bytes)), type, JSON.stringify(bytes));
  }
});

test("sniffType() takes any bytes, and comments without end, in no time", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void sniffType(bytes)));
  assert.equal(sniffType(latin1("<!--".repeat(1000))), undefined);
  assert.equal(sniffType(latin1("<!---->".repeat(1000))), undefined);
});

describe("checkType()", () => {
  const check = (filename: string, bytes: string, accepted?: string[]): string =>
    checkType({ filename, head: latin1(bytes) }, accepted);

  test("takes kin for what it is named", () => {
    assert.match(check("a.docx", "PK\x03\x04"), /wordprocessingml/);
    assert.equal(check("a.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "application/vnd.ms-excel");
    assert.equal(check("a.mov", "\0\0\0\x14ftypqt  "), "video/quicktime");
    assert.equal(check("a.m4a", "\0\0\0\x14ftypM4A "), "audio/mp4");
    assert.equal(check("a.svg", "<?xml version='1.0'?><!DOCTYPE svg>"), "image/svg+xml");
    assert.equal(check("a.txt", "\xff\xfea\0"), "text/plain");
    for (const [filename, bytes, type] of [
      ["a.jfif", "\xff\xd8\xff", "image/jpeg"],
      ["a.flac", "fLaC", "audio/flac"],
      ["a.apng", "\x89PNG\r\n\x1a\n", "image/apng"],
      ["a.avif", "\0\0\0\x14ftypavis", "image/avif"],
      ["a.heic", "\0\0\0\x14ftyphevc", "image/heic"],
      ["a.mp3", "\xff\xfa", "audio/mpeg"],
      ["a.ai", "%PDF-1.7", "application/postscript"],
      ["a.kmz", "PK\x03\x04", "application/vnd.google-earth.kmz"],
      ["a.cbz", "PK\x03\x04", "application/x-cbr"],
      ["a.cbr", "Rar!\x1a\x07", "application/x-cbr"],
      ["a.3mf", "PK\x03\x04", "model/3mf"],
      ["a.usdz", "PK\x03\x04", "model/vnd.usdz+zip"],
      ["a.msi", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-msdownload"],
      ["a.otf", "\0\x01\0\0\0", "font/otf"],
      ["a.xml", "<?xml version='1.0'?><table/>", "application/xml"],
      ["README.md", "<p align=center>Hello</p>", "text/markdown"],
    ] as const) {
      assert.equal(check(filename, bytes), type, filename);
    }
    assert.equal(check("a.jfif", "\xff\xd8\xff", ["image/jpeg"]), "image/jpeg");
    assert.equal(check("noname", "\xff\xd8\xff"), "image/jpeg");
    assert.equal(check("noname", "?"), "application/octet-stream");
  });

  test("refuses a name that promises something else", () => {
    for (const [filename, bytes] of [
      ["a.png", "\xff\xd8\xff"],
      ["a.png", "text"],
      ["a.jpg", "MZ"],
      ["a.pdf", "<html>"],
      ["a.docx", "%PDF-1.7"],
      ["a.txt", "\x7fELF"],
      ["a.csv", "a\0b"],
      ["a.txt", "<script>"],
      ["a.jfif", "text"],
    ] as const) {
      assert.throws(() => check(filename, bytes), { code: "TypeMismatch", status: 415 }, filename);
    }
  });

  test("takes SVG only where it is named", () => {
    assert.throws(() => check("a.svg", "<svg/>", ["image/*"]), { code: "TypeNotAllowed" });
    assert.equal(check("a.svg", "<svg/>", ["image/*", "image/svg+xml"]), "image/svg+xml");
  });
});
