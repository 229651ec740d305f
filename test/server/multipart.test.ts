import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { createMemoryEngine } from "../../src/engine/engine.ts";
import { other, startTestServer, type TestServer } from "../support/server.ts";

const md5 = (body: string | Buffer): Buffer => createHash("md5").update(body).digest();
const all = (xml: string, element: string): string[] =>
  [...xml.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, "gs"))].map((m) => m[1] ?? "");

describe("multipart uploads over HTTP", () => {
  let s3: TestServer;
  before(async () => {
    s3 = await startTestServer({ engine: createMemoryEngine({ limits: { minPartBytes: 5 } }) });
    await s3.send("PUT /multi");
  });
  after(() => s3.close());

  const create = async (key: string, headers: Record<string, string> = {}): Promise<string> =>
    all((await s3.send(`POST /multi/${key}?uploads`, { headers })).text, "UploadId")[0] as string;
  const put = (key: string, id: string, number: number, body: string) =>
    s3.send(`PUT /multi/${key}?partNumber=${number}&uploadId=${id}`, { body });
  const complete = (
    key: string,
    id: string,
    parts: [number, string][],
    headers: Record<string, string> = {},
  ) =>
    s3.send(`POST /multi/${key}?uploadId=${id}`, {
      headers,
      body: `<CompleteMultipartUpload>${parts
        .map(
          ([number, body]) =>
            `<Part><PartNumber>${number}</PartNumber><ETag>"${md5(body).toString("hex")}"</ETag></Part>`,
        )
        .join("")}</CompleteMultipartUpload>`,
    });

  it("the object is its parts in order, with the ETag of their ETags, and completes again alike", async () => {
    const id = await create("whole", { "content-type": "text/plain", "x-amz-meta-a": "1" });
    await put("whole", id, 7, "second");
    await put("whole", id, 2, "first");
    await put("whole", id, 2, "FIRST");
    const done = await complete("whole", id, [
      [2, "FIRST"],
      [7, "second"],
    ]);
    const etag = `"${createHash("md5")
      .update(Buffer.concat([md5("FIRST"), md5("second")]))
      .digest("hex")}-2"`;
    assert.deepEqual([done.status, all(done.text, "ETag")[0]], [200, etag]);
    const got = await s3.send("GET /multi/whole");
    assert.deepEqual(
      [got.text, got.headers["etag"], got.headers["content-type"], got.headers["x-amz-meta-a"]],
      ["FIRSTsecond", etag, "text/plain", "1"],
    );
    assert.equal((await s3.send("GET /multi/whole", { headers: { range: "bytes=4-6" } })).text, "Tse");
    const again = await complete("whole", id, [
      [2, "FIRST"],
      [7, "second"],
    ]);
    assert.deepEqual([again.status, all(again.text, "ETag")[0]], [200, etag]);
  });

  it("checksums of parts make the object's, and a wrong one refuses the completion", async () => {
    const id = await create("sums", {
      "x-amz-checksum-algorithm": "CRC32",
      "x-amz-checksum-type": "FULL_OBJECT",
    });
    const part = (number: number, body: string, checksum: string) =>
      s3.send(`PUT /multi/sums?partNumber=${number}&uploadId=${id}`, {
        body,
        headers: { "x-amz-checksum-crc32": checksum },
      });
    // CRC32: of "12345" cbf53a1c, of "6789" 9dbabf87, of "123456789" cbf43926.
    assert.equal((await part(1, "12345", "y/U6HA==")).status, 200);
    assert.equal((await part(2, "6789", "nbq/hw==")).status, 200);
    const parts: [number, string][] = [
      [1, "12345"],
      [2, "6789"],
    ];
    assert.equal(
      (await complete("sums", id, parts, { "x-amz-checksum-crc32": "AAAAAA==" })).code,
      "BadDigest",
    );
    const done = await complete("sums", id, parts, { "x-amz-checksum-crc32": "y/Q5Jg==" });
    assert.deepEqual([done.status, all(done.text, "ChecksumCRC32")], [200, ["y/Q5Jg=="]]);
  });

  it("partNumber reads one part and tells how many there are", async () => {
    const id = await create("parts");
    await put("parts", id, 1, "11111");
    await put("parts", id, 2, "22");
    await complete("parts", id, [
      [1, "11111"],
      [2, "22"],
    ]);
    const second = await s3.send("GET /multi/parts?partNumber=2");
    assert.deepEqual(
      [second.status, second.text, second.headers["x-amz-mp-parts-count"], second.headers["content-range"]],
      [206, "22", "2", "bytes 5-6/7"],
    );
    assert.equal((await s3.send("HEAD /multi/parts?partNumber=1")).headers["content-length"], "5");
    assert.equal((await s3.send("GET /multi/parts?partNumber=3")).code, "InvalidPartNumber");
  });

  it("order, sizes, ETags and numbers are checked, and a refused completion changes nothing", async () => {
    const id = await create("checked");
    await put("checked", id, 1, "11111");
    await put("checked", id, 2, "2222");
    await put("checked", id, 3, "33333");
    assert.equal(
      (
        await complete("checked", id, [
          [2, "2222"],
          [1, "11111"],
        ])
      ).code,
      "InvalidPartOrder",
    );
    assert.equal((await complete("checked", id, [[1, "other"]])).code, "InvalidPart");
    assert.equal((await complete("checked", id, [[4, "11111"]])).code, "InvalidPart");
    assert.equal(
      (
        await complete("checked", id, [
          [2, "2222"],
          [3, "33333"],
        ])
      ).code,
      "EntityTooSmall",
    );
    assert.equal((await complete("checked", id, [])).code, "MalformedXML");
    assert.equal((await put("checked", id, 0, "x")).code, "InvalidArgument");
    assert.equal((await put("checked", id, 10001, "x")).code, "InvalidArgument");
    assert.equal((await s3.send("GET /multi/checked")).status, 404);
    assert.equal(
      (
        await complete("checked", id, [
          [1, "11111"],
          [2, "2222"],
        ])
      ).status,
      200,
    );
  });

  it("a part without an upload, or without a number, is an argument that is missing", async () => {
    for (const query of ["partNumber=1", "uploadId=x"]) {
      const sent = await s3.send(`PUT /multi/part?${query}`, { body: "x" });
      assert.deepEqual([sent.status, sent.code], [400, "InvalidArgument"]);
    }
    assert.equal((await s3.send("GET /multi/part")).code, "NoSuchKey");
  });

  it("ListParts and ListMultipartUploads page; abort removes", async () => {
    const first = await create("list/a");
    const second = await create("list/b");
    for (const number of [1, 2, 3]) await put("list/a", first, number, `part ${number}`);
    const page = await s3.send(`GET /multi/list/a?uploadId=${first}&max-parts=2`);
    assert.deepEqual([all(page.text, "PartNumber"), all(page.text, "IsTruncated")], [["1", "2"], ["true"]]);
    const rest = await s3.send(`GET /multi/list/a?uploadId=${first}&part-number-marker=2`);
    assert.deepEqual([all(rest.text, "PartNumber"), all(rest.text, "Size")], [["3"], ["6"]]);
    const uploads = await s3.send("GET /multi?uploads&prefix=list/&max-uploads=1");
    assert.deepEqual(
      [all(uploads.text, "UploadId"), all(uploads.text, "NextKeyMarker")],
      [[first], ["list/a"]],
    );
    assert.equal((await s3.send(`DELETE /multi/list/a?uploadId=${first}`)).status, 204);
    assert.equal((await s3.send(`DELETE /multi/list/a?uploadId=${first}`)).code, "NoSuchUpload");
    assert.equal((await put("list/a", first, 1, "x")).code, "NoSuchUpload");
    assert.deepEqual(all((await s3.send("GET /multi?uploads&prefix=list/")).text, "UploadId"), [second]);
  });

  it("UploadPartCopy copies a range of what one may read", async () => {
    await s3.send("PUT /multi/origin", { body: "0123456789" });
    const id = await create("copied");
    const copy = (headers: Record<string, string>) =>
      s3.send(`PUT /multi/copied?partNumber=1&uploadId=${id}`, {
        headers: { "x-amz-copy-source": "multi/origin", ...headers },
      });
    const part = await copy({ "x-amz-copy-source-range": "bytes=2-7" });
    assert.equal(all(part.text, "ETag")[0], `"${md5("234567").toString("hex")}"`);
    assert.equal((await copy({ "x-amz-copy-source-range": "bytes=2-99" })).status, 416);
    await complete("copied", id, [[1, "234567"]]);
    assert.equal((await s3.send("GET /multi/copied")).text, "234567");
  });

  it("another user without rights can neither see, add, complete nor abort", async () => {
    const id = await create("mine");
    for (const line of [
      `PUT /multi/mine?partNumber=1&uploadId=${id}`,
      `GET /multi/mine?uploadId=${id}`,
      `POST /multi/mine?uploadId=${id}`,
      `DELETE /multi/mine?uploadId=${id}`,
      "GET /multi?uploads",
    ]) {
      assert.equal(
        (await s3.send(line, { as: other, body: line.startsWith("P") ? "x" : "" })).status,
        403,
        line,
      );
    }
  });

  it("completing with If-None-Match: * does not overwrite", async () => {
    await s3.send("PUT /multi/taken", { body: "x" });
    const id = await create("taken");
    await put("taken", id, 1, "y");
    assert.equal(
      (await complete("taken", id, [[1, "y"]], { "if-none-match": "*" })).code,
      "PreconditionFailed",
    );
    assert.equal((await s3.send("GET /multi/taken")).text, "x");
  });
});
