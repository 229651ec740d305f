import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { fakeServer } from "../../test/client/fake-server.ts";
import { ConnectionError, type HttpRequest } from "./http.ts";
import { createPools } from "./transport.ts";

const request: Omit<HttpRequest, "origin"> = {
  method: "GET",
  target: "/",
  headers: {},
  body: null,
  headersTimeoutMs: 5000,
  bodyTimeoutMs: 5000,
};

test("createPools() sends the path as it is, dots and slashes and all", async () => {
  await using server = await fakeServer((_, response) => response.end());
  const transport = createPools();
  const target = "/bucket//a/../b/./%2e%2E/^/%C3%BC?x=%2B&y";
  await (await transport.send({ ...request, origin: server.url, target })).body.bytes();
  assert.equal(server.seen[0]?.target, target);
  transport.destroy();
});

test("createPools() lowers the names of headers, joins repeated ones and keeps bytes above 0x7f", async () => {
  await using server = await fakeServer((_, response) => {
    response.writeHead(200, ["X-One", "1", "X-One", "2", "X-Two", "K\u00c3\u00b6ln"]);
    response.end();
  });
  const transport = createPools();
  const { headers } = await transport.send({ ...request, origin: server.url });
  assert.equal(headers["x-one"], "1, 2");
  assert.equal(headers["x-two"], "K\u00c3\u00b6ln");
  transport.destroy();
});

test("createPools() keeps the connection after a HEAD, found or not", async () => {
  await using server = await fakeServer((_, response, nth) => {
    response.writeHead(nth % 2 === 0 ? 404 : 200, { "content-length": "1000" });
    response.end();
  });
  const transport = createPools();
  for (let nth = 1; nth <= 10; nth++) {
    const answer = await transport.send({ ...request, method: "HEAD", origin: server.url });
    assert.equal((await answer.body.bytes()).length, 0);
  }
  // One answers while the other's answer is being taken.
  assert.ok(new Set(server.seen.map(({ remotePort }) => remotePort)).size <= 2);
  transport.destroy();
});

test("createPools() takes nothing of a body that a server sends behind a HEAD for an answer", async () => {
  await using server = await fakeServer(({ method }, response) => {
    if (method === "HEAD") {
      response.socket?.write(
        "HTTP/1.1 200 OK\r\ncontent-length: 35\r\n\r\nHTTP/1.1 418 no\r\nx: 0123456789012\r\n\r\n",
      );
    } else response.end("right");
  });
  const transport = createPools();
  for (let nth = 1; nth <= 3; nth++) {
    const head = await transport.send({ ...request, method: "HEAD", origin: server.url });
    assert.equal(head.status, 200);
    const got = await transport.send({ ...request, origin: server.url });
    assert.equal(got.status, 200);
    assert.equal(Buffer.from(await got.body.bytes()).toString(), "right");
  }
  transport.destroy();
});

test("createPools() says that nobody listens", async () => {
  const transport = createPools();
  await assert.rejects(
    transport.send({ ...request, origin: "http://127.0.0.1:9" }),
    (error) => error instanceof ConnectionError && error.code === "ECONNREFUSED" && !error.timeout,
  );
});

test("createPools() gives up an answer whose headers do not come", async () => {
  await using server = await fakeServer(() => {});
  const transport = createPools();
  await assert.rejects(
    transport.send({ ...request, origin: server.url, headersTimeoutMs: 50 }),
    (error) => error instanceof ConnectionError && error.timeout,
  );
  transport.destroy();
});

test("createPools() hands out what arrived before the connection broke", async () => {
  await using server = await fakeServer((_, response) => {
    response.writeHead(200, { "content-length": "10" });
    response.write("12345", () => setTimeout(() => response.destroy(), 20));
  });
  const transport = createPools();
  const { body } = await transport.send({ ...request, origin: server.url });
  const pieces: string[] = [];
  await assert.rejects(async () => {
    for await (const piece of body) pieces.push(Buffer.from(piece).toString());
  }, ConnectionError);
  assert.equal(pieces.join(""), "12345");
  transport.destroy();
});

test("createPools() does not wait for a reader: a slow one pauses the socket", async () => {
  const size = 16 * 1024 * 1024;
  let handedOver = 0;
  await using server = await fakeServer(async (_, response) => {
    response.writeHead(200, { "content-length": String(size) });
    const piece = Buffer.alloc(64 * 1024);
    for (let sent = 0; sent < size; sent += piece.length) {
      if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
      handedOver += piece.length;
    }
    response.end();
  });
  const transport = createPools();
  const { body } = await transport.send({ ...request, origin: server.url });
  await new Promise((resolve) => {
    setTimeout(resolve, 200);
  });
  assert.ok(handedOver < size, "the whole body was taken in although nobody read");
  assert.equal((await body.bytes()).length, size);
  transport.destroy();
});

test("createPools() ends a body whose rest was waiting in the socket when its reader came back", async () => {
  const size = 512 * 1024 + 20_000;
  await using server = await fakeServer((_, response) => response.end(Buffer.alloc(size)));
  const transport = createPools();
  const { body } = await transport.send({ ...request, origin: server.url });
  await new Promise((resolve) => {
    setTimeout(resolve, 100);
  });
  assert.equal((await body.bytes()).length, size);
  transport.destroy();
});

test("a transport's aborted request frees its connection and throws the reason", async () => {
  await using server = await fakeServer((_, response, nth) => (nth === 1 ? undefined : response.end("ok")));
  const transport = createPools({ maxConnections: 1 });
  const stop = new AbortController();
  const first = transport.send({ ...request, origin: server.url, signal: stop.signal });
  setTimeout(() => stop.abort(new Error("enough")), 30);
  await assert.rejects(first, /enough/);
  const { body } = await transport.send({ ...request, origin: server.url });
  assert.equal(Buffer.from(await body.bytes()).toString(), "ok");
  transport.destroy();
});

test("a cancelled body frees its connection", async () => {
  await using server = await fakeServer((_, response) => {
    response.writeHead(200, { "content-length": "1000000" });
    response.write(Buffer.alloc(1000));
  });
  const transport = createPools({ maxConnections: 1 });
  for (let i = 0; i < 3; i++) (await transport.send({ ...request, origin: server.url })).body.cancel();
  assert.equal(server.seen.length, 3);
  transport.destroy();
});

test("what a request's own body throws comes out as it is, and is no ConnectionError", async () => {
  await using server = await fakeServer((_, response) => response.end());
  const transport = createPools();
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(10);
    throw new RangeError("the disk is gone");
  }
  const headers = { "content-length": "20" };
  await assert.rejects(
    transport.send({ ...request, method: "PUT", origin: server.url, headers, body: body() }),
    (error) => error instanceof RangeError && error.message === "the disk is gone",
  );
  transport.destroy();
});

test("createPools() may be closed twice", async () => {
  await using server = await fakeServer((_, response) => response.end());
  const transport = createPools();
  await (await transport.send({ ...request, origin: server.url })).body.bytes();
  await Promise.all([transport.close(), transport.close()]);
  await transport.close();
});

test("createPools() gives up waiting where all connections hold bodies that nobody reads", async () => {
  await using server = await fakeServer((_, response) => response.end(Buffer.alloc(8 * 1024 * 1024)));
  const transport = createPools({ maxConnections: 2 });
  const send = (): ReturnType<typeof transport.send> =>
    transport.send({ ...request, origin: server.url, headersTimeoutMs: 200 });
  const [one, other] = await Promise.all([send(), send()]);
  await assert.rejects(
    send(),
    /^TypeError: No connection became free within 200 ms: all 2 hold bodies that nobody reads\. Read or cancel/,
  );
  // One that is read is waited for.
  const third = send();
  await wait(100);
  assert.equal((await one.body.bytes()).length, 8 * 1024 * 1024);
  const { body } = await third;
  body.cancel();
  other.body.cancel();
  transport.destroy();
});

test("createPools() takes one signal for many requests without a warning", async () => {
  await using server = await fakeServer((_, response) => response.end());
  const warnings: Error[] = [];
  const warn = (warning: Error): unknown => warnings.push(warning);
  process.on("warning", warn);
  const { signal } = new AbortController();
  const client = server.client();
  await Promise.all(Array.from({ length: 30 }, () => client.headBucket({ bucket: "b" }, { signal })));
  await wait(10);
  process.off("warning", warn);
  assert.deepEqual(warnings, []);
});
