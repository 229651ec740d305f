import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { test } from "node:test";
import { md5Hex } from "../s3/hash.ts";
import { type FakeServer, type Seen, fakeServer, sendError, sendXml } from "../../test/client/fake-server.ts";
import { partSizeFor } from "./upload.ts";

const object = { bucket: "b", key: "k" };
const mebibyte = 1024 * 1024;

/** Answers uploads as S3 does. */
function store(request: Seen, response: ServerResponse): void {
  const { method, target, body } = request;
  if (method === "POST" && target.endsWith("?uploads")) {
    sendXml(
      response,
      "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>",
    );
  } else if (method === "POST") {
    sendXml(
      response,
      `<CompleteMultipartUploadResult><ETag>"whole-2"</ETag></CompleteMultipartUploadResult>`,
    );
  } else if (method === "DELETE") {
    response.writeHead(204).end();
  } else {
    response.setHeader("etag", `"${md5Hex(body)}"`).end();
  }
}

function lines({ seen }: FakeServer): string[] {
  return seen.map(({ method, target, body }) =>
    `${method} ${target} ${method === "PUT" ? body.length : ""}`.trim(),
  );
}

async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(size, i);
}

test("upload() of a short stream of unknown length is one PUT", async () => {
  await using server = await fakeServer(store);
  const { size } = await server.client().upload({ ...object, body: Readable.from(pieces(3, 1000)) });
  assert.equal(size, 3000);
  assert.deepEqual(lines(server), ["PUT /b/k 3000"]);
  assert.equal(server.seen[0]?.headers["content-length"], "3000");
});

test("upload() of an empty stream is one PUT of nothing", async () => {
  await using server = await fakeServer(store);
  const progress: unknown[] = [];
  await server
    .client()
    .upload({ ...object, body: Readable.from([]) }, { onProgress: (step) => progress.push(step) });
  assert.deepEqual(lines(server), ["PUT /b/k 0"]);
  assert.deepEqual(progress, [{ loadedBytes: 0, totalBytes: 0 }]);
});

test("upload() of a long stream goes in parts of one size, and completes with their ETags", async () => {
  await using server = await fakeServer(store);
  const written = await server
    .client()
    .upload(
      { ...object, body: pieces(18, mebibyte), metadata: { a: "1" }, ifNoneMatch: "*" },
      { concurrency: 1 },
    );
  assert.deepEqual(lines(server), [
    "POST /b/k?uploads",
    "PUT /b/k?uploadId=u1&partNumber=1 8388608",
    "PUT /b/k?uploadId=u1&partNumber=2 8388608",
    "PUT /b/k?uploadId=u1&partNumber=3 2097152",
    "POST /b/k?uploadId=u1",
  ]);
  assert.deepEqual(written, {
    etag: "whole-2",
    versionId: undefined,
    checksum: undefined,
    size: 18 * mebibyte,
  });
  const [created, part] = server.seen;
  assert.equal(created?.headers["x-amz-meta-a"], "1");
  assert.equal(part?.headers["x-amz-meta-a"], undefined);
  assert.equal(created?.headers["if-none-match"], undefined);
  const completion = server.seen.at(-1);
  assert.equal(completion?.headers["if-none-match"], "*");
  const etags = [...(completion?.body.toString() ?? "").matchAll(/<ETag>"(\w+)"/g)].map(([, etag]) => etag);
  assert.deepEqual(
    etags,
    server.seen.slice(1, 4).map(({ body }) => md5Hex(body)),
  );
});

test("upload() of a long stream sends each part's own bytes, though their memory is used again", async () => {
  const sent = new Map<number, number>();
  await using server = await fakeServer((request, response) => {
    const [, number] = /partNumber=(\d+)/.exec(request.target) ?? [];
    if (number !== undefined) sent.set(Number(number), request.body[0] ?? -1);
    if (request.body.some((byte) => byte !== request.body[0])) sent.set(Number(number), -1);
    store(request, response);
  });
  // One piece of 5 MiB is one part.
  const body = pieces(12, 5 * mebibyte);
  await server.client().upload({ ...object, body }, { partSizeBytes: 5 * mebibyte, concurrency: 3 });
  assert.deepEqual(
    [...sent].filter(([number]) => !Number.isNaN(number)).sort(([a], [b]) => a - b),
    Array.from({ length: 12 }, (_, i) => [i + 1, i]),
  );
});

test("upload() takes no more from a stream than the parts under way hold", async () => {
  let taken = 0;
  let arrived = 0;
  let mostAhead = 0;
  await using server = await fakeServer((request, response) => {
    if (request.method === "PUT") arrived += request.body.length;
    store(request, response);
  });
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 40; i++) {
      taken += mebibyte;
      mostAhead = Math.max(mostAhead, taken - arrived);
      yield Buffer.alloc(mebibyte);
    }
  }
  const partSizeBytes = 5 * mebibyte;
  await server.client().upload({ ...object, body: body() }, { partSizeBytes, concurrency: 2 });
  assert.equal(arrived, 40 * mebibyte);
  // Two under way, and one that is being collected, and the first piece of the one after.
  assert.ok(mostAhead <= 4 * partSizeBytes, `${mostAhead} bytes were held`);
});

test("upload() of bytes, a Blob and a file cuts without reading in order", async () => {
  await using server = await fakeServer(store);
  const body = Buffer.alloc(17 * mebibyte, 7);
  await server.client().upload({ ...object, body: new Blob([body]) });
  assert.deepEqual(
    server.seen
      .filter(({ method }) => method === "PUT")
      .map((part) => part.body.length)
      .sort((a, b) => a - b),
    [mebibyte, 8 * mebibyte, 8 * mebibyte],
  );
});

test("upload() aborts what it cannot finish, and lets go of the stream", async () => {
  await using server = await fakeServer((request, response) =>
    request.target.includes("partNumber=2")
      ? sendError(response, 403, "AccessDenied")
      : store(request, response),
  );
  let ended = false;
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      yield* pieces(100, mebibyte);
    } finally {
      ended = true;
    }
  }
  await assert.rejects(server.client().upload({ ...object, body: body() }), { code: "AccessDenied" });
  assert.ok(lines(server).includes("DELETE /b/k?uploadId=u1"));
  assert.ok(ended);
});

test("upload() aborts when its signal does", async () => {
  const stop = new AbortController();
  await using server = await fakeServer((request, response) => {
    if (request.method === "PUT") stop.abort(new Error("enough"));
    store(request, response);
  });
  await assert.rejects(
    server.client().upload({ ...object, body: pieces(100, mebibyte) }, { signal: stop.signal }),
    /enough/,
  );
  assert.ok(lines(server).includes("DELETE /b/k?uploadId=u1"));
});

test("upload() throws what the stream throws", async () => {
  await using server = await fakeServer(store);
  async function* body(): AsyncGenerator<Uint8Array> {
    yield* pieces(20, mebibyte);
    throw new Error("the source is gone");
  }
  await assert.rejects(server.client().upload({ ...object, body: body() }), /the source is gone/);
  assert.ok(lines(server).includes("DELETE /b/k?uploadId=u1"));
});

test("upload() tells progress by the byte, and takes back what is sent again", async () => {
  await using server = await fakeServer((request, response, nth) =>
    nth === 1 ? sendError(response, 503, "SlowDown") : store(request, response),
  );
  const loaded: number[] = [];
  await server
    .client()
    .upload(
      { ...object, body: Buffer.alloc(mebibyte) },
      { onProgress: ({ loadedBytes }) => loaded.push(loadedBytes) },
    );
  assert.equal(loaded.at(-1), mebibyte);
  assert.equal(loaded.filter((bytes) => bytes === 0).length, 1);
  assert.ok(loaded.length > 16);
});

test("a completion that was its own predecessor is told by the ETag of its parts", async () => {
  const parts = [1, 2].map((partNumber) => ({ partNumber, etag: md5Hex(String(partNumber)) }));
  const etag = `${md5Hex(Buffer.from(parts.map((part) => part.etag).join(""), "hex"))}-2`;
  await using server = await fakeServer((request, response, nth) => {
    if (nth === 1) response.destroy();
    else if (request.method === "HEAD") response.setHeader("etag", `"${etag}"`).end();
    else sendError(response, 404, "NoSuchUpload");
  });
  const completed = await server.client().completeMultipartUpload({ ...object, uploadId: "u", parts });
  assert.equal(completed.etag, etag);
});

test("partSizeFor() keeps to 10,000 parts and refuses more than 5 TiB", () => {
  assert.equal(partSizeFor(undefined, 8 * mebibyte), 8 * mebibyte);
  assert.equal(partSizeFor(80 * 1024 ** 3, 8 * mebibyte), Math.ceil((80 * 1024 ** 3) / 10_000));
  assert.throws(() => partSizeFor(5 * 1024 ** 4 + 1, mebibyte), /5497558138881 bytes/);
});

test("putObject() refuses a stream of unknown length, and names the way out", async () => {
  await using server = await fakeServer(store);
  await assert.rejects(server.client().putObject({ ...object, body: pieces(1, 1) }), /upload\(\)/);
});

test("putObject() refuses a stream that is shorter or longer than announced", async () => {
  await using server = await fakeServer(store);
  const client = server.client();
  await assert.rejects(
    client.putObject({ ...object, body: pieces(1, 5), contentLength: 4 }),
    /more than that/,
  );
  await assert.rejects(client.putObject({ ...object, body: pieces(1, 5), contentLength: 6 }), /has 5 bytes/);
});

test("a body that is none is refused, with what would be one", async () => {
  await using server = await fakeServer(store);
  const body = { a: 1 } as unknown as string;
  await assert.rejects(server.client().upload({ ...object, body }), /JSON\.stringify/);
});
