/** A signal ends what stands still: the caller is told at once, and the stream that was handed in is let go. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { test } from "node:test";
import { S3Client } from "../../src/client/s3-client.ts";
import { fakeServer } from "./fake-server.ts";

const stop = new Error("stop");

/** Waits for what is aborted after a moment. */
async function isAborted(ask: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const asked = ask(controller.signal);
  setTimeout(() => controller.abort(stop), 20);
  await assert.rejects(asked, stop);
}

async function* stalling(): AsyncGenerator<string> {
  yield "a";
  await new Promise(() => {});
}

const never = (): Promise<never> => new Promise(() => {});

for (const when of ["while it stands still", "before it has begun"] as const) {
  test(`upload() of a stream, aborted ${when}, ends the stream`, async () => {
    await using server = await fakeServer((_, response) => response.end());
    const body = new Readable({ read() {} });
    const closed = new Promise((resolve) => body.once("close", resolve));
    const upload = (signal: AbortSignal): Promise<unknown> =>
      server.client().upload({ bucket: "b", key: "k", body }, { signal });
    if (when === "before it has begun") await assert.rejects(upload(AbortSignal.abort(stop)), stop);
    else await isAborted(upload);
    await closed;
    assert.equal(server.seen.length, 0);
  });
}

test("upload() of a web stream that stands still is aborted, and cancels it", async () => {
  await using server = await fakeServer((_, response) => response.end());
  let cancelled = (): void => {};
  const ended = new Promise<void>((resolve) => (cancelled = resolve));
  const body = new ReadableStream<Uint8Array>({ cancel: () => cancelled() });
  await isAborted((signal) => server.client().upload({ bucket: "b", key: "k", body }, { signal }));
  await ended;
});

test("upload() whose part is refused does not wait for a stream that stands still", async () => {
  await using server = await fakeServer((request, response) => {
    if (request.target.includes("uploads"))
      response.end("<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
    else response.writeHead(request.method === "PUT" ? 403 : 204).end();
  });
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(11 * 1024 * 1024);
    await never();
  }
  await assert.rejects(
    server.client({ partSizeBytes: 5 * 1024 * 1024 }).upload({ bucket: "b", key: "k", body: parts() }),
    { code: "AccessDenied" },
  );
});

test("putObject() ends a stream that the server does not want", async () => {
  // It answers before it has read the body.
  const server = createServer((_, response) => response.writeHead(403, { connection: "close" }).end());
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new S3Client({ endpoint, env: {}, anon: true });
  const body = new Readable({ read() {} });
  body.push("x");
  const closed = new Promise((resolve) => body.once("close", resolve));
  await assert.rejects(client.putObject({ bucket: "b", key: "k", body, contentLength: 1e9 }), {
    code: "AccessDenied",
  });
  await closed;
  await client.close();
  server.close();
});

test("deleteMany() is aborted while its keys stand still", async () => {
  await using server = await fakeServer((_, response) => response.end());
  await isAborted((signal) => server.client().deleteMany("b", stalling(), { signal }));
});

test("any request is aborted while credentials are waited for", async () => {
  const client = new S3Client({ endpoint: "http://127.0.0.1:9", env: {}, credentials: never });
  await isAborted((signal) => client.headBucket({ bucket: "b" }, { signal }));
});
