/** Forms with files, over real sockets, the same from every framework. */

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Hono } from "hono";
import { withFiles } from "../../src/fields.ts";
import { uploads } from "../../src/hono.ts";
import { parseUploads } from "../../src/http.ts";
import { type Content, memory, MemoryStorage, type SaveOptions, type Storage } from "../../src/storage.ts";
import { form, type Part, sendAndCut } from "./forms.ts";
import { frameworks, type Site } from "./frameworks.ts";

const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
const kibibytes = (count: number): Buffer => Buffer.alloc(count * 1024, 7);

interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly fields?: [string, string][];
  readonly files?: { field: string; filename: string; name: string; size: number; contentType: string }[];
}

for (const [framework, start] of Object.entries(frameworks)) {
  describe(`a form by ${framework}`, () => {
    let storage: MemoryStorage;
    let site: Site;
    const upload = {
      maxFileBytes: 64 * 1024,
      maxFiles: 2,
      maxFields: 3,
      maxFieldBytes: 100,
      maxFieldNameBytes: 20,
      maxTotalBytes: 200 * 1024,
    };
    before(async () => {
      storage = memory();
      site = await start({ storage, upload });
    });
    after(() => site.close());
    afterEach(async () => {
      for (const name of await names(storage)) await storage.delete(name);
    });

    const send = (parts: readonly Part[], options?: { end?: string }): Promise<Answer> =>
      post(`${site.url}/upload`, form(parts, options));
    const refuses = async (parts: readonly Part[], status: number, code: string): Promise<string> => {
      const answer = await send(parts);
      assert.deepEqual([answer.status, answer.code], [status, code]);
      assert.deepEqual(await names(storage), [], "something stayed in the storage");
      return answer.message ?? "";
    };

    test("stores its files and tells its fields", async () => {
      const answer = await send([
        { name: "title", body: "Füße" },
        { name: "__proto__", body: "polluted" },
        { name: "photo", filename: "my cat.png", type: "text/html", body: png },
        { name: "other", filename: "", type: "application/octet-stream", body: "" },
      ]);
      assert.equal(answer.status, 200, answer.message);
      assert.deepEqual(answer.fields, [
        ["title", "Füße"],
        ["__proto__", "polluted"],
      ]);
      assert.deepEqual(answer.files, [
        {
          field: "photo",
          filename: "my cat.png",
          contentType: "image/png",
          name: "my_cat.png",
          size: png.length,
        },
      ]);
      const file = await storage.open("my_cat.png");
      assert.deepEqual([file.contentType, Buffer.from(await file.bytes())], ["image/png", png]);
    });

    test("takes a file of exactly the limit", async () => {
      const answer = await send([{ name: "a", filename: "a.bin", body: kibibytes(64) }]);
      assert.deepEqual([answer.status, await storage.size("a.bin")], [200, 65_536]);
    });

    test("refuses more than its limits, and keeps nothing of it", async () => {
      const small = { name: "a", filename: "a.bin", body: "a" };
      const message = await refuses(
        [small, { name: "b", filename: "b.bin", body: kibibytes(65) }],
        413,
        "FileTooLarge",
      );
      assert.equal(message, '"b.bin" is larger than 64 KiB, which is the most.');
      await refuses([small, small, small], 413, "TooManyFiles");
      await refuses([small, { name: "f", body: "x".repeat(101) }], 413, "FieldTooLarge");
      await refuses(
        [small, ...Array.from({ length: 4 }, () => ({ name: "f", body: "" }))],
        413,
        "TooManyFields",
      );
      await refuses([small, { name: "f".repeat(21), body: "" }], 400, "FieldNameTooLong");
      await refuses([small, { name: "f".repeat(21), filename: "b", body: "b" }], 400, "FieldNameTooLong");
      await refuses([small, { name: "b", filename: "b.bin", body: kibibytes(500) }], 413, "TooLarge");
    });

    test("answers a client that is still sending", async () => {
      const big = form([{ name: "a", filename: "a.bin", body: kibibytes(8 * 1024) }]);
      const chunked = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < big.body.length; at += 65_536) {
            controller.enqueue(big.body.subarray(at, at + 65_536));
          }
          controller.close();
        },
      });
      const init = { method: "POST", headers: big.headers, body: chunked, duplex: "half" };
      const response = await fetch(`${site.url}/upload`, init as RequestInit);
      assert.equal(response.status, 413);
      assert.deepEqual(await names(storage), []);
    });

    test("refuses an empty file", async () => {
      await refuses([{ name: "a", filename: "a.txt", body: "" }], 400, "FileEmpty");
    });

    test("cleans names, and refuses what is none", async () => {
      const stored = async (filename: string): Promise<string | undefined> => {
        const answer = await send([{ name: "a", filename, body: "a" }]);
        assert.equal(answer.status, 200, answer.message);
        const [file] = answer.files ?? [];
        await storage.delete(file?.name ?? "");
        return file?.name;
      };
      assert.equal(await stored("../../etc/passwd"), "passwd");
      assert.equal(await stored("C:\\\\Users\\\\me\\\\cat.png"), "cat.png");
      assert.equal(await stored("invoice\u202egpj.exe"), "invoicegpj.exe");
      assert.equal(await stored("a\0\x1bb.txt"), "ab.txt");
      assert.equal(await stored("50%.pdf"), "50.pdf");
      assert.equal(await stored("say %22hi%22.txt"), "say_hi.txt");
      assert.equal(await stored("Füße 日本語.txt"), "Füße_日本語.txt");
      await refuses([{ name: "a", filename: "..", body: "a" }], 400, "FilenameInvalid");
      await refuses([{ name: "a", filename: "???", body: "a" }], 400, "FilenameInvalid");
      await refuses([{ name: "a", filename: "\u202e", body: "a" }], 400, "FilenameInvalid");
      await refuses([{ name: "a", filename: `${"n".repeat(296)}.txt`, body: "a" }], 400, "FilenameTooLong");
    });

    test("reads RFC 8187's names, though browsers send none", async () => {
      const disposition = `form-data; name="a"; filename*=UTF-8''na%C3%AFve.txt`;
      const { files } = await send([{ disposition, body: "a" }]);
      assert.equal(files?.[0]?.filename, "naïve.txt");
    });

    test("refuses what is no form, or a damaged one, and goes on", async () => {
      const url = `${site.url}/upload`;
      const json = await post(url, {
        headers: { "content-type": "application/json" },
        body: Buffer.from("{}"),
      });
      assert.ok([400, 415].includes(json.status), String(json.status));
      const noBoundary = { headers: { "content-type": "multipart/form-data" }, body: Buffer.from("x") };
      assert.equal((await post(url, noBoundary)).status, 415);
      const damaged = [
        form([{ name: "a", filename: "a", body: "a" }], { end: "" }),
        { ...form([]), body: Buffer.alloc(0) },
        { ...form([]), body: Buffer.from("no boundary at all") },
        form([{ disposition: "form-data", body: "no name" }]),
        form([{ disposition: 'form-data; filename="x"', body: "no name" }]),
      ];
      for (const bad of damaged) {
        const { status, code } = await post(url, bad);
        assert.deepEqual([status, code], [400, "BodyMalformed"], bad.body.toString());
      }
      assert.deepEqual(await names(storage), []);
      assert.equal((await send([{ name: "a", body: "b" }])).status, 200);
    });

    test("keeps nothing of a request that is cut, wherever", async () => {
      const whole = form([
        { name: "a", filename: "a.bin", body: kibibytes(3) },
        { name: "b", filename: "b.bin", body: kibibytes(60) },
      ]);
      for (const bytes of [0, 20, 100, 2000, 3300, 40_000, whole.body.length - 10]) {
        await sendAndCut(`${site.url}/upload`, whole, bytes);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.deepEqual(await names(storage), []);
    });
  });

  describe(`types by ${framework}`, () => {
    let storage: MemoryStorage;
    let site: Site;
    before(async () => {
      storage = memory();
      site = await start({ storage, upload: { types: ["image/*", "text/plain"], fields: ["a"] } });
    });
    after(() => site.close());

    test("are taken by the first bytes, not by what the client says", async () => {
      const send = (filename: string, body: string | Uint8Array, name = "a"): Promise<Answer> =>
        post(`${site.url}/upload`, form([{ name, filename, type: "image/png", body }]));
      assert.equal((await send("cat.png", png)).files?.[0]?.contentType, "image/png");
      assert.equal((await send("noextension", png)).files?.[0]?.contentType, "image/png");
      assert.equal((await send("notes.txt", "hello")).files?.[0]?.contentType, "text/plain");
      for (const [filename, body, code] of [
        ["cat.png", "<script>alert(1)</script>", "TypeMismatch"],
        ["cat.png", "GIF89a", "TypeMismatch"],
        ["notes.txt", "\n <!DOCTYPE HTML><p>", "TypeMismatch"],
        ["notes.txt", "a\0b", "TypeMismatch"],
        ["cat.pdf", "%PDF-1.7", "TypeNotAllowed"],
        ["cat.svg", "<svg/>", "TypeNotAllowed"],
        ["page.html", "<html>", "TypeNotAllowed"],
        ["unknown", "abc", "TypeNotAllowed"],
      ] as const) {
        const answer = await send(filename, body);
        assert.deepEqual([answer.status, answer.code], [415, code], filename);
      }
      const elsewhere = await send("cat.png", png, "b");
      assert.deepEqual([elsewhere.status, elsewhere.code], [400, "UnexpectedFile"]);
    });
  });

  test(`a form by ${framework} replaces no file, even in a storage that would, unless it is told to`, async () => {
    const storage = memory({ allowOverwrite: true });
    await storage.save("image.jpg", "somebody else's");
    const two = form(["one", "two"].map((body) => ({ name: "f", filename: "image.jpg", body })));
    const site = await start({ storage });
    const { files = [] } = await post(`${site.url}/upload`, two);
    assert.equal(new Set(["image.jpg", ...files.map(({ name }) => name)]).size, 3);
    assert.equal(await (await storage.open("image.jpg")).text(), "somebody else's");
    await site.close();

    const replacing = await start({ storage, upload: { overwrite: true } });
    const replaced = await post(`${replacing.url}/upload`, two);
    assert.deepEqual(
      replaced.files?.map(({ name }) => name),
      ["image.jpg", "image.jpg"],
    );
    await replacing.close();
  });

  test(`a storage that fails is a 500 by ${framework}, and what it had stored goes`, async () => {
    class Failing extends MemoryStorage {
      override async save(name: string | null, content: Content, options?: SaveOptions): Promise<string> {
        if (name === "b.bin") throw new Error("the disk is full");
        return super.save(name, content, options);
      }
    }
    const storage = new Failing();
    const site = await start({ storage });
    const parts = ["a.bin", "b.bin", "c.bin"].map((filename) => ({
      name: "f",
      filename,
      body: kibibytes(100),
    }));
    const { status } = await post(`${site.url}/upload`, form(parts));
    assert.equal(status, 500);
    assert.deepEqual(await names(storage), []);
    await site.close();
  });
}

async function names(storage: Storage): Promise<string[]> {
  return (await storage.listdir())[1];
}

async function post(
  url: string,
  { headers, body }: { headers: Record<string, string>; body: Buffer },
): Promise<Answer> {
  const response = await fetch(url, { method: "POST", headers, body: new Uint8Array(body) });
  const text = await response.text();
  return {
    status: response.status,
    ...(text.startsWith("{") ? (JSON.parse(text) as object) : { message: text }),
  };
}

test("uploads() of Hono deletes files where the handler fails, but none that a record names", async () => {
  const storage = memory();
  const app = new Hono();
  app.onError((_error, c) => c.text("failed", 500));
  app.post("/:when", uploads({ storage }), async (c) => {
    const form = c.get("uploads");
    if (c.req.param("when") === "after")
      await withFiles(async () => "the record was inserted", { uploads: form });
    throw new Error("the page cannot be rendered");
  });
  const send = async (when: string): Promise<number> => {
    const body = new FormData();
    body.append("f", new File(["x"], `${when}.txt`));
    return (await app.request(`/${when}`, { method: "POST", body })).status;
  };
  assert.deepEqual([await send("before"), await send("after")], [500, 500]);
  assert.deepEqual(await names(storage), ["after.txt"]);
});

test("uploads() of Hono deletes files where the handler answers that it refuses, but none that a record names", async () => {
  const storage = memory();
  const app = new Hono();
  app.post("/", uploads({ storage }), (c) => {
    if (c.get("uploads").fields.get("title") === "kept") c.get("uploads").keep();
    return c.json({ message: "The title is taken." }, 409);
  });
  for (const title of ["refused", "kept"]) {
    const body = new FormData();
    body.set("title", title);
    body.set("file", new File(["a"], `${title}.txt`));
    assert.equal((await app.request("/", { method: "POST", body })).status, 409);
  }
  assert.deepEqual(await names(storage), ["kept.txt"]);
});

test("discard() deletes files alone, not what is in a directory of their name by now", async () => {
  const storage = memory();
  const body = new FormData();
  body.append("file", new File(["a"], "docs"));
  const uploaded = await parseUploads(new Request("http://localhost", { method: "POST", body }), { storage });
  await storage.delete("docs");
  await storage.save("docs/theirs.txt", "theirs");
  await uploaded.discard();
  assert.deepEqual(await storage.listdir("docs"), [[], ["theirs.txt"]]);
});

test("parseUploads() reads a web body that it refuses to its end, and does not cancel it", async () => {
  const { headers, body } = form([{ name: "a", filename: "a.html", body: "<html>" }]);
  let cancelled = false;
  let pieces = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      // The form is whole in the first piece; what follows it is dropped.
      if (pieces++ < 20) controller.enqueue(pieces === 1 ? new Uint8Array(body) : new Uint8Array(1000));
      else controller.close();
    },
    cancel: () => {
      cancelled = true;
    },
  });
  const init = { method: "POST", headers, body: stream, duplex: "half" as const };
  const refused = parseUploads(new Request("http://localhost/", init), {
    storage: memory(),
    types: ["image/*"],
  });
  await assert.rejects(refused, { code: "TypeNotAllowed" });
  await delay(20);
  assert.deepEqual([pieces, cancelled], [21, false]);
});

test("parseUploads() refuses an option that there is not, which may have been meant as a limit", async () => {
  const request = new Request("http://localhost/", { method: "POST", body: new FormData() });
  const parse = (options: object): Promise<unknown> =>
    parseUploads(request, { storage: memory(), ...options });
  await assert.rejects(
    parse({ maxFileSize: 5 }),
    /parseUploads\(\) has no option "maxFileSize". Its options are maxFileBytes/,
  );
  await assert.rejects(
    parse({ types: "image/*" }),
    /types is "image\/\*"; it is a list, such as \["image\/\*"\]/,
  );
});
