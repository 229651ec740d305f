import assert from "node:assert/strict";
import { test } from "node:test";
import { deleteResultXml, deleteXml, parseDelete, parseDeleteResult } from "./delete.ts";

test("parseDelete() reads what deleteXml() wrote", () => {
  const request = {
    quiet: true,
    objects: [
      { key: " a&b " },
      { key: "007", versionId: "null" },
      { key: "\u0001\r\n", etag: "abc", size: 3, lastModifiedMs: 1_369_353_600_000 },
    ],
  };
  assert.deepEqual(parseDelete(deleteXml(request)), request);
});

test("parseDelete() reads boto 2's document", () => {
  const boto =
    '<?xml version="1.0" encoding="UTF-8"?><Delete><Quiet>true</Quiet><Object><Key>a</Key><VersionId>v</VersionId></Object></Delete>';
  assert.deepEqual(parseDelete(boto), { quiet: true, objects: [{ key: "a", versionId: "v" }] });
});

test("parseDelete() takes one object for a list, an empty version for none, elements it does not know", () => {
  const xml =
    '<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><VersionId/><Key>a</Key><New/></Object></Delete>';
  assert.deepEqual(parseDelete(xml), { quiet: false, objects: [{ key: "a" }] });
});

test("parseDelete() takes 1,000 keys and not one more", () => {
  const xml = (count: number): string =>
    `<Delete>${"<Object><Key>a&amp;b</Key></Object>".repeat(count)}</Delete>`;
  assert.equal(parseDelete(xml(1000)).objects.length, 1000);
  assert.throws(() => parseDelete(xml(1001)), { code: "MalformedXML" });
});

test("parseDelete() refuses what is no list of keys", () => {
  for (const xml of [
    "",
    "<Delete/>",
    "<Delete><Quiet>true</Quiet></Delete>",
    "<Delete><Object/></Delete>",
    "<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>",
    "<Delete><Object><Key>a</Key><LastModifiedTime>then</LastModifiedTime></Object></Delete>",
    "<Delete><Quiet>maybe</Quiet><Object><Key>a</Key></Object></Delete>",
    "<Remove><Object><Key>a</Key></Object></Remove>",
    "<!DOCTYPE Delete><Delete><Object><Key>a</Key></Object></Delete>",
  ]) {
    assert.throws(() => parseDelete(xml), { code: "MalformedXML" }, xml);
  }
});

test("parseDeleteResult() reads what deleteResultXml() wrote", () => {
  const gone = { deleteMarker: undefined, deleteMarkerVersionId: undefined, versionId: undefined };
  const result = {
    deleted: [
      { key: "a&b", ...gone },
      { key: "c", versionId: "1", deleteMarker: true, deleteMarkerVersionId: "2" },
    ],
    errors: [{ key: "d", versionId: undefined, code: "AccessDenied", message: "Access Denied" }],
  };
  assert.deepEqual(parseDeleteResult(deleteResultXml(result)), result);
  assert.deepEqual(parseDeleteResult("<DeleteResult/>"), { deleted: [], errors: [] });
});

test("parseDeleteResult() throws the error that hides in a 200", () => {
  assert.throws(() => parseDeleteResult("<Error><Code>InternalError</Code></Error>"), {
    code: "InternalError",
  });
});
