/** Links to static files and the answers with them, in development and in production. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import {
  collectStatic,
  createStaticSite,
  loadStatic,
  openStaticFiles,
  staticUrl,
  useStatic,
} from "../../src/static.ts";
import { memory, s3, type StaticConfig, type Storage } from "../../src/storage.ts";
import { startTestServer } from "../../src/testing.ts";
import { backends, siteFolder } from "./site.ts";

const files = {
  "static/css/site.css": "a { color: red }\n".repeat(50),
  "static/img/x.png": "PNG",
  "static/é t.txt": "x",
  "static/.env": "SECRET=1",
};

function siteOf(root: string, storage: Storage, config: StaticConfig = {}) {
  return createStaticSite({ storages: { staticfiles: storage }, static: config }, { root });
}

const get = (path: string, headers: Record<string, string> = {}): Request =>
  new Request(`http://localhost${path}`, { headers });

test("url() is plain in development, and nothing has to be collected", async () => {
  using folder = siteFolder(files);
  const { url, base } = await openStaticFiles(siteOf(folder.root, memory()), { development: true });
  assert.equal(base, "/static/");
  assert.equal(url("css/site.css"), "/static/css/site.css");
  assert.equal(url("missing?"), "/static/missing?");
  assert.equal(url("é t.txt#a"), "/static/%C3%A9%20t.txt#a");
});

test("url() has the hash in production, and a name that was not collected is an error", async () => {
  using folder = siteFolder(files);
  const site = siteOf(folder.root, memory(), { url: "https://cdn.example.com/s/" });
  await assert.rejects(openStaticFiles(site, { development: false }), {
    code: "ManifestMissing",
    message: /Run stowage collectstatic/,
  });
  await collectStatic(site);
  const { url } = await openStaticFiles(site, { development: false });
  assert.equal(url("img/x.png"), "https://cdn.example.com/s/img/x.55505ba281b0.png");
  assert.equal(url("img/x.png?v=1#a"), "https://cdn.example.com/s/img/x.55505ba281b0.png?v=1#a");
  assert.equal(url("img/"), "https://cdn.example.com/s/img/");
  for (const name of ["nope.css", "/img/x.png", ".env", "img/x.55505ba281b0.png"]) {
    assert.throws(() => url(name), { code: "StaticFileMissing", message: new RegExp(JSON.stringify(name)) });
  }
});

test("openStaticFiles() in production names a manifest that is broken", async () => {
  const storage = memory();
  await storage.save("staticfiles.json", "{");
  await assert.rejects(openStaticFiles(siteOf(".", storage), { development: false }), {
    code: "ManifestCorrupt",
  });
});

test("url() begins where the storage says that its files are, unless it signs", async () => {
  using folder = siteFolder(files);
  await using server = await startTestServer();
  const site = siteOf(folder.root, s3({ ...server.storageOptions, location: "st", querystringAuth: false }));
  await collectStatic(site);
  const { url } = await openStaticFiles(site, { development: false });
  assert.equal(url("img/x.png"), `${server.endpoint}/test/st/img/x.55505ba281b0.png`);
  const signed = siteOf(folder.root, s3({ ...server.storageOptions, location: "signed" }));
  await collectStatic(signed);
  await assert.rejects(openStaticFiles(signed, { development: false }), {
    message: /querystringAuth: false/,
  });
  assert.equal((await openStaticFiles(signed, { development: true })).base, "/static/");
});

test("staticUrl() uses the configuration's files once they are loaded", async () => {
  using folder = siteFolder({
    ...files,
    "stowage.config.js": `import { memory } from ${JSON.stringify(import.meta.resolve("../../src/storage.js"))};
      export default { storages: { staticfiles: memory() }, static: { url: "/assets/" } };`,
  });
  assert.throws(() => staticUrl("css/site.css"), { code: "StaticNotLoaded", message: /loadStatic\(\)/ });
  const loaded = await loadStatic({ directory: join(folder.root, "static"), development: true });
  assert.equal(staticUrl("css/site.css"), "/assets/css/site.css");
  assert.equal((await loaded.respond(get("/assets/img/x.png")))?.status, 200);
  useStatic(await openStaticFiles(siteOf(folder.root, memory()), { development: true }));
  assert.equal(staticUrl("css/site.css"), "/static/css/site.css");
});

test("respond() serves from the finders in development", async () => {
  using folder = siteFolder(files);
  const { respond } = await openStaticFiles(siteOf(folder.root, memory()), { development: true });
  const response = (await respond(get("/static/css/site.css?v=1")))!;
  assert.deepEqual(
    [response.status, response.headers.get("content-type"), response.headers.get("cache-control")],
    [200, "text/css", "no-cache"],
  );
  assert.equal(await response.text(), files["static/css/site.css"]);
  const etag = response.headers.get("etag")!;
  assert.equal((await respond(get("/static/css/site.css", { "if-none-match": etag })))?.status, 304);
  assert.equal((await respond(get("/static/img/x.png", { range: "bytes=1-1" })))?.status, 206);
  assert.equal(await (await respond(get("/static/%C3%A9%20t.txt")))?.text(), "x");
  folder.write({ "static/css/site.css": "b {}" });
  assert.equal(await (await respond(get("/static/css/site.css")))?.text(), "b {}");
});

test("respond() answers 404 for what is not there, hidden, a directory or elsewhere, and null for other paths", async () => {
  using folder = siteFolder({ ...files, "secret.txt": "secret" });
  const site = siteOf(folder.root, memory());
  await collectStatic(site);
  for (const development of [true, false]) {
    const { respond } = await openStaticFiles(site, { development });
    for (const path of [
      "nope",
      "",
      ".env",
      "css",
      "css/",
      "..%2fsecret.txt",
      "%2e%2e%2fsecret.txt",
      "..%5csecret.txt",
      "%2fetc%2fpasswd",
      "a%00b",
    ]) {
      assert.equal((await respond(get(`/static/${path}`)))?.status, 404, path);
    }
    for (const path of ["/", "/static", "/staticfiles/x", "/static/%E9"]) {
      assert.equal(await respond(get(path)), null, path);
    }
    const post = new Request("http://localhost/static/css/site.css", { method: "POST" });
    assert.equal((await respond(post))?.status, 405);
  }
});

for (const [backend, open] of Object.entries(backends)) {
  test(`respond() serves what was collected in production from ${backend}: compressed, and hashed names for ever`, async (t) => {
    using folder = siteFolder(files);
    const { storage, close } = await open(folder);
    t.after(close);
    const site = siteOf(folder.root, storage, { url: "/static/", precompress: ["br"] });
    await collectStatic(site);
    const { respond, url } = await openStaticFiles(site, { development: false });
    const headersOf = ({ headers }: Response) =>
      ["content-type", "content-encoding", "cache-control", "vary"].map((name) => headers.get(name));
    const immutable = "public, max-age=31536000, immutable";
    const plain = (await respond(get(url("css/site.css"))))!;
    assert.deepEqual(headersOf(plain), ["text/css", null, immutable, "accept-encoding"]);
    const compressed = (await respond(get(url("css/site.css"), { "accept-encoding": "gzip, br" })))!;
    assert.deepEqual(headersOf(compressed), ["text/css", "br", immutable, "accept-encoding"]);
    assert.equal(
      brotliDecompressSync(new Uint8Array(await compressed.arrayBuffer())).toString(),
      files["static/css/site.css"],
    );
    assert.notEqual(plain.headers.get("etag"), compressed.headers.get("etag"));
    const original = (await respond(get("/static/css/site.css", { "accept-encoding": "br" })))!;
    assert.deepEqual(headersOf(original), ["text/css", null, "no-cache", "accept-encoding"]);
    const image = (await respond(get(url("img/x.png"), { "accept-encoding": "br" })))!;
    assert.deepEqual(headersOf(image), ["image/png", null, immutable, null]);
  });
}

test("viteAssets() gives the script, the style sheets of all that it imports, and what to preload", async () => {
  using folder = siteFolder({
    "dist/manifest.json": JSON.stringify({
      "src/main.ts": { file: "main-1.js", css: ["main-2.css"], imports: ["_a.js"], isEntry: true },
      "_a.js": { file: "a-3.js", css: ["a-4.css"], imports: ["_b.js"] },
      "_b.js": { file: "b-5.js", imports: ["_a.js"] },
    }),
  });
  const site = siteOf(folder.root, memory(), { viteManifest: "dist/manifest.json" });
  await collectStatic(site);
  for (const development of [true, false]) {
    const { viteAssets, url } = await openStaticFiles(site, { development });
    assert.deepEqual(viteAssets("src/main.ts"), {
      script: "/static/main-1.js",
      styles: ["/static/a-4.css", "/static/main-2.css"],
      preloads: ["/static/b-5.js", "/static/a-3.js"],
    });
    assert.equal(url("src/main.ts"), "/static/main-1.js");
    assert.throws(() => viteAssets("src/nope.ts"), { code: "StaticFileMissing" });
  }
});
