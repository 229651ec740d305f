/**
 * Interchange with a site of Django and django-storages: both have their files in one bucket, and each reads the other's.
 *
 * Needs a Python with both: STOWAGE_TEST_DJANGO_PYTHON, or what test/static/django/install.sh brings.
 */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { collectStatic, createStaticSite, openStaticFiles, type StaticSite } from "../../src/static.ts";
import { s3, type S3Storage } from "../../src/storage.ts";
import { startTestServer, type TestServer } from "../../src/testing.ts";
import { siteFolder } from "./site.ts";

const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
const python =
  process.env["STOWAGE_TEST_DJANGO_PYTHON"] ?? join(cache, "stowage-tests", "django", "bin", "python");
const imports = "import storages.backends.s3, django; assert django.VERSION >= (6, 1)";
const skip =
  spawnSync(python, ["-c", imports]).status === 0
    ? false
    : `${python} has no Django 6.1 with django-storages: test/static/django/install.sh brings them`;

describe("one bucket for a site of Django and one of ours", { skip }, () => {
  let server: TestServer;
  let ours: S3Storage;
  let oursWithGzip: S3Storage;
  before(async () => {
    server = await startTestServer();
    ours = s3({ ...server.storageOptions, location: "media", fileOverwrite: false });
    oursWithGzip = s3({ ...server.storageOptions, location: "gzip", gzip: true });
  });
  after(async () => {
    await ours.close();
    await oursWithGzip.close();
    await server.close();
  });

  const read = async (storage: S3Storage, name: string): Promise<string> => (await storage.open(name)).text();

  test("each reads, lists, measures and dates the other's files", async () => {
    const [theirs] = await django(["default", "save", "shared/grüße von django.txt", "Grüße"]);
    assert.equal(theirs, "shared/grüße von django.txt");
    const mine = await ours.save("shared/from stowage.csv", "a,b\n");
    const [content, names, size, exists, modified] = await django(
      ["default", "read", mine],
      ["default", "listdir", "shared"],
      ["default", "size", mine],
      ["default", "exists", mine],
      ["default", "modified", mine],
    );
    assert.deepEqual([content, size, exists], ["a,b\n", 4, true]);
    assert.deepEqual((names as string[][])[1]?.toSorted(), ["from stowage.csv", "grüße von django.txt"]);
    assert.equal(modified, (await ours.modifiedTime(mine)).getTime() / 1000);

    assert.equal(await read(ours, theirs as string), "Grüße");
    assert.deepEqual(await ours.listdir("shared"), [[], names && (names as string[][])[1]!.toSorted()]);
    assert.equal(await ours.size(theirs as string), 7);
    assert.equal((await ours.open(theirs as string)).contentType, "text/plain");
  });

  test("neither replaces the other's file of the same name", async () => {
    const [theirs] = await django(["default", "save", "clash/a.txt", "Django's"]);
    const mine = await ours.save("clash/a.txt", "ours");
    const [again] = await django(["default", "save", mine, "Django's again"]);
    assert.match(mine, /^clash\/a_[A-Za-z0-9]{7}\.txt$/);
    assert.match(again as string, /^clash\/a_[A-Za-z0-9]{7}_[A-Za-z0-9]{7}\.txt$/);
    assert.deepEqual(await Promise.all([theirs, mine, again].map((name) => read(ours, name as string))), [
      "Django's",
      "ours",
      "Django's again",
    ]);
  });

  test("each reads what the other stored compressed", async () => {
    const css = "body { color: teal }\n".repeat(100);
    const mine = await oursWithGzip.save("ours.css", css);
    const [theirs, content] = await django(["gzip", "save", "theirs.css", css], ["gzip", "read", mine]);
    assert.equal(content, css);
    assert.equal(await read(oursWithGzip, theirs as string), css);
  });

  test("a browser fetches each other's files by the URLs of both", async () => {
    const mine = await ours.save("url/ä b+c.txt", "ours");
    const [theirs, urlOfMine] = await django(
      ["default", "save", "url/theirs ü.txt", "Django's"],
      ["default", "url", mine],
    );
    assert.equal(await (await fetch(urlOfMine as string)).text(), "ours");
    assert.equal(await (await fetch(await ours.url(theirs as string))).text(), "Django's");
  });

  test("each serves static files that the other collected, by the other's staticfiles.json", async () => {
    using folder = siteFolder({
      "static/css/site.css": "@import 'base.css'; body { background: url(../img/x.png) }",
      "static/css/base.css": "* { margin: 0 }",
      "static/img/x.png": "PNG",
    });
    const names = ["css/site.css", "css/base.css", "img/x.png"];
    const storage = s3({ ...server.storageOptions, location: "static", querystringAuth: false });
    const site: StaticSite = createStaticSite({ storages: { staticfiles: storage } }, { root: folder.root });
    const ourUrls = async (): Promise<string[]> => {
      const { url } = await openStaticFiles(site, { development: false });
      return names.map(url);
    };
    const theirUrls = (): Promise<unknown[]> => django(...names.map((name) => ["static", name]));

    await django(["collect", join(folder.root, "static")]);
    const expected = await theirUrls();
    assert.match(expected[0] as string, /\/static\/css\/site\.[0-9a-f]{12}\.css$/);
    assert.deepEqual(await ourUrls(), expected);
    const { copied, unmodified } = await collectStatic(site);
    assert.deepEqual([copied.length, unmodified.length], [0, 3], "what Django sent is not sent again");

    await collectStatic(site, { clear: true });
    assert.deepEqual(await ourUrls(), expected);
    assert.deepEqual(await theirUrls(), expected);
    await storage.close();
  });

  /** What the calls return, in a site of Django of their own. */
  async function django(...calls: readonly (readonly unknown[])[]): Promise<unknown[]> {
    const program = spawn(python, [resolve("test/static/django/bucket_site.py")], {
      env: {
        PATH: process.env["PATH"],
        PYTHONDONTWRITEBYTECODE: "1",
        AWS_ENDPOINT_URL_S3: server.endpoint,
        AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
        AWS_STORAGE_BUCKET_NAME: server.bucket,
      },
    });
    program.stdin.end(JSON.stringify(calls));
    const [out, error] = await Promise.all([
      text(program.stdout),
      text(program.stderr),
      once(program, "close"),
    ]);
    assert.notEqual(out, "", error);
    return JSON.parse(out) as unknown[];
  }
});
