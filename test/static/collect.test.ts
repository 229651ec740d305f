/** collectStatic() into every backend. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import type { HttpRequest, HttpResponse } from "../../src/client.ts";
import { type CollectEvent, collectStatic, createStaticSite, isDestinationEmpty } from "../../src/static.ts";
import { disk, memory, s3 } from "../../src/storage.ts";
import { startTestServer } from "../../src/testing.ts";
import { backends, collect, siteFolder, small, smallNames, textOf } from "./site.ts";

for (const [name, open] of Object.entries(backends)) {
  test(`collectStatic() into ${name}: the first run copies, the second yields nothing, a changed image changes its style sheets`, async () => {
    using folder = siteFolder(small);
    const { storage, close } = await open(folder);
    try {
      const first = await collect(folder, storage);
      assert.deepEqual([...first.copied].sort(), smallNames);
      assert.deepEqual([...first.postProcessed].sort(), smallNames);
      const before = first.manifest!.paths;
      assert.equal(before.get("empty.txt"), "empty.d41d8cd98f00.txt");
      assert.equal(
        await textOf(storage, before.get("css/site.css")!),
        `@import url("${before.get("css/reset.css")!.slice(4)}"); a { background: url("../${before.get("img/x.png")}") }`,
      );
      assert.equal(JSON.parse(await textOf(storage, "staticfiles.json")).hash, first.manifest!.hash);
      assert.equal(await storage.exists(".hidden"), false);

      const second = await collect(folder, storage);
      assert.deepEqual([second.copied, second.postProcessed], [[], []]);
      assert.deepEqual([...second.unmodified].sort(), smallNames);

      // The same size, so that only a checksum tells.
      folder.write({ "static/img/x.png": "GIF" });
      const third = await collect(folder, storage);
      assert.deepEqual([...third.copied], ["img/x.png"]);
      assert.deepEqual([...third.postProcessed].sort(), ["css/site.css", "img/x.png"]);
      assert.equal(await textOf(storage, "img/x.png"), "GIF");

      folder.write({ "static/css/reset.css": "" });
      assert.deepEqual((await collect(folder, storage)).copied, ["css/reset.css"]);
      assert.equal(await textOf(storage, "css/reset.css"), "");
    } finally {
      await close();
    }
  });

  test(`collectStatic() into ${name}: a dry run writes nothing, and clear removes what was there`, async () => {
    using folder = siteFolder(small);
    const { storage, close } = await open(folder);
    try {
      const dry = await collect(folder, storage, { dryRun: true, clear: true });
      assert.equal(dry.copied.length, 4);
      assert.deepEqual(await storage.listdir(), [[], []]);

      await storage.save("old/file.txt", "old");
      const dryClear = await collect(folder, storage, { dryRun: true, clear: true });
      assert.deepEqual(dryClear.deleted, ["old/file.txt"]);
      assert.ok(await storage.exists("old/file.txt"));
      const cleared = await collect(folder, storage, { clear: true });
      assert.deepEqual(cleared.deleted, ["old/file.txt"]);
      assert.ok(!(await storage.exists("old/file.txt")));
      assert.ok(await storage.exists("css/site.css"));
    } finally {
      await close();
    }
  });

  test(`collectStatic() into ${name}: a file of many megabytes`, async () => {
    const large = Buffer.alloc(9 * 1024 * 1024, "film ");
    using folder = siteFolder({ "static/film.mp4": large });
    const { storage, close } = await open(folder);
    try {
      const { manifest } = await collect(folder, storage);
      const stored = await storage.open(manifest!.paths.get("film.mp4")!);
      assert.deepEqual(Buffer.from(await stored.bytes()), large);
      assert.deepEqual((await collect(folder, storage)).unmodified, ["film.mp4"]);
    } finally {
      await close();
    }
  });
}

test("collectStatic() into S3: types, cache headers and variants", async () => {
  using folder = siteFolder({ "static/site.css": "a { color: red }\n".repeat(100), "static/x.png": "PNG" });
  await using server = await startTestServer();
  await using storage = s3({ ...server.storageOptions, querystringAuth: false });
  const config = { precompress: ["br", "gzip"] } as const;
  const { manifest } = await collect(folder, storage, {}, config);
  const hashed = manifest!.paths.get("site.css")!;
  const head = (key: string) => server.client.headObject({ bucket: server.bucket, key });
  const immutable = "public, max-age=31536000, immutable";
  for (const [key, encoding] of [
    [hashed, undefined],
    [`${hashed}.br`, "br"],
    [`${hashed}.gz`, "gzip"],
  ] as const) {
    const { cacheControl, contentEncoding, contentType } = await head(key);
    assert.deepEqual([cacheControl, contentEncoding, contentType], [immutable, encoding, "text/css"], key);
  }
  assert.equal((await head("site.css")).cacheControl, undefined);
  assert.equal((await head("staticfiles.json")).cacheControl, "no-cache");
  const { body } = await server.client.getObject({ bucket: server.bucket, key: `${hashed}.br` });
  assert.equal(brotliDecompressSync(await body.bytes()).toString(), "a { color: red }\n".repeat(100));
  const [, files] = await storage.listdir();
  assert.deepEqual(files.filter((name) => /\.(br|gz)$/.test(name)).sort(), [`${hashed}.br`, `${hashed}.gz`]);
  const before = (await head(`${hashed}.br`)).lastModifiedMs;
  assert.deepEqual((await collect(folder, storage, {}, config)).postProcessed, []);
  assert.equal((await head(`${hashed}.br`)).lastModifiedMs, before);
});

test("collectStatic() into S3 stores what save() stores: the option objectParameters, but for hashed names", async () => {
  using folder = siteFolder({ "static/x.png": "PNG" });
  await using server = await startTestServer();
  await using storage = s3({
    ...server.storageOptions,
    querystringAuth: false,
    encryption: true,
    objectParameters: (name) => ({ cacheControl: "max-age=60", metadata: { name } }),
  });
  const { manifest } = await collect(folder, storage);
  await storage.save("saved.png", "PNG");
  for (const [key, expected] of [
    ["saved.png", "max-age=60"],
    ["x.png", "max-age=60"],
    [manifest!.paths.get("x.png")!, "public, max-age=31536000, immutable"],
    ["staticfiles.json", "no-cache"],
  ] as const) {
    const found = await server.client.headObject({ bucket: server.bucket, key });
    assert.deepEqual([found.cacheControl, found.metadata], [expected, { name: key }], key);
    assert.equal(found.headers["x-amz-server-side-encryption"], "AES256", key);
  }
});

test("collectStatic() into S3 makes the bucket with the first file, and not in a dry run", async () => {
  using folder = siteFolder({ "static/x.png": "PNG" });
  await using server = await startTestServer();
  await using storage = s3({
    ...server.storageOptions,
    bucketName: "later",
    autoCreateBucket: true,
    querystringAuth: false,
  });
  const site = createStaticSite({ storages: { staticfiles: storage } }, { root: folder.root });
  assert.ok(await isDestinationEmpty(site));
  assert.deepEqual((await collectStatic(site, { dryRun: true })).copied, ["x.png"]);
  await assert.rejects(server.client.headBucket({ bucket: "later" }), { status: 404 });
  assert.deepEqual((await collectStatic(site)).copied, ["x.png"]);
  assert.ok(!(await isDestinationEmpty(site)));
});

test("collectStatic() into S3 with the storage's option gzip finds its own files again", async () => {
  using folder = siteFolder({ "static/site.css": "a { color: red }\n".repeat(100) });
  await using server = await startTestServer();
  await using storage = s3({ ...server.storageOptions, querystringAuth: false, gzip: true });
  await collect(folder, storage);
  const { contentEncoding } = await server.client.headObject({ bucket: server.bucket, key: "site.css" });
  assert.equal(contentEncoding, "gzip");
  const { copied, postProcessed } = await collect(folder, storage);
  assert.deepEqual([copied, postProcessed], [[], []]);
});

test("collectStatic() asks S3 for one listing and nothing else when all is unchanged", async () => {
  const files = Array.from({ length: 30 }, (_, index) => [`static/${index}.txt`, String(index)]);
  using folder = siteFolder(Object.fromEntries(files));
  await using server = await startTestServer();
  await using storage = s3({ ...server.storageOptions, querystringAuth: false });
  await collect(folder, storage);
  const asked: string[] = [];
  const { transport } = storage.client.core;
  const watching = {
    send: (request: HttpRequest): Promise<HttpResponse> => {
      asked.push(request.method);
      return transport.send(request);
    },
    // The other storage closes it.
    close: async () => {},
    destroy: () => {},
  };
  await using watched = s3({
    ...server.storageOptions,
    querystringAuth: false,
    clientConfig: { transport: watching },
  });
  assert.deepEqual((await collect(folder, watched)).copied, []);
  assert.deepEqual(asked, ["GET"]);
});

test("collectStatic() stores nothing when a reference leads nowhere, and names its source and line", async () => {
  using folder = siteFolder({
    "static/css/a.css": '@import "b.css";\na { background: url("img/missing.png") }',
    "static/css/b.css": "b { background: url(/static/gone.png) }",
  });
  const storage = memory();
  await assert.rejects(collect(folder, storage), (error: Error) => {
    assert.match(
      error.message,
      /^css\/a\.css refers to "img\/missing\.png" on line 2, but there is no static file "css\/img\/missing\.png"\./,
    );
    assert.match(error.message, /css\/b\.css refers to "\/static\/gone\.png" on line 1/);
    return true;
  });
  assert.deepEqual(await storage.listdir(), [[], []]);

  const events: CollectEvent[] = [];
  const onEvent = (event: CollectEvent): void => void events.push(event);
  const { copied } = await collect(folder, storage, { onEvent }, { missingReferences: "warn" });
  assert.equal(copied.length, 2);
  assert.equal(events.filter(({ type }) => type === "warning").length, 2);
});

test("collectStatic() names a style sheet that is no UTF-8, and a script whose imports cannot be read", async () => {
  using folder = siteFolder({ "static/css/latin1.css": Buffer.from("/* caf\xe9 */", "latin1") });
  await assert.rejects(collect(folder, memory()), {
    code: "InvalidText",
    message: /^css\/latin1\.css is no UTF-8/,
  });
  using broken = siteFolder({ "static/a.js": "import { from 'x'" });
  await collect(broken, memory());
  await assert.rejects(collect(broken, memory(), {}, { moduleImports: true }), {
    message: /^The imports of a\.js/,
  });
});

test("collectStatic() stops when it is told to, and fails with the storage", async () => {
  using folder = siteFolder(small);
  await assert.rejects(collect(folder, memory(), { signal: AbortSignal.abort(new Error("enough")) }), {
    message: "enough",
  });
  writeFileSync(join(folder.root, "file"), "");
  await assert.rejects(collect(folder, disk({ location: join(folder.root, "file") })), {
    code: "NotADirectory",
  });
});
