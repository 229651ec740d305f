/** Compressed variants: those that are there are of the content that is there. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { collectStatic, createStaticSite, openStaticFiles, type StaticSite } from "../../src/static.ts";
import { memory, type StaticConfig, type Storage } from "../../src/storage.ts";
import { backends, collect, siteFolder, type SiteFolder, textOf } from "./site.ts";

const plain = { hashed: false, precompress: ["br", "gzip"] } as const satisfies StaticConfig;
const large = (word: string): string => `${word} { color: red }\n`.repeat(100);
/** Compresses badly: as many bytes as it takes, no two of them alike for long. */
const noise = Array.from({ length: 20 }, (_, i) =>
  createHash("sha512").update(`${i}`).digest().toString("latin1"),
).join("");

async function filesOf(storage: Storage): Promise<string[]> {
  return (await storage.listdir())[1];
}

function siteOf({ root }: SiteFolder, storage: Storage, config: StaticConfig): StaticSite {
  return createStaticSite({ storages: { staticfiles: storage }, static: config }, { root });
}

/** What a browser sees that takes this encoding. */
async function served(site: StaticSite, encoding: "br" | "gzip"): Promise<string> {
  const { respond } = await openStaticFiles(site, { development: false });
  const headers = { "accept-encoding": encoding };
  const answer = await respond(new Request("http://localhost/static/a.css", { headers }));
  assert.equal(answer?.status, 200);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const encoded = answer.headers.get("content-encoding");
  if (encoded === "br") return brotliDecompressSync(bytes).toString("latin1");
  return (encoded === "gzip" ? gunzipSync(bytes) : Buffer.from(bytes)).toString("latin1");
}

for (const [name, open] of Object.entries(backends)) {
  test(`collectStatic() into ${name}: no variant outlives the content that it was made of`, async () => {
    using folder = siteFolder({ "static/a.css": large("a") });
    const { storage, close } = await open(folder);
    const site = siteOf(folder, storage, { ...plain, url: "/static/" });
    try {
      for (const [content, variants] of [
        [large("a"), true],
        ["a{}", false],
        [large("b"), true],
        [noise, false],
        [large("c"), true],
      ] as const) {
        folder.write({ "static/a.css": Buffer.from(content, "latin1") });
        await collectStatic(site);
        assert.deepEqual(await filesOf(storage), variants ? ["a.css", "a.css.br", "a.css.gz"] : ["a.css"]);
        for (const encoding of ["br", "gzip"] as const) assert.equal(await served(site, encoding), content);
      }
      folder.write({ "static/a.css": `${large("d")}${" ".repeat(5 * 1024 * 1024)}` });
      await collectStatic(site);
      assert.deepEqual(await filesOf(storage), ["a.css"], "what is not held in memory gets none");
    } finally {
      await close();
    }
  });
}

test("collectStatic() removes the variants of what changed, whatever is compressed by now", async () => {
  using folder = siteFolder({ "static/a.css": large("a"), "static/b.css": large("b") });
  const storage = memory();
  await collect(folder, storage, {}, plain);
  folder.write({ "static/a.css": large("A") });
  await collect(folder, storage, {}, { ...plain, precompress: [] });
  assert.deepEqual(await filesOf(storage), ["a.css", "b.css", "b.css.br", "b.css.gz"]);
  folder.write({ "static/b.css": large("B") });
  await collect(folder, storage, {}, { precompress: ["br"] });
  assert.deepEqual(
    (await filesOf(storage)).filter((name) => name.startsWith("b.css.")),
    [],
  );
});

test("collectStatic() removes a variant that is there of a file too small for one", async () => {
  using folder = siteFolder({ "static/a.css": "a{}" });
  const storage = memory();
  await collect(folder, storage, {}, plain);
  await storage.save("a.css.br", "of an earlier content");
  assert.deepEqual((await collect(folder, storage, { dryRun: true }, plain)).unmodified, ["a.css"]);
  assert.deepEqual(await filesOf(storage), ["a.css", "a.css.br"]);
  assert.deepEqual((await collect(folder, storage, {}, plain)).unmodified, ["a.css"]);
  assert.deepEqual(await filesOf(storage), ["a.css"]);
});

test("collectStatic() keeps no variant beside a symbolic link, whose content may change", async () => {
  using folder = siteFolder({ "static/a.css": large("a") });
  const { storage } = await backends["disk"]!(folder);
  await collect(folder, storage, {}, plain);
  await collect(folder, storage, { link: true }, plain);
  assert.deepEqual(await filesOf(storage), ["a.css"]);
});

test("collectStatic() leaves variants alone that are static files themselves", async () => {
  using folder = siteFolder({ "static/a.css": large("a"), "static/a.css.gz": "made by somebody else" });
  const storage = memory();
  for (const word of ["a", "b"]) {
    folder.write({ "static/a.css": large(word) });
    await collect(folder, storage, {}, plain);
    assert.deepEqual(await filesOf(storage), ["a.css", "a.css.br", "a.css.gz"]);
    assert.equal(await textOf(storage, "a.css.gz"), "made by somebody else");
  }
});

test("collectStatic() that ended in the middle leaves no variant of another content", async () => {
  using folder = siteFolder({ "static/a.css": large("a") });
  const storage = memory();
  await collect(folder, storage, {}, plain);
  folder.write({ "static/a.css": large("b") });
  const open = storage.open.bind(storage) as (...input: unknown[]) => Promise<never>;
  let writes = 0;
  storage.open = async (file: string, mode?: string, options?: object) => {
    if (mode === "w" && ++writes === 2) throw new Error("the process ended");
    return open(file, mode, options);
  };
  await assert.rejects(collect(folder, storage, {}, plain), /the process ended/);
  folder.write({ "static/a.css": large("a") });
  writes = 2;
  await collect(folder, storage, {}, plain);
  const br = await (await storage.open("a.css.br")).bytes();
  assert.equal(brotliDecompressSync(br).toString(), large("a"));
});

test("collectStatic() with clear makes the variants anew", async () => {
  using folder = siteFolder({ "static/a.css": large("a") });
  const storage = memory();
  await collect(folder, storage, {}, plain);
  const { deleted } = await collect(folder, storage, { clear: true }, plain);
  assert.deepEqual([...deleted].sort(), ["a.css", "a.css.br", "a.css.gz"]);
  assert.deepEqual(await filesOf(storage), ["a.css", "a.css.br", "a.css.gz"]);
});
