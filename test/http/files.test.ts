/** Files as answers, over real sockets, the same from every framework. */

import assert from "node:assert/strict";
import { get, type IncomingMessage, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { memory, type MemoryStorage, StorageFile } from "../../src/storage.ts";
import { frameworks, type Site } from "./frameworks.ts";

const lastModified = "Mon, 23 Nov 2026 10:00:00 GMT";

for (const [framework, start] of Object.entries(frameworks)) {
  describe(`a file by ${framework}`, () => {
    let storage: MemoryStorage;
    let site: Site;
    before(async () => {
      storage = memory({}, { clock: () => Date.parse(lastModified) + 400 });
      await storage.save("digits.txt", "0123456789");
      await storage.save("backup.tar.gz", Buffer.from([0x1f, 0x8b]));
      await storage.save("page.html", "<script>alert(1)</script>");
      await storage.save("picture.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
      await storage.save("plain", "?", { contentType: "text/html\r\nx-evil: 1" });
      await storage.save("empty.txt", "");
      site = await start({ storage });
    });
    after(() => site.close());

    const fetchFile = (name: string, init?: RequestInit): Promise<Response> =>
      fetch(`${site.url}/files/${encodeURIComponent(name)}`, init);
    const withHeaders = (headers: Record<string, string>): Promise<Response> =>
      fetchFile("digits.txt", { headers });

    test("has its length, type, name, ETag and date", async () => {
      const response = await fetchFile("digits.txt");
      assert.equal(response.status, 200);
      assert.deepEqual(
        pick(response, ["content-length", "content-type", "etag", "last-modified", "accept-ranges"]),
        ["10", "text/plain; charset=utf-8", '"1"', lastModified, "bytes"],
      );
      assert.equal(response.headers.get("content-disposition"), "inline; filename=digits.txt");
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      assert.equal(await response.text(), "0123456789");
    });

    test("answers HEAD with the headers of GET and no body", async () => {
      const response = await fetchFile("digits.txt", { method: "HEAD", headers: { range: "bytes=0-1" } });
      assert.deepEqual([response.status, response.headers.get("content-length")], [200, "10"]);
      assert.equal(await response.text(), "");
    });

    test("gives ranges: from both ends, and 416 with the size outside", async () => {
      for (const [range, text, contentRange] of [
        ["bytes=2-4", "234", "bytes 2-4/10"],
        ["bytes=7-", "789", "bytes 7-9/10"],
        ["bytes=-3", "789", "bytes 7-9/10"],
        ["bytes=8-99", "89", "bytes 8-9/10"],
      ] as const) {
        const response = await withHeaders({ range });
        assert.equal(response.status, 206, range);
        assert.deepEqual(pick(response, ["content-range", "content-length"]), [
          contentRange,
          String(text.length),
        ]);
        assert.equal(await response.text(), text);
      }
      const outside = await withHeaders({ range: "bytes=10-" });
      assert.deepEqual([outside.status, outside.headers.get("content-range")], [416, "bytes */10"]);
      const several = await withHeaders({ range: "bytes=0-1,3-4" });
      assert.deepEqual([several.status, await several.text()], [200, "0123456789"]);
    });

    test("heeds If-Range: the whole file where the client's part is of another", async () => {
      const statuses = [];
      for (const ifRange of [
        '"1"',
        '"2"',
        'W/"1"',
        "*",
        lastModified,
        "Mon, 23 Nov 2026 10:00:01 GMT",
        "nonsense",
      ]) {
        statuses.push((await withHeaders({ range: "bytes=0-0", "if-range": ifRange })).status);
      }
      assert.deepEqual(statuses, [206, 200, 200, 200, 206, 200, 200]);
    });

    test("answers 304 and 412 by ETag and date", async () => {
      const same = await withHeaders({ "if-none-match": 'W/"1"' });
      assert.deepEqual(
        [same.status, same.headers.get("etag"), same.headers.get("content-type")],
        [304, '"1"', null],
      );
      assert.equal((await withHeaders({ "if-none-match": '"2"' })).status, 200);
      assert.equal((await withHeaders({ "if-modified-since": lastModified })).status, 304);
      assert.equal((await withHeaders({ "if-match": '"2"' })).status, 412);
      assert.equal(
        (await withHeaders({ "if-unmodified-since": "Mon, 23 Nov 2026 09:59:59 GMT" })).status,
        412,
      );
    });

    test("gives an archive its own type, and no encoding that a browser would undo", async () => {
      const response = await fetchFile("backup.tar.gz");
      assert.deepEqual(pick(response, ["content-type", "content-encoding"]), ["application/gzip", null]);
      assert.equal((await response.arrayBuffer()).byteLength, 2);
    });

    test("has what may run scripts saved, not shown", async () => {
      for (const name of ["page.html", "picture.svg"]) {
        const response = await fetchFile(name);
        assert.equal(response.headers.get("content-disposition"), `attachment; filename=${name}`);
        assert.match(response.headers.get("content-security-policy") ?? "", /^sandbox;/);
        await response.arrayBuffer();
      }
    });

    test("does not pass on a type with a line break in it", async () => {
      const response = await fetchFile("plain");
      assert.deepEqual(pick(response, ["content-type", "x-evil"]), ["application/octet-stream", null]);
      await response.text();
    });

    test("sends an empty file", async () => {
      const response = await fetchFile("empty.txt");
      assert.deepEqual([response.headers.get("content-length"), await response.text()], ["0", ""]);
    });
  });
}

/** A storage whose one file is long, and which counts what was closed. */
class Watched {
  closed = 0;
  failAt = Number.POSITIVE_INFINITY;
  readonly size = 200 * 65_536;

  open(name: string): StorageFile {
    return new StorageFile({
      name,
      size: this.size,
      contentType: "video/mp4",
      lastModified: new Date(0),
      etag: "e",
      read: (start, end) => this.#read(start, end),
      close: () => {
        this.closed++;
      },
    });
  }

  async *#read(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; at += 65_536) {
      if (at >= this.failAt) throw new Error("the disk is gone");
      yield new Uint8Array(Math.min(65_536, end - at));
    }
  }
}

for (const [framework, start] of Object.entries(frameworks)) {
  describe(`a long file by ${framework}`, () => {
    let watched: Watched;
    let site: Site;
    before(async () => {
      watched = new Watched();
      const storage = { open: async (name: string) => watched.open(name) } as unknown as MemoryStorage;
      site = await start({ storage });
    });
    after(() => site.close());

    test("is closed after the whole, HEAD, 304, 412 and 416", async () => {
      watched.closed = 0;
      const url = `${site.url}/files/film.mp4`;
      assert.equal((await (await fetch(url)).arrayBuffer()).byteLength, watched.size);
      await fetch(url, { method: "HEAD" });
      await fetch(url, { headers: { "if-none-match": '"e"' } });
      await fetch(url, { headers: { "if-match": '"f"' } });
      await fetch(url, { headers: { range: "bytes=99999999-" } });
      await until(() => watched.closed === 5);
    });

    test("is closed when the client goes away", async () => {
      watched.closed = 0;
      const response = await new Promise<IncomingMessage>((resolve) =>
        get(`${site.url}/files/film.mp4`, resolve).on("error", () => {}),
      );
      response.once("data", () => response.destroy());
      await until(() => watched.closed === 1);
    });

    test("cuts the connection when reading fails on the way", async () => {
      watched.closed = 0;
      watched.failAt = 100 * 65_536;
      await assert.rejects(async () => {
        await (await fetch(`${site.url}/files/film.mp4`)).arrayBuffer();
      });
      await until(() => watched.closed === 1);
      watched.failAt = Number.POSITIVE_INFINITY;
      const { port } = new URL(site.url);
      connect(Number(port)).destroy();
      const alive = httpRequest(`${site.url}/files/film.mp4`, { method: "HEAD" });
      await new Promise((resolve) => alive.on("response", resolve).end());
    });
  });
}

function pick({ headers }: Response, names: readonly string[]): (string | null)[] {
  return names.map((name) => headers.get(name));
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail(`never: ${String(holds)}`);
}
