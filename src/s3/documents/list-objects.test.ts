import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { decodeName, encodeName, parseEncodingType } from "./encoding-type.ts";
import {
  type ListedObject,
  listObjectsV1Xml,
  listObjectsV2Xml,
  type ObjectListV1,
  type ObjectListV2,
  parseListObjectsV1,
  parseListObjectsV2,
} from "./list-objects.ts";

const owner = { id: "75aa57f09aa0c8ca", displayName: "ann" };
const lastModifiedMs = Date.UTC(2013, 4, 24);

function object(key: string, more: Partial<ListedObject> = {}): ListedObject {
  return {
    key,
    lastModifiedMs,
    etag: "fba9dede5f27731c9771645a39863328",
    size: 434234,
    storageClass: "STANDARD",
    ...more,
  };
}

function v1(more: Partial<ObjectListV1>): ObjectListV1 {
  const page = {
    name: "b",
    prefix: "",
    delimiter: "",
    maxKeys: 1000,
    isTruncated: false,
    commonPrefixes: [],
  };
  return { ...page, marker: "", nextMarker: undefined, encodingType: undefined, objects: [], ...more };
}

function v2({ keyCount = 0, ...more }: Partial<ObjectListV2>): ObjectListV2 {
  const page = {
    name: "b",
    prefix: "",
    delimiter: "",
    maxKeys: 1000,
    isTruncated: false,
    commonPrefixes: [],
  };
  const tokens = { startAfter: undefined, continuationToken: undefined, nextContinuationToken: undefined };
  return { ...page, ...tokens, keyCount, encodingType: undefined, objects: [], ...more };
}

test("listObjectsV1Xml() writes a page with owners and plain quotes around ETags", () => {
  const xml = listObjectsV1Xml(
    v1({
      prefix: "p/",
      delimiter: "/",
      marker: "p/a",
      nextMarker: "p/c/",
      maxKeys: 2,
      isTruncated: true,
      objects: [object("p/b", { owner })],
      commonPrefixes: ["p/c/"],
    }),
  );
  assert.equal(
    xml,
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
      "<Name>b</Name><Prefix>p/</Prefix><Marker>p/a</Marker><NextMarker>p/c/</NextMarker><MaxKeys>2</MaxKeys>" +
      "<Delimiter>/</Delimiter><IsTruncated>true</IsTruncated>" +
      '<Contents><Key>p/b</Key><LastModified>2013-05-24T00:00:00.000Z</LastModified><ETag>"fba9dede5f27731c9771645a39863328"</ETag>' +
      "<Size>434234</Size><Owner><ID>75aa57f09aa0c8ca</ID><DisplayName>ann</DisplayName></Owner><StorageClass>STANDARD</StorageClass></Contents>" +
      "<CommonPrefixes><Prefix>p/c/</Prefix></CommonPrefixes></ListBucketResult>",
  );
});

test("listObjectsV2Xml() writes owners only when they are asked for", () => {
  const list = v2({ keyCount: 1, startAfter: "a", continuationToken: "", objects: [object("b", { owner })] });
  const xml = listObjectsV2Xml(list);
  assert.equal(xml.includes("<Owner>"), false);
  assert.match(
    xml,
    /<StartAfter>a<\/StartAfter><ContinuationToken><\/ContinuationToken><KeyCount>1<\/KeyCount>/,
  );
  assert.match(listObjectsV2Xml({ ...list, fetchOwner: true }), /<Owner><ID>75aa57f09aa0c8ca<\/ID>/);
});

test("a page is read as it was written, with and without encoding-type", () => {
  const names = [
    " a ",
    "007",
    "1e3",
    "true",
    "a&b",
    "a+b c",
    "é/😀",
    "100%",
    "%41",
    "a\nb\r\u0001",
    "~!*'()",
    "\uFFFF",
  ];
  const common = {
    prefix: "p &+/",
    delimiter: "+",
    isTruncated: true,
    objects: names.map((name) =>
      object(name, { owner, checksum: { algorithm: "CRC32", type: "FULL_OBJECT" } }),
    ),
    commonPrefixes: names,
  };
  for (const encodingType of [undefined, "url"] as const) {
    const first = v1({ ...common, encodingType, marker: "m+ ", nextMarker: "n\r" });
    assert.deepEqual(parseListObjectsV1(listObjectsV1Xml(first)), first);
    const second = v2({
      ...common,
      encodingType,
      keyCount: 24,
      startAfter: "s+ ",
      nextContinuationToken: "1.abc==",
    });
    assert.deepEqual(parseListObjectsV2(listObjectsV2Xml({ ...second, fetchOwner: true })), second);
  }
});

test("encoding-type=url encodes every name in the page, and slashes not", () => {
  const xml = listObjectsV1Xml(
    v1({
      encodingType: "url",
      prefix: "p q/",
      delimiter: "&",
      marker: "m m",
      nextMarker: "n+n",
      objects: [object("a/b c+é.txt")],
      commonPrefixes: ["c d&"],
    }),
  );
  for (const part of [
    "<Prefix>p%20q/</Prefix>",
    "<Delimiter>%26</Delimiter>",
    "<Marker>m%20m</Marker>",
    "<NextMarker>n%2Bn</NextMarker>",
    "<Key>a/b%20c%2B%C3%A9.txt</Key>",
    "<CommonPrefixes><Prefix>c%20d%26</Prefix></CommonPrefixes>",
    "<EncodingType>url</EncodingType>",
  ]) {
    assert.ok(xml.includes(part), part);
  }
  const start = listObjectsV2Xml(v2({ encodingType: "url", startAfter: "s s" }));
  assert.ok(start.includes("<StartAfter>s%20s</StartAfter>"));
});

test("a key with a control character stays readable without encoding-type", () => {
  const xml = listObjectsV1Xml(v1({ objects: [object("a\u0001b")] }));
  assert.ok(xml.includes("<Key>a&#x1;b</Key>"));
});

test("decodeName() reads a plus and %20 as a space, and leaves what is not encoded", () => {
  assert.equal(decodeName("a+b%20c%2Bd", "url"), "a b c+d");
  assert.equal(decodeName("a+b%20c", undefined), "a+b%20c");
  assert.equal(decodeName("100%", "url"), "100%");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      assert.equal(decodeName(encodeName(name, "url"), "url"), name);
    }),
  );
});

test("parseEncodingType() knows url", () => {
  assert.equal(parseEncodingType("url"), "url");
  assert.equal(parseEncodingType(undefined), undefined);
  assert.throws(() => parseEncodingType("base64"), { code: "InvalidArgument" });
});

test("parseListObjectsV2() reads other servers' pages: entities, white space, another order, little at all", () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <Contents>
    <ETag>&#34;fba9dede5f27731c9771645a39863328&#34;</ETag>
    <Size>434234</Size>
    <Owner></Owner>
    <Key>only &amp; one</Key>
    <LastModified>2013-05-24T00:00:00Z</LastModified>
    <UserMetadata><X-Amz-Meta-A>b</X-Amz-Meta-A></UserMetadata>
    <ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumAlgorithm>SHA1</ChecksumAlgorithm>
  </Contents>
  <CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>
  <Name>b</Name>
</ListBucketResult>`;
  const list = parseListObjectsV2(xml);
  assert.deepEqual(list.objects, [
    object("only & one", {
      owner: { id: "", displayName: "" },
      checksum: { algorithm: "CRC32", type: "FULL_OBJECT" },
    }),
  ]);
  assert.deepEqual(list.commonPrefixes, ["p/"]);
  assert.equal(list.isTruncated, false);
  assert.equal(list.keyCount, 2);
});

test("parseListObjectsV1() reads 1,000 keys full of entities", () => {
  const contents = Array.from(
    { length: 1000 },
    (_, i) =>
      `<Contents><Key>a&amp;b&lt;${i}&gt;&apos;</Key><LastModified>2013-05-24T00:00:00.000Z</LastModified><ETag>&quot;fba9dede5f27731c9771645a39863328&quot;</ETag><Size>${i}</Size></Contents>`,
  );
  const { objects } = parseListObjectsV1(`<ListBucketResult>${contents.join("")}</ListBucketResult>`);
  assert.equal(objects.length, 1000);
  assert.deepEqual(objects[999], object("a&b<999>'", { size: 999 }));
});

test("parseListObjectsV1() refuses a page with a key or a date that cannot be", () => {
  assert.throws(() => parseListObjectsV1("<ListBucketResult><Contents/></ListBucketResult>"), {
    code: "MalformedXML",
  });
  const xml =
    "<ListBucketResult><Contents><Key>a</Key><LastModified>then</LastModified></Contents></ListBucketResult>";
  assert.throws(() => parseListObjectsV1(xml), { code: "MalformedXML", message: /"then", which is no date/ });
  assert.throws(() => parseListObjectsV1("<Error><Code>SlowDown</Code></Error>"), { code: "SlowDown" });
});
