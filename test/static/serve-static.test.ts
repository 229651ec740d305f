/** Static files by the middleware, over real sockets. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import express from "express";
import { Hono } from "hono";
import { serveStatic } from "../../src/express.ts";
import { createStaticSite, openStaticFiles, type StaticFiles } from "../../src/static.ts";
import { memory } from "../../src/storage.ts";
import { siteFolder } from "./site.ts";

const style = "a { color: red }\n".repeat(10_000);

async function filesOf(root: string): Promise<StaticFiles> {
  return openStaticFiles(createStaticSite({ storages: { staticfiles: memory() } }, { root }), {
    development: true,
  });
}

async function listening(
  listener: RequestListener,
): Promise<{ readonly url: string; readonly port: number; [Symbol.asyncDispose](): Promise<void> }> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

for (const mounted of [false, true]) {
  test(`serveStatic() in Express${mounted ? ", mounted at the path" : ""}: files are served, all else goes on`, async () => {
    using folder = siteFolder({ "static/css/site.css": style });
    const app = express();
    app.use((_request, response, next) => {
      response.setHeader("content-security-policy", "default-src 'self'");
      next();
    });
    const middleware = serveStatic(await filesOf(folder.root));
    if (mounted) app.use("/static", middleware);
    else app.use(middleware);
    app.use((_request, response) => response.send("the application's"));
    await using site = await listening(app as RequestListener);

    const response = await fetch(`${site.url}/static/css/site.css?v=1`);
    assert.equal(response.headers.get("content-type"), "text/css");
    assert.equal(response.headers.get("content-security-policy"), "default-src 'self'");
    assert.equal(await response.text(), style);
    const etag = response.headers.get("etag")!;
    const path = `${site.url}/static/css/site.css`;
    assert.equal((await fetch(path, { headers: { "if-none-match": etag } })).status, 304);
    const part = await fetch(path, { headers: { range: "bytes=0-0" } });
    assert.deepEqual([part.status, await part.text()], [206, "a"]);
    const head = await fetch(path, { method: "HEAD" });
    assert.deepEqual([head.status, head.headers.get("content-length")], [200, String(style.length)]);
    assert.equal((await fetch(path, { method: "DELETE" })).status, 405);
    assert.equal((await fetch(`${site.url}/static/none.css`)).status, 404);
    assert.equal(await (await fetch(`${site.url}/about`)).text(), "the application's");
  });
}

test("serveStatic() on node:http: strange targets are no files, and a client that goes away is no error", async () => {
  using folder = siteFolder({ "static/css/site.css": style, "secret.txt": "secret" });
  const middleware = serveStatic(await filesOf(folder.root));
  await using site = await listening((request, response) => middleware(request, response));
  for (const [target, status] of [
    ["/static/css/site.css", 200],
    ["//static/css/site.css", 404],
    ["http://elsewhere/static/css/site.css", 404],
    ["/static/../secret.txt", 404],
    ["/static/%2e%2e/secret.txt", 404],
    ["/static/..%2fsecret.txt", 404],
    ["/static/%zz", 404],
    ["*", 404],
  ] as const) {
    const socket = connect(site.port, "127.0.0.1");
    socket.write(
      `${target === "*" ? "OPTIONS" : "GET"} ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    );
    assert.match(await text(socket), new RegExp(`^HTTP/1\\.1 ${status} `), target);
  }
  const socket = connect(site.port, "127.0.0.1");
  socket.write("GET /static/css/site.css HTTP/1.1\r\nhost: x\r\n\r\n");
  await once(socket, "data");
  socket.destroy();
  assert.equal((await fetch(`${site.url}/static/css/site.css`)).status, 200);
});

test("respond() is a middleware of Hono, as the guide has it", async () => {
  using folder = siteFolder({ "static/css/site.css": style });
  const files = await filesOf(folder.root);
  const app = new Hono();
  app.use(async (c, next) => (await files.respond(c.req.raw)) ?? next());
  app.get("/about", (c) => c.text("the application's"));
  assert.equal(await (await app.request("/static/css/site.css")).text(), style);
  assert.equal(await (await app.request("/about")).text(), "the application's");
});
