import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createMemoryEngine } from "../../src/engine/engine.ts";
import { createChecksum } from "../../src/engine/checksums.ts";
import type { ChecksumAlgorithm } from "../../src/s3/checksums.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

const sum = (algorithm: ChecksumAlgorithm, body: string): string => {
  const checksum = createChecksum(algorithm);
  checksum.update(Buffer.from(body));
  return checksum.digest();
};
const mode = { "x-amz-checksum-mode": "ENABLED" };

describe("checksums over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer({ engine: createMemoryEngine({ limits: { minPartBytes: 1 } }) });
    await s3.send("PUT /bucket");
  });
  after(() => s3.close());

  /** Uploads `bodies` as parts 1, 2, … and completes; returns the answer to the completion. */
  async function upload(
    key: string,
    bodies: readonly string[],
    algorithm: ChecksumAlgorithm | undefined,
    {
      create = {},
      complete = {},
    }: { create?: Record<string, string>; complete?: Record<string, string> } = {},
  ) {
    const headers = algorithm === undefined ? {} : { "x-amz-checksum-algorithm": algorithm };
    const created = await s3.send(`POST /bucket/${key}?uploads`, { headers: { ...headers, ...create } });
    const id = /<UploadId>(.*?)</.exec(created.text)?.[1];
    let xml = "";
    for (const [i, body] of bodies.entries()) {
      const given =
        algorithm === undefined
          ? {}
          : { [`x-amz-checksum-${algorithm.toLowerCase()}`]: sum(algorithm, body) };
      const part = await s3.send(`PUT /bucket/${key}?partNumber=${i + 1}&uploadId=${id}`, {
        body,
        headers: given,
      });
      xml += `<Part><PartNumber>${i + 1}</PartNumber><ETag>${part.headers["etag"]}</ETag></Part>`;
    }
    return s3.send(`POST /bucket/${key}?uploadId=${id}`, {
      body: `<CompleteMultipartUpload>${xml}</CompleteMultipartUpload>`,
      headers: complete,
    });
  }

  it("every algorithm is verified on PUT, and a wrong value stores nothing", async () => {
    // The check values of "123456789": CRC catalogue, RFC 1321, FIPS 180, xxhsum.
    const values: [ChecksumAlgorithm, string][] = [
      ["CRC32", "y/Q5Jg=="],
      ["CRC32C", "4waSgw=="],
      ["CRC64NVME", "rosUhgp5mIg="],
      ["SHA1", "98O8HYCOBHMq32eZZczDTKeuNEE="],
      ["SHA256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="],
      ["MD5", "JfnnlDI7RTiF9RgfG2JNCw=="],
      ["SHA512", "2eZ2LdHI6vbWGzxhkvxAjU1tXxF20MKRabwk5xw/J0rSf81YEbMT1oH35V7ALXPUmclUVba1u1A6z1dPuo/+hQ=="],
      ["XXHASH64", "jLhB20DmroM="],
    ];
    for (const [algorithm, value] of values) {
      const header = `x-amz-checksum-${algorithm.toLowerCase()}`;
      const put = await s3.send(`PUT /bucket/${algorithm}`, {
        body: "123456789",
        headers: { [header]: value },
      });
      assert.deepEqual([put.status, put.headers[header]], [200, value], algorithm);
      const head = await s3.send(`HEAD /bucket/${algorithm}`, { headers: mode });
      assert.deepEqual([head.headers[header], head.headers["x-amz-checksum-type"]], [value, "FULL_OBJECT"]);
      const wrong = await s3.send(`PUT /bucket/no-${algorithm}`, {
        body: "12345678",
        headers: { [header]: value },
      });
      assert.equal(wrong.code, "BadDigest");
      assert.equal((await s3.send(`HEAD /bucket/no-${algorithm}`)).status, 404);
    }
  });

  it("a checksum of an algorithm that is not known is refused, not passed over", async () => {
    for (const name of ["md6", "xxhash3", "xxhash128"]) {
      const headers = { [`x-amz-checksum-${name}`]: "NhCmhg==" };
      const sent = await s3.send("PUT /bucket/unknown", { body: "hello", headers });
      assert.deepEqual([sent.status, sent.code], [400, "InvalidRequest"], name);
    }
    assert.equal((await s3.send("GET /bucket/unknown")).code, "NoSuchKey");
  });

  it("x-amz-sdk-checksum-algorithm must name what is sent", async () => {
    const put = (algorithm: string) =>
      s3.send("PUT /bucket/sdk", {
        body: "123456789",
        headers: { "x-amz-sdk-checksum-algorithm": algorithm, "x-amz-checksum-crc32": "y/Q5Jg==" },
      });
    assert.equal((await put("CRC32")).status, 200);
    assert.equal((await put("SHA256")).code, "InvalidRequest");
    assert.equal((await put("MD4")).code, "InvalidRequest");
  });

  it("a full-object checksum of parts is the whole's; a composite one ends in their number", async () => {
    const full = await upload("full", ["1234", "56789"], "CRC64NVME");
    assert.match(full.text, /<ChecksumCRC64NVME>rosUhgp5mIg=<.*<ChecksumType>FULL_OBJECT</);
    const crc = await upload("crc", ["1234", "56789"], "CRC32C", {
      create: { "x-amz-checksum-type": "FULL_OBJECT" },
    });
    assert.match(crc.text, /<ChecksumCRC32C>4waSgw==<.*<ChecksumType>FULL_OBJECT</);
    const composite = await upload("composite", ["1234", "56789"], "SHA256");
    assert.match(composite.text, /<ChecksumSHA256>[^<]+-2<.*<ChecksumType>COMPOSITE</);
    for (const algorithm of ["MD5", "SHA512", "XXHASH64"] as const) {
      const made = await upload(algorithm, ["1234", "56789"], algorithm);
      const pattern = `<Checksum${algorithm}>([^<]+-2)<.*<ChecksumType>COMPOSITE<`;
      const value = new RegExp(pattern).exec(made.text)?.[1];
      assert.ok(value !== undefined, made.text);
      const told = { ...mode, "x-amz-object-attributes": "Checksum,ObjectParts" };
      const { text } = await s3.send(`GET /bucket/${algorithm}?attributes`, { headers: told });
      assert.ok(text.includes(`<Checksum${algorithm}>${value.slice(0, -2)}`), text);
      assert.ok(text.includes(`<Checksum${algorithm}>${sum(algorithm, "56789")}<`), text);
    }
  });

  it("GET of a part tells the part's checksum, of the whole the object's, of a range none", async () => {
    await upload("parts", ["1234", "56789"], "CRC32C", { create: { "x-amz-checksum-type": "FULL_OBJECT" } });
    const part = await s3.send("GET /bucket/parts?partNumber=2", { headers: mode });
    assert.deepEqual([part.status, part.text], [206, "56789"]);
    assert.equal(part.headers["x-amz-checksum-crc32c"], sum("CRC32C", "56789"));
    assert.equal(part.headers["x-amz-checksum-type"], "FULL_OBJECT");
    assert.equal(
      (await s3.send("GET /bucket/parts", { headers: mode })).headers["x-amz-checksum-crc32c"],
      "4waSgw==",
    );
    const range = await s3.send("GET /bucket/parts", { headers: { ...mode, range: "bytes=0-3" } });
    assert.equal(range.headers["x-amz-checksum-crc32c"], undefined);
  });

  it("what a completion says of the object is held against it, and what cannot be verified is refused", async () => {
    const bodies = ["1234", "56789"];
    const right = { "x-amz-checksum-crc64nvme": "rosUhgp5mIg=", "x-amz-mp-object-size": "9" };
    assert.equal((await upload("right", bodies, "CRC64NVME", { complete: right })).status, 200);
    const code = async (algorithm: ChecksumAlgorithm | undefined, complete: Record<string, string>) =>
      (await upload("refused", bodies, algorithm, { complete })).code;
    assert.equal(await code("CRC64NVME", { "x-amz-checksum-crc64nvme": "AAAAAAAAAAA=" }), "BadDigest");
    assert.equal(await code("CRC64NVME", { "x-amz-checksum-crc32": "y/Q5Jg==" }), "InvalidRequest");
    assert.equal(await code("CRC64NVME", { "x-amz-checksum-type": "COMPOSITE" }), "InvalidRequest");
    assert.equal(await code(undefined, { "x-amz-checksum-crc32": "y/Q5Jg==" }), "InvalidRequest");
    assert.equal(await code("CRC32", { "x-amz-mp-object-size": "8" }), "InvalidRequest");
    assert.equal(await code("CRC32", { "x-amz-mp-object-size": "nine" }), "InvalidRequest");
    assert.equal((await s3.send("HEAD /bucket/refused")).status, 404);
  });

  it("CRC64NVME is never composite, and what is no CRC never of the full object", async () => {
    const create = (algorithm: string, type: string) =>
      s3.send("POST /bucket/x?uploads", {
        headers: { "x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": type },
      });
    assert.equal((await create("CRC64NVME", "COMPOSITE")).code, "InvalidRequest");
    for (const algorithm of ["MD5", "SHA1", "SHA256", "SHA512", "XXHASH64"])
      assert.equal((await create(algorithm, "FULL_OBJECT")).code, "InvalidRequest", algorithm);
    assert.equal((await create("MD4", "COMPOSITE")).code, "InvalidRequest");
  });

  it("a copy keeps the checksum, makes a full one of a composite, or computes the one asked for", async () => {
    await s3.send("PUT /bucket/source", {
      body: "123456789",
      headers: { "x-amz-checksum-crc32": "y/Q5Jg==" },
    });
    const copy = (key: string, source: string, headers: Record<string, string> = {}) =>
      s3.send(`PUT /bucket/${key}`, { headers: { "x-amz-copy-source": `bucket/${source}`, ...headers } });
    assert.match((await copy("kept", "source")).text, /<ChecksumCRC32>y\/Q5Jg==<.*FULL_OBJECT/);
    const other = await copy("other", "source", { "x-amz-checksum-algorithm": "CRC32C" });
    assert.match(other.text, /<ChecksumCRC32C>4waSgw==</);
    const head = await s3.send("HEAD /bucket/other", { headers: mode });
    assert.equal(head.headers["x-amz-checksum-crc32c"], "4waSgw==");
    await upload("made-of-parts", ["1234", "56789"], "SHA256");
    const full = await copy("full-copy", "made-of-parts");
    assert.match(full.text, /<ChecksumSHA256>FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=<.*FULL_OBJECT/);
    assert.equal((await copy("odd", "source", { "x-amz-checksum-algorithm": "MD4" })).code, "InvalidRequest");
    assert.equal((await s3.send("HEAD /bucket/odd")).status, 404);
  });

  it("UploadPartCopy tells the checksum of the part", async () => {
    await s3.send("PUT /bucket/piece", { body: "123456789" });
    const created = await s3.send("POST /bucket/pieces?uploads", {
      headers: { "x-amz-checksum-algorithm": "CRC32" },
    });
    const id = /<UploadId>(.*?)</.exec(created.text)?.[1];
    const copied = await s3.send(`PUT /bucket/pieces?partNumber=1&uploadId=${id}`, {
      headers: { "x-amz-copy-source": "bucket/piece" },
    });
    assert.match(copied.text, /<ChecksumCRC32>y\/Q5Jg==</);
  });

  it("GetObjectAttributes tells what it is asked for, and pages through the parts", async () => {
    await upload("attributes", ["1234", "56789", "x"], "CRC32C");
    const get = (names: string, headers: Record<string, string> = {}) =>
      s3.send("GET /bucket/attributes?attributes", {
        headers: names === "" ? headers : { "x-amz-object-attributes": names, ...headers },
      });
    const all = await get("ETag,Checksum,ObjectParts,StorageClass,ObjectSize");
    assert.match(
      all.text,
      /<ETag>[0-9a-f]{32}-3<\/ETag><Checksum><ChecksumCRC32C>[^<]+-3<.*<ChecksumType>COMPOSITE</,
    );
    assert.match(all.text, /<PartsCount>3<.*<IsTruncated>false</);
    assert.match(all.text, /<StorageClass>STANDARD<\/StorageClass><ObjectSize>10<\/ObjectSize>/);
    assert.ok(all.headers["last-modified"]);
    const page = await get("ObjectParts", { "x-amz-max-parts": "1", "x-amz-part-number-marker": "1" });
    assert.match(
      page.text,
      /<PartNumberMarker>1<.*<NextPartNumberMarker>2<.*<MaxParts>1<.*<IsTruncated>true<.*<Part><PartNumber>2<\/PartNumber><Size>5<\/Size><ChecksumCRC32C>/,
    );
    assert.doesNotMatch(page.text, /ObjectSize|ETag/);
    assert.equal((await get("")).code, "InvalidRequest");
    assert.equal((await get("Size")).code, "InvalidArgument");
    assert.equal((await get("ObjectParts", { "x-amz-max-parts": "many" })).code, "InvalidArgument");
    assert.equal((await s3.send("GET /bucket/none?attributes")).code, "NoSuchKey");
  });

  it("DeleteObject deletes only what has the ETag, time and size that are named", async () => {
    await s3.send("PUT /bucket/old", { body: "12345" });
    const modified = (await s3.send("HEAD /bucket/old")).headers["last-modified"] as string;
    const remove = (headers: Record<string, string>) => s3.send("DELETE /bucket/old", { headers });
    assert.equal((await remove({ "if-match": '"0123"' })).code, "PreconditionFailed");
    assert.equal((await remove({ "x-amz-if-match-size": "4" })).code, "PreconditionFailed");
    const long = { "x-amz-if-match-last-modified-time": "Mon, 01 Jan 2001 00:00:00 GMT" };
    assert.equal((await remove(long)).code, "PreconditionFailed");
    assert.equal((await remove({ "x-amz-if-match-size": "large" })).code, "InvalidArgument");
    const exact = { "x-amz-if-match-size": "5", "x-amz-if-match-last-modified-time": modified };
    assert.equal((await remove(exact)).status, 204);
    assert.equal((await remove(long)).status, 204);
  });
});
