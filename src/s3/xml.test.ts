import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { S3Error } from "./errors.ts";
import {
  booleanOf,
  childOf,
  childrenOf,
  element,
  escapeXml,
  integerOf,
  parseXml,
  requiredText,
  textOf,
  xmlDocument,
} from "./xml.ts";

const malformed = { code: "MalformedXML" };

test("escapeXml() escapes markup, controls and line ends, and leaves quotes", () => {
  assert.equal(escapeXml(`a<b>&"c"'d'`), `a&lt;b&gt;&amp;"c"'d'`);
  assert.equal(escapeXml("\u0001\u001f\r\t\n\uFFFE"), "&#x1;&#x1F;&#xD;\t\n&#xFFFE;");
  assert.equal(escapeXml("]]>"), "]]&gt;");
  assert.equal(escapeXml("é😀"), "é😀");
});

test("element() writes nothing for what is undefined", () => {
  assert.equal(element("Key", undefined), "");
  assert.equal(element("Key", ""), "<Key></Key>");
  assert.equal(
    element("Size", 7) + element("IsTruncated", false),
    "<Size>7</Size><IsTruncated>false</IsTruncated>",
  );
});

test("xmlDocument() begins with the declaration and names the namespace", () => {
  assert.equal(
    xmlDocument("Delete", "<Quiet>true</Quiet>"),
    '<?xml version="1.0" encoding="UTF-8"?>\n<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet></Delete>',
  );
});

test("parseXml() keeps text as it is: spaces, numbers, booleans", () => {
  const root = parseXml("<L><K> a b </K><K>007</K><K>1e3</K><K>true</K><K>\n</K><K/><K></K></L>");
  assert.deepEqual(
    childrenOf(root, "K").map(({ text }) => text),
    [" a b ", "007", "1e3", "true", "\n", "", ""],
  );
});

test("parseXml() resolves references, also to what XML 1.0 cannot hold", () => {
  const text = parseXml("<K>&lt;&gt;&amp;&quot;&apos;&#65;&#x1;&#xd;&#x1F600;&amp;lt;</K>").text;
  assert.equal(text, "<>&\"'A\u0001\r😀&lt;");
});

test("parseXml() reads declarations, comments, CDATA, namespaces, prefixes and attributes", () => {
  const source = `\uFEFF<?xml version='1.0' encoding='UTF-8'?>
    <!-- <a> -->
    <s3:List xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/" xmlns:xsi = 'x'  >
      <s3:Grantee xsi:type="A&amp;B" other='"'/><K>a<!-- b -->c<![CDATA[<&>]]></K ><?pi x?>
    </s3:List>
    <!-- end -->`;
  const root = parseXml(source, "List");
  assert.deepEqual([...root.attributes], []);
  assert.deepEqual(
    [...(childOf(root, "Grantee")?.attributes ?? [])],
    [
      ["type", "A&B"],
      ["other", '"'],
    ],
  );
  assert.equal(textOf(root, "K"), "ac<&>");
});

test("parseXml() makes one line end of three", () => {
  assert.equal(parseXml("<K>a\r\nb\rc\nd</K>").text, "a\nb\nc\nd");
});

test("parseXml() takes bytes of UTF-8 and nothing else", () => {
  assert.equal(parseXml(Buffer.from("<K>é</K>")).text, "é");
  assert.throws(() => parseXml(Buffer.from("<K>é</K>", "latin1")), malformed);
});

test("parseXml() refuses a DOCTYPE, and so every entity of its own", () => {
  for (const source of [
    "<!DOCTYPE K><K/>",
    '<?xml version="1.0"?><!DOCTYPE K [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><K>&b;</K>',
    '<!DOCTYPE K SYSTEM "file:///etc/passwd"><K/>',
    "<K><!DOCTYPE K></K>",
    "<K>&b;</K>",
    "<K>&nbsp;</K>",
  ]) {
    assert.throws(() => parseXml(source), malformed, source);
  }
});

test("parseXml() refuses what is not well-formed", () => {
  for (const source of [
    "",
    " ",
    "text",
    "<K>",
    "<K",
    "</K>",
    "<K></L>",
    "<K><L></K></L>",
    "<K/><L/>",
    "<K/>text",
    "text<K/>",
    "<K>a & b</K>",
    "<K>&#0;</K>",
    "<K>&#xD800;</K>",
    "<K>&#x110000;</K>",
    "<K>&amp</K>",
    "<K a=1/>",
    "<K a/>",
    '<K a="1" a="2"/>',
    '<K a="<"/>',
    '<K a="1"b="2"/>',
    "< K/>",
    "<1/>",
    "<K><![CDATA[a</K>",
    "<![CDATA[a]]>",
    "<!-- <K/>",
    "<?xml <K/>",
    "<K>\u0001</K>",
    "<K>\0</K>",
  ]) {
    assert.throws(() => parseXml(source), malformed, source);
  }
});

test("parseXml() refuses attributes that are repeated or too many", () => {
  const attributes = (count: number): string =>
    `<a ${Array.from({ length: count }, (_, at) => `a${at}=""`).join(" ")}/>`;
  assert.equal(parseXml(attributes(64)).name, "a");
  assert.throws(() => parseXml(attributes(65)), malformed);
  assert.throws(() => parseXml('<a b="" b=""/>'), malformed);
});

test("parseXml() is done with megabytes of references soon, be they any or none", () => {
  for (const [piece, isReference] of [
    ["&", false],
    ["&amp;", true],
    ["&#x41;", true],
    ["&;", false],
    ["&#;", false],
  ] as const) {
    const startedMs = performance.now();
    const document = `<a>${piece.repeat(1_000_000)}</a>`;
    if (isReference) assert.equal(parseXml(document).text.length, 1_000_000);
    else assert.throws(() => parseXml(document), malformed);
    assert.ok(performance.now() - startedMs < 3000, piece);
  }
});

test("parseXml() refuses elements nested deeper than 64", () => {
  const nested = (depth: number): string => "<a>".repeat(depth) + "</a>".repeat(depth);
  assert.equal(parseXml(nested(64)).name, "a");
  assert.throws(() => parseXml(nested(65)), malformed);
});

test("parseXml() checks the name of the root", () => {
  assert.equal(parseXml("<Delete/>", "Delete").name, "Delete");
  assert.throws(() => parseXml("<delete/>", "Delete"), malformed);
});

test("parseXml() knows no name that is special to JavaScript", () => {
  const root = parseXml("<L><constructor>a</constructor><__proto__ __proto__='c'>b</__proto__></L>");
  assert.equal(textOf(root, "constructor"), "a");
  assert.equal(childOf(root, "__proto__")?.attributes.get("__proto__"), "c");
  assert.equal(textOf(root, "toString"), undefined);
});

test("parseXml() throws S3Error and nothing else, whatever it is given", () => {
  const piece = fc.constantFrom(
    "<",
    ">",
    "/",
    "a",
    " ",
    "=",
    '"',
    "'",
    "&",
    ";",
    "#x1",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<a>",
    "</a>",
    "xmlns:a",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join("")),
      ),
      (source) => {
        try {
          parseXml(source);
        } catch (error) {
          assert.ok(error instanceof S3Error, String(error));
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test("parseXml() reads every text that element() writes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      fc.pre(!text.includes("\0"));
      assert.equal(parseXml(element("Key", text)).text, text);
    }),
  );
});

test("parseXml() is not slowed down by long runs of white space", () => {
  const spaces = " ".repeat(100_000);
  const start = performance.now();
  parseXml(`<K${spaces}/>`);
  assert.throws(() => parseXml(`<K a="1"${spaces}b`), malformed);
  assert.throws(() => parseXml(`<K ${spaces}"`), malformed);
  assert.ok(performance.now() - start < 1000);
});

test("parseXml() quotes little of a document in its errors", () => {
  assert.throws(
    () => parseXml(`<K></${"a".repeat(100_000)}>`),
    (error: Error) => error.message.length < 400,
  );
});

test("childOf() and textOf() refuse a second child of the same name", () => {
  const root = parseXml("<O><Key>a</Key><Key>b</Key></O>");
  assert.throws(() => textOf(root, "Key"), malformed);
  assert.throws(() => requiredText(root, "VersionId"), malformed);
});

test("integerOf() and booleanOf() take numbers and booleans alone", () => {
  const root = parseXml("<R><a> 7 </a><b>1e3</b><c>-1</c><d/><t>True</t><f>false</f><x>yes</x></R>");
  assert.equal(integerOf(root, "a"), 7);
  assert.equal(integerOf(root, "d"), undefined);
  assert.equal(integerOf(root, "none"), undefined);
  assert.throws(() => integerOf(root, "b"), malformed);
  assert.throws(() => integerOf(root, "c"), malformed);
  assert.equal(booleanOf(root, "t"), true);
  assert.equal(booleanOf(root, "f"), false);
  assert.equal(booleanOf(root, "d"), undefined);
  assert.throws(() => booleanOf(root, "x"), malformed);
});
