import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { type FakeServer, fakeServer, type Seen, sendXml } from "../../test/client/fake-server.ts";
import { S3Connection } from "./connection.ts";

const credentials = { accessKeyId: "AKID", secretAccessKey: "secret" };

/** Answers uploads as AWS does: parts are told with the checksum that they came with. */
function store({ method, target, headers }: Seen, response: ServerResponse): void {
  if (method === "POST" && target.endsWith("?uploads")) {
    sendXml(
      response,
      "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>",
    );
  } else if (method === "POST") {
    sendXml(response, "<CompleteMultipartUploadResult><ETag>e-2</ETag></CompleteMultipartUploadResult>");
  } else if (headers["x-amz-copy-source"] !== undefined) {
    sendXml(
      response,
      "<CopyPartResult><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>e2</ETag><ChecksumCRC32>y/Q5Jg==</ChecksumCRC32></CopyPartResult>",
    );
  } else {
    const told = headers["x-amz-checksum-crc32"];
    if (told !== undefined) response.setHeader("x-amz-checksum-crc32", told);
    response.setHeader("etag", `"e1"`).end();
  }
}

test("the parts of an upload have the checksum that it was begun with, also when it completes", async () => {
  await using server = await fakeServer(store);
  await using conn = new S3Connection({
    credentials,
    env: {},
    endpoint: server.url,
    requestChecksums: "whenSupported",
  });
  const bucket = await conn.getBucket("b", { validate: false });
  const upload = await bucket.initiateMultipartUpload("k");
  await upload.uploadPart(1, "123456789");
  await upload.copyPartFromKey("b", "source", 2);
  await upload.completeUpload();
  const [begun, part, , completion] = server.seen;
  assert.equal(begun?.headers["x-amz-checksum-algorithm"], "CRC32");
  assert.equal(part?.headers["x-amz-checksum-crc32"], "y/Q5Jg==");
  assert.equal(completion?.body.toString().match(/<ChecksumCRC32>y\/Q5Jg==</g)?.length, 2);
});

test("a part of an upload that was begun without a checksum has none: AWS would refuse it", async () => {
  await using server = await fakeServer(store);
  const client = server.client({ requestChecksums: "whenSupported" });
  const { uploadId } = await client.createMultipartUpload({ bucket: "b", key: "k" });
  const part = { bucket: "b", key: "k", uploadId, partNumber: 1, body: "123456789" };
  await client.uploadPart(part);
  await client.uploadPart({ ...part, checksumAlgorithm: "CRC32" });
  const [begun, plain, asked] = server.seen.map(({ headers }) => headers);
  assert.equal(begun?.["x-amz-checksum-algorithm"], undefined);
  assert.equal(plain?.["x-amz-checksum-crc32"], undefined);
  assert.equal(asked?.["x-amz-checksum-crc32"], "y/Q5Jg==");
});

test("uploads have their keys where a server encodes names and does not say so, as Ceph's RGW, and where it does neither", async () => {
  const list = (key: string): string =>
    `<ListMultipartUploadsResult><Upload><Key>${key}</Key><UploadId>u</UploadId><Initiated>2026-01-01T00:00:00Z</Initiated></Upload></ListMultipartUploadsResult>`;
  await using rgw = await fakeServer(({ target }, response) =>
    sendXml(response, list(target.includes("encoding-type=url") ? "a%20b%25" : "a b%")),
  );
  await using plain = await fakeServer((_, response) => sendXml(response, list("100%")));
  const keysOf = async (server: FakeServer): Promise<string[]> =>
    (await server.client().listMultipartUploads({ bucket: "b" })).uploads.map(({ key }) => key);
  assert.deepEqual(await keysOf(rgw), ["a b%"]);
  assert.deepEqual(await keysOf(plain), ["100%"]);
});
