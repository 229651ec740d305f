import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Seen, fakeServer, sendError } from "../../test/client/fake-server.ts";

const object = { bucket: "b", key: "k" };
const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));

/** Answers a GET as S3 does, but sends only the first `limit` bytes. */
function serve(
  request: Seen,
  response: ServerResponse,
  limit = Number.POSITIVE_INFINITY,
  bytes = content,
): void {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const start = Number(range?.[1] ?? 0);
  const end = range?.[2] ? Number(range[2]) : bytes.length - 1;
  response.writeHead(range === null ? 200 : 206, {
    etag: '"etag-1"',
    "content-length": String(end - start + 1),
    ...(range === null ? {} : { "content-range": `bytes ${start}-${end}/${bytes.length}` }),
  });
  const part = bytes.subarray(start, Math.min(end + 1, start + limit));
  if (part.length === end - start + 1) response.end(part);
  else response.write(part, () => setTimeout(() => response.destroy(), 10));
}

test("a body that breaks is resumed where it stopped, held to its ETag", async () => {
  await using server = await fakeServer((request, response) => serve(request, response, 30_000));
  const progress: number[] = [];
  const { body } = await server
    .client()
    .getObject(object, { onProgress: ({ loadedBytes }) => progress.push(loadedBytes) });
  assert.ok(content.equals(await body.bytes()));
  assert.deepEqual(
    server.seen.map(({ headers }) => [headers.range, headers["if-match"]]),
    [
      [undefined, undefined],
      ["bytes=30000-99999", '"etag-1"'],
      ["bytes=60000-99999", '"etag-1"'],
      ["bytes=90000-99999", '"etag-1"'],
    ],
  );
  assert.equal(progress.at(-1), 100_000);
});

test("a range that breaks is resumed within itself", async () => {
  await using server = await fakeServer((request, response, nth) =>
    serve(request, response, nth === 1 ? 500 : undefined),
  );
  const { body, size, contentLength } = await server
    .client()
    .getObject({ ...object, range: "bytes=1000-1999" });
  assert.ok(content.subarray(1000, 2000).equals(await body.bytes()));
  assert.deepEqual([size, contentLength], [100_000, 1000]);
  assert.equal(server.seen[1]?.headers.range, "bytes=1500-1999");
});

test("a body that stands still is resumed", async () => {
  await using server = await fakeServer((request, response, nth) => {
    if (nth > 1) return serve(request, response);
    response.writeHead(200, { etag: '"etag-1"', "content-length": "100000" });
    return response.write(content.subarray(0, 10));
  });
  const { body } = await server.client({ timeouts: { bodyMs: 100 } }).getObject(object);
  assert.ok(content.equals(await body.bytes()));
});

test("an object that was replaced meanwhile is noticed", async () => {
  await using server = await fakeServer((request, response, nth) =>
    nth === 1 ? serve(request, response, 10) : sendError(response, 412, "PreconditionFailed"),
  );
  const { body } = await server.client().getObject(object);
  await assert.rejects(body.bytes(), { code: "ObjectChanged", name: "S3DataError" });
});

test("a body that never gets further is given up after three attempts", async () => {
  await using server = await fakeServer((request, response, nth) =>
    serve(request, response, nth === 1 ? 10 : 0),
  );
  const { body } = await server.client().getObject(object);
  await assert.rejects(body.bytes(), /broke after 10 of 100000 bytes/);
  assert.equal(server.seen.length, 3);
});

test("a checksum that the answer names is verified, also over a resumed body", async () => {
  let checksum = "y/Q5Jg==";
  await using server = await fakeServer((request, response) => {
    response.setHeader("x-amz-checksum-crc32", checksum);
    serve(request, response, 4, Buffer.from("123456789"));
  });
  const client = server.client({ responseChecksums: "whenSupported" });
  assert.equal(await (await client.getObject(object)).body.text(), "123456789");
  assert.equal(server.seen[0]?.headers["x-amz-checksum-mode"], "ENABLED");
  checksum = "AAAAAA==";
  await assert.rejects((await client.getObject(object)).body.text(), {
    code: "ChecksumMismatch",
    message: /CRC32 of what arrived is y\/Q5Jg==/,
  });
});

test("a body is text, JSON, a Blob and a web stream, once", async () => {
  await using server = await fakeServer((request, response) =>
    serve(request, response, undefined, Buffer.from('{"a":"ü"}')),
  );
  const client = server.client();
  const get = async () => (await client.getObject(object)).body;
  assert.deepEqual(await (await get()).json(), { a: "ü" });
  assert.equal((await (await get()).blob("text/x")).type, "text/x");
  assert.equal(await new Response((await get()).stream()).text(), '{"a":"ü"}');
  const body = await get();
  await body.text();
  await assert.rejects(body.text(), /read already/);
});

test("a body that is given up frees its connection, read from or not", async () => {
  await using server = await fakeServer((_, response) => {
    response.writeHead(200, { etag: '"e"', "content-length": "10000000" });
    response.write(Buffer.alloc(1000));
  });
  const client = server.client({ maxConnections: 1 });
  (await client.getObject(object)).body.cancel();
  await (await client.getObject(object)).body.stream().cancel();
  for await (const _ of (await client.getObject(object)).body) break;
  await client.getObject(object);
  assert.equal(server.seen.length, 4);
});

async function withDirectory(use: (path: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "stowage-client-"));
  try {
    await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("downloadFile() fetches a large object by ranges and puts them where they belong", async () => {
  const large = Buffer.alloc(12 * 1024 * 1024);
  for (let i = 0; i < large.length; i += 4096) large.writeUInt32LE(i, i);
  await using server = await fakeServer((request, response, nth) =>
    serve(request, response, nth === 2 ? 1_000_000 : undefined, large),
  );
  await withDirectory(async (directory) => {
    const path = join(directory, "large");
    let loaded = 0;
    const info = await server.client({ partSizeBytes: 5 * 1024 * 1024 }).downloadFile(object, path, {
      onProgress: ({ loadedBytes }) => (loaded = loadedBytes),
    });
    assert.ok(large.equals(await readFile(path)));
    assert.deepEqual([info.size, loaded], [large.length, large.length]);
    assert.deepEqual(await readdir(directory), ["large"]);
  });
  assert.ok(server.seen.slice(1).every(({ headers }) => headers["if-match"] === '"etag-1"'));
});

test("downloadFile() leaves what was there when it fails", async () => {
  await using server = await fakeServer((request, response, nth) =>
    nth === 1 ? serve(request, response, 10) : sendError(response, 403, "AccessDenied"),
  );
  await withDirectory(async (directory) => {
    const path = join(directory, "file");
    await writeFile(path, "what was there");
    await assert.rejects(server.client().downloadFile(object, path));
    assert.equal(await readFile(path, "utf8"), "what was there");
    assert.deepEqual(await readdir(directory), ["file"]);
  });
});

test("downloadFile() makes an empty file of an empty object", async () => {
  await using server = await fakeServer((_, response) => {
    response.writeHead(200, { etag: '"e"', "content-length": "0" });
    response.end();
  });
  await withDirectory(async (directory) => {
    await server.client().downloadFile(object, join(directory, "empty"));
    assert.equal((await readFile(join(directory, "empty"))).length, 0);
  });
});

test("downloadFile() with resume goes on where another has stopped, and begins anew with another object", async () => {
  const mebibyte = 1024 * 1024;
  const large = Buffer.alloc(17 * mebibyte, "0123456789a");
  let refuses = true;
  await using server = await fakeServer((request, response) => {
    if (refuses && request.headers.range?.startsWith(`bytes=${10 * mebibyte}-`) === true) {
      return sendError(response, 403, "AccessDenied");
    }
    return serve(request, response, undefined, large);
  });
  const directory = await mkdtemp(join(tmpdir(), "stowage-resume-"));
  const path = join(directory, "file");
  const options = { resume: true, partSizeBytes: 5 * mebibyte, concurrency: 1 };
  const loaded: number[] = [];
  try {
    await writeFile(path, "what was there");
    await assert.rejects(server.client().downloadFile(object, path, options), { code: "AccessDenied" });
    assert.equal(await readFile(path, "utf8"), "what was there");
    assert.deepEqual((await readdir(directory)).toSorted(byName), [
      ".file.stowage-part",
      ".file.stowage-part.ranges",
      "file",
    ]);
    refuses = false;
    const before = server.seen.length;
    await server.client().downloadFile(object, path, {
      ...options,
      onProgress: ({ loadedBytes }) => loaded.push(loadedBytes),
    });
    assert.ok(large.equals(await readFile(path)));
    assert.deepEqual(await readdir(directory), ["file"]);
    assert.deepEqual(
      server.seen.slice(before).map(({ headers }) => headers.range),
      [undefined, ...[10, 15].map((at) => `bytes=${at * mebibyte}-${Math.min(at + 5, 17) * mebibyte - 1}`)],
    );
    assert.ok((loaded[0] ?? 0) > 10 * mebibyte);
    assert.equal(loaded.at(-1), large.length);

    // What is left of another object is of no use.
    await writeFile(join(directory, ".file.stowage-part"), "other bytes");
    const other = { ...object, etag: "etag-0", size: large.length, partSize: 5 * mebibyte };
    await writeFile(join(directory, ".file.stowage-part.ranges"), `${JSON.stringify(other)}\n[0,""]\n`);
    await server.client().downloadFile(object, path, options);
    assert.ok(large.equals(await readFile(path)));
    assert.deepEqual(await readdir(directory), ["file"]);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("downloadFile() writes files whose names are as long as names may be", async () => {
  const large = Buffer.alloc(11 * 1024 * 1024, "long name");
  await using server = await fakeServer((request, response) => serve(request, response, undefined, large));
  const directory = await mkdtemp(join(tmpdir(), "stowage-long-"));
  try {
    for (const name of ["n".repeat(255), "ü".repeat(127), "語".repeat(85)]) {
      for (const resume of [false, true]) {
        await server
          .client()
          .downloadFile(object, join(directory, name), { resume, partSizeBytes: 5 * 1024 ** 2 });
        assert.deepEqual(await readdir(directory), [name]);
      }
      await rm(join(directory, name));
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}
