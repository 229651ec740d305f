import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { fakeServer } from "../../test/client/fake-server.ts";

const object = { bucket: "b", key: "k" };
const stream = (): Readable => Readable.from([Buffer.from("hello "), Buffer.from("world")]);
const ok = (_: unknown, response: { end(): unknown }): unknown => response.end();

test("bytes are signed by their SHA-256, with no checksum beside it where none is required", async () => {
  await using server = await fakeServer(ok);
  await server.client().putObject({ ...object, body: "hello" });
  const { headers } = server.seen[0]!;
  assert.equal(
    headers["x-amz-content-sha256"],
    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
  );
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.includes("checksum")),
    [],
  );
});

test("bytes carry a CRC32 where checksums are wanted, and any other algorithm on request", async () => {
  await using server = await fakeServer(ok);
  const client = server.client({ requestChecksums: "whenSupported" });
  await client.putObject({ ...object, body: "123456789" });
  await client.putObject({ ...object, body: "123456789", checksumAlgorithm: "CRC32C" });
  await client.putObject({ ...object, body: "123456789", contentMd5: "JfnnlDI7RTiF9RgfG2JNCw==" });
  const [first, second, third] = server.seen.map(({ headers }) => headers);
  assert.equal(first?.["x-amz-checksum-crc32"], "y/Q5Jg==");
  assert.equal(second?.["x-amz-checksum-crc32c"], "4waSgw==");
  assert.equal(third?.["x-amz-checksum-crc32"], undefined);
});

test("a stream goes in signed chunks, its checksum behind it", async () => {
  await using server = await fakeServer(ok);
  await server
    .client()
    .putObject({ ...object, body: stream(), contentLength: 11, checksumAlgorithm: "CRC32" });
  const { headers, body } = server.seen[0]!;
  assert.equal(headers["x-amz-content-sha256"], "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER");
  assert.equal(headers["x-amz-decoded-content-length"], "11");
  assert.equal(headers["content-encoding"], "aws-chunked");
  assert.equal(Number(headers["content-length"]), body.length);
  assert.match(
    body.toString(),
    /^b;chunk-signature=\w{64}\r\nhello world\r\n0;chunk-signature=\w{64}\r\nx-amz-checksum-crc32:DUoRhQ==\r\n/,
  );
});

test("an anonymous stream, and one of version 2, goes as it is", async () => {
  await using server = await fakeServer(ok);
  await server.client({ anon: true }).putObject({ ...object, body: stream(), contentLength: 11 });
  await server.client({ signatureVersion: "v2" }).putObject({ ...object, body: stream(), contentLength: 11 });
  assert.deepEqual(
    server.seen.map(({ body }) => body.toString()),
    ["hello world", "hello world"],
  );
  assert.equal(server.seen[0]?.headers.authorization, undefined);
  assert.match(server.seen[1]?.headers.authorization ?? "", /^AWS AKID:/);
});

test("deleteObjects() always carries a Content-MD5", async () => {
  await using server = await fakeServer((_, response) => response.end("<DeleteResult/>"));
  await server.client().deleteObjects({ bucket: "b", objects: [{ key: "a & b" }] });
  const { headers, body } = server.seen[0]!;
  assert.match(headers["content-md5"]?.toString() ?? "", /^[\w+/]{22}==$/);
  assert.match(body.toString(), /<Key>a &amp; b<\/Key>/);
});
