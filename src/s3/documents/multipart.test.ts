import assert from "node:assert/strict";
import { test } from "node:test";
import {
  completeMultipartUploadResultXml,
  completeMultipartUploadXml,
  initiateMultipartUploadResultXml,
  listMultipartUploadsXml,
  listPartsXml,
  type PartList,
  parseCompleteMultipartUpload,
  parseCompleteMultipartUploadResult,
  parseInitiateMultipartUploadResult,
  parseListMultipartUploads,
  parseListParts,
  type UploadList,
} from "./multipart.ts";

const owner = { id: "75aa57f09aa0c8ca", displayName: "ann" };
const someMs = Date.UTC(2013, 4, 24);

test("parseInitiateMultipartUploadResult() reads what was written", () => {
  const upload = { bucket: "b", key: " a&b ", uploadId: "u/+=" };
  assert.deepEqual(parseInitiateMultipartUploadResult(initiateMultipartUploadResultXml(upload)), upload);
});

test("parseCompleteMultipartUpload() reads what completeMultipartUploadXml() wrote", () => {
  const parts = [
    { partNumber: 1, etag: "a54357aff0632cce46d942af68356b38" },
    { partNumber: 10_000, etag: "b", checksum: { algorithm: "CRC32C" as const, value: "4waSgw==" } },
  ];
  assert.deepEqual(parseCompleteMultipartUpload(completeMultipartUploadXml(parts)), parts);
});

test("parseCompleteMultipartUpload() takes an ETag in any dress, one part, and boto 2's white space", () => {
  for (const etag of ["abc", '"abc"', "&quot;abc&quot;", "&#34;abc&#34;", ' "abc" ']) {
    const boto = `<CompleteMultipartUpload>\n  <Part>\n    <PartNumber>3</PartNumber>\n    <ETag>${etag}</ETag>\n  </Part>\n</CompleteMultipartUpload>`;
    assert.deepEqual(parseCompleteMultipartUpload(boto), [{ partNumber: 3, etag: "abc" }]);
  }
});

test("parseCompleteMultipartUpload() leaves the order to the engine", () => {
  const parts = [
    { partNumber: 2, etag: "b" },
    { partNumber: 1, etag: "a" },
    { partNumber: 1, etag: "c" },
  ];
  assert.deepEqual(parseCompleteMultipartUpload(completeMultipartUploadXml(parts)), parts);
});

test("parseCompleteMultipartUpload() refuses no part, half a part and too many", () => {
  const part = "<Part><PartNumber>1</PartNumber><ETag>a</ETag></Part>";
  for (const xml of [
    "",
    "<CompleteMultipartUpload/>",
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
    "<CompleteMultipartUpload><Part><ETag>a</ETag></Part></CompleteMultipartUpload>",
    "<CompleteMultipartUpload><Part><PartNumber>x</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>",
    "<CompleteMultipartUpload><Part><PartNumber>-1</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>",
    `<CompleteMultipartUpload>${part.repeat(10_001)}</CompleteMultipartUpload>`,
  ]) {
    assert.throws(() => parseCompleteMultipartUpload(xml), { code: "MalformedXML" }, xml.slice(0, 120));
  }
  assert.equal(
    parseCompleteMultipartUpload(`<CompleteMultipartUpload>${part.repeat(10_000)}</CompleteMultipartUpload>`)
      .length,
    10_000,
  );
});

test("parseCompleteMultipartUpload() refuses a number that no part can have", () => {
  for (const partNumber of [0, 10_001]) {
    const xml = completeMultipartUploadXml([{ partNumber, etag: "a" }]);
    assert.throws(() => parseCompleteMultipartUpload(xml), { code: "InvalidPart" });
  }
});

test("parseCompleteMultipartUploadResult() reads what was written, or throws the error in it", () => {
  const upload = {
    location: "http://localhost:9000/b/a%26b",
    bucket: "b",
    key: "a&b",
    etag: "3858f62230ac3c915f300c664312c11f-9",
    checksum: { algorithm: "CRC64NVME", type: "FULL_OBJECT", value: "Qeh8oXvGiSo=" },
  } as const;
  const xml = completeMultipartUploadResultXml(upload);
  assert.match(
    xml,
    /<ETag>"3858f62230ac3c915f300c664312c11f-9"<\/ETag><ChecksumCRC64NVME>Qeh8oXvGiSo=<\/ChecksumCRC64NVME><ChecksumType>FULL_OBJECT<\/ChecksumType>/,
  );
  assert.deepEqual(parseCompleteMultipartUploadResult(xml), upload);
  assert.throws(() => parseCompleteMultipartUploadResult("<Error><Code>InternalError</Code></Error>"), {
    code: "InternalError",
  });
});

test("parseListParts() reads what listPartsXml() wrote", () => {
  const list: PartList = {
    bucket: "b",
    key: "a b",
    uploadId: "u",
    initiator: owner,
    owner,
    storageClass: "STANDARD",
    partNumberMarker: 1,
    nextPartNumberMarker: 3,
    maxParts: 2,
    isTruncated: true,
    parts: [
      {
        partNumber: 2,
        lastModifiedMs: someMs,
        etag: "x",
        size: 5_242_880,
        checksum: { algorithm: "CRC32C", value: "4waSgw==" },
      },
      { partNumber: 3, lastModifiedMs: someMs, etag: "y", size: 0, checksum: undefined },
    ],
    encodingType: undefined,
    checksumAlgorithm: "CRC32C",
    checksumType: "COMPOSITE",
  };
  assert.deepEqual(parseListParts(listPartsXml(list)), list);
  const encoded = { ...list, encodingType: "url" as const };
  assert.match(listPartsXml(encoded), /<Key>a%20b<\/Key>/);
  assert.deepEqual(parseListParts(listPartsXml(encoded)), encoded);
});

test("parseListMultipartUploads() reads what listMultipartUploadsXml() wrote", () => {
  const list: UploadList = {
    bucket: "b",
    prefix: "p&",
    delimiter: "/",
    keyMarker: "k k",
    uploadIdMarker: "u1",
    nextKeyMarker: "p&z",
    nextUploadIdMarker: "u2",
    maxUploads: 2,
    isTruncated: true,
    encodingType: undefined,
    uploads: [
      {
        key: " p&z ",
        uploadId: "u2",
        initiator: owner,
        owner,
        storageClass: "STANDARD_IA",
        initiatedAtMs: someMs,
        checksumAlgorithm: "SHA256",
        checksumType: "COMPOSITE",
      },
    ],
    commonPrefixes: ["p&q/"],
  };
  for (const encodingType of [undefined, "url"] as const) {
    assert.deepEqual(parseListMultipartUploads(listMultipartUploadsXml({ ...list, encodingType })), {
      ...list,
      encodingType,
    });
  }
});
