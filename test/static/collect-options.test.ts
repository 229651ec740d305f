/** collectStatic() with its options and settings. */

import assert from "node:assert/strict";
import { lstatSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { collectStatic, createStaticSite, summaryOf } from "../../src/static.ts";
import { disk, memory, type StaticConfig } from "../../src/storage.ts";
import { collect, siteFolder, small, smallNames, textOf } from "./site.ts";

test("collectStatic() takes the first file of a name, and names the later ones", async () => {
  using folder = siteFolder({
    "a/site.css": "a{}",
    "b/site.css": "b{}",
    "b/css/x.css": "x{}",
    "node_modules/@my/widgets/static/site.css": "c{}",
    "node_modules/@my/widgets/static/widget.css": "w{}",
  });
  const other = memory();
  await other.save("widget.css", "other");
  await other.save("deep/other.txt", "other");
  const storage = memory();
  const site = createStaticSite(
    {
      storages: { staticfiles: storage, other },
      static: {
        directories: ["a", { directory: "b", prefix: "lib" }, "b"],
        packages: ["@my/widgets"],
        sources: ["other"],
      },
    },
    { root: folder.root },
  );
  const { copied, skipped } = await collectStatic(site);
  assert.deepEqual([...copied].sort(), [
    "css/x.css",
    "deep/other.txt",
    "lib/css/x.css",
    "lib/site.css",
    "site.css",
    "widget.css",
  ]);
  assert.deepEqual(skipped, ["site.css", "site.css", "widget.css"]);
  assert.equal(await textOf(storage, "site.css"), "a{}");
  assert.equal(await textOf(storage, "widget.css"), "w{}");
});

test("collectStatic() ignores what it is told to, and hidden files only by default", async () => {
  using folder = siteFolder({ ...small, "static/css/site.scss": "$a: 1", "static/node_modules/x.js": "x" });
  const { copied } = await collect(folder, memory(), { ignore: ["*.scss"] }, { ignore: ["node_modules"] });
  assert.deepEqual([...copied].sort(), smallNames);
  const all = await collect(folder, memory(), { defaultIgnore: false });
  assert.deepEqual([...all.copied].sort(), [
    ".hidden",
    "CVS/Entries",
    "css/reset.css",
    "css/site.css",
    "css/site.css~",
    "css/site.scss",
    "empty.txt",
    "img/x.png",
    "node_modules/x.js",
  ]);
});

test("collectStatic() without post-processing keeps names, and compresses them", async () => {
  using folder = siteFolder({ ...small, "static/big.txt": "text ".repeat(200) });
  const storage = memory();
  const { manifest, postProcessed } = await collect(
    folder,
    storage,
    { postProcess: false },
    { precompress: ["gzip"] },
  );
  assert.deepEqual([manifest, postProcessed], [null, []]);
  const [directories, files] = await storage.listdir();
  assert.deepEqual(
    [directories, files],
    [
      ["css", "img"],
      ["big.txt", "big.txt.gz", "empty.txt"],
    ],
  );
  // A variant of the old content would be worse than none.
  folder.write({ "static/big.txt": "TEXT ".repeat(200) });
  const before = (await storage.open("big.txt.gz")).etag;
  await collect(folder, storage, { postProcess: false }, { precompress: ["gzip"] });
  assert.notEqual((await storage.open("big.txt.gz")).etag, before);
});

test("collectStatic() links, and copies and links take each other's place", async () => {
  using folder = siteFolder(small);
  const location = join(folder.root, "collected");
  const storage = disk({ location });
  const linked = await collect(folder, storage, { link: true });
  assert.equal(linked.linked.length, 4);
  assert.ok(lstatSync(join(location, "css/site.css")).isSymbolicLink());
  assert.equal(summaryOf(linked), `4 static files symlinked to '${location}', 4 post-processed.`);
  assert.deepEqual((await collect(folder, storage, { link: true })).unmodified.length, 4);

  assert.equal((await collect(folder, storage)).copied.length, 4);
  assert.ok(lstatSync(join(location, "css/site.css")).isFile());
  assert.equal(readFileSync(join(folder.root, "static/css/reset.css"), "utf8"), "* { margin: 0 }");
  assert.equal((await collect(folder, storage, { link: true })).linked.length, 4);

  // A link that leads nowhere any more is cleared too.
  rmSync(join(location, "css/site.css"));
  symlinkSync(join(folder.root, "gone"), join(location, "css/site.css"));
  assert.equal((await collect(folder, storage, { clear: true })).copied.length, 4);
  await assert.rejects(collect(folder, memory(), { link: true }), {
    message: "Can't symlink to a remote destination.",
  });
});

test("collectStatic() keeps the names that Vite gave, and leaves their content alone", async () => {
  using folder = siteFolder({
    "dist/.vite/manifest.json": JSON.stringify({
      "src/main.ts": {
        file: "assets/main-B1xK.js",
        css: ["assets/main-Cq0.css"],
        isEntry: true,
        imports: ["_v.js"],
      },
      "_v.js": { file: "assets/v-A.js", css: ["assets/v-D.css"] },
    }),
    "dist/assets/main-B1xK.js": "import './v-A.js'",
    "dist/assets/v-A.js": "",
    "dist/assets/main-Cq0.css": "a { background: url(/elsewhere.png) }",
    "dist/assets/v-D.css": "",
  });
  const storage = memory();
  const config = { directories: [], viteManifest: "dist/.vite/manifest.json" };
  const { manifest, postProcessed } = await collect(folder, storage, {}, config);
  assert.deepEqual(postProcessed, []);
  assert.equal(manifest!.paths.get("assets/main-B1xK.js"), "assets/main-B1xK.js");
  assert.equal(manifest!.vite!["src/main.ts"]!.file, "assets/main-B1xK.js");

  const prefixed = {
    directories: [{ directory: "dist", prefix: "app" }],
    viteManifest: "dist/.vite/manifest.json",
  };
  const second = await collect(folder, memory(), {}, prefixed);
  assert.equal(second.manifest!.vite!["src/main.ts"]!.file, "app/assets/main-B1xK.js");
});

test("createStaticSite() refuses what cannot be", () => {
  using folder = siteFolder(small);
  const create = (config: StaticConfig) =>
    createStaticSite({ storages: { staticfiles: memory() }, static: config }, { root: folder.root });
  assert.throws(() => create({ colour: "red" } as StaticConfig), { message: /no setting "colour"/ });
  assert.throws(() => create({ url: "static" }), { message: /ends with a slash/ });
  assert.throws(() => create({ directories: [{ directory: "static", prefix: "a/" }] }), {
    message: /prefix "a\/"/,
  });
  assert.throws(() => create({ packages: ["nope"] }), { message: /package "nope" is not installed/ });
  assert.throws(() => create({ storage: "nope" }), { message: /no storage "nope"/ });
  assert.throws(() => create({ viteManifest: "nope.json" }), { message: /nope\.json cannot be read/ });
});

test("collectStatic() refuses to collect a directory into itself", async () => {
  using folder = siteFolder(small);
  const storage = disk({ location: join(folder.root, "static") });
  await assert.rejects(collect(folder, storage), { message: /is both a directory of static files/ });
});

test("summaryOf() says what Django says", () => {
  const nothing = { copied: [], linked: [], unmodified: [], postProcessed: [], skipped: [], deleted: [] };
  const base = { ...nothing, destination: null, manifest: null };
  assert.equal(summaryOf(base), "0 static files copied.");
  assert.equal(
    summaryOf({
      ...base,
      copied: ["a"],
      unmodified: ["b", "c"],
      postProcessed: ["a"],
      skipped: ["d"],
      deleted: ["e"],
      destination: "/srv/static",
    }),
    "1 static file deleted, 1 static file copied to '/srv/static', 2 unmodified, 1 post-processed, 1 skipped due to conflict.",
  );
});
