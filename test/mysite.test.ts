/** The example site over HTTP, as a browser without JavaScript uses it, on each of its databases. */

import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { startTestServer, type TestServer } from "../src/testing.ts";
import { type Mysite, startMysite } from "./browser/mysite-process.ts";
import { noPostgres, type Postgres, startPostgres } from "./support/postgres.ts";

let s3: TestServer;
let site: Mysite;
let postgres: Postgres | undefined;

const letters = (count: number): string => "x".repeat(count);

/** What is sent as files, and what the person reads. */
const refused: Readonly<Record<string, [status: number, files: readonly File[], message: RegExp]>> = {
  "too large a file": [413, [new File([letters(1_000_001)], "big.txt")], /big\.txt.*976\.6 KiB/],
  "too many files": [
    413,
    Array.from({ length: 11 }, (_, i) => new File(["x"], `${i}.txt`)),
    /More than 10 files at once are not taken/,
  ],
  "an empty file": [400, [new File([], "e.txt")], /e\.txt.* is empty/],
  "a wrong type": [415, [new File(["<p>"], "p.html")], /p\.html.* is of the type text\/html/],
  "a spoofed type": [415, [new File(["<p>"], "p.png")], /p\.png.* is not of the type/],
  "a spoofed type behind a good file": [
    415,
    [new File(["good"], "good.txt"), new File(["MZ\0\0"], "p.pdf")],
    /p\.pdf.* is not of the type/,
  ],
  "a name of 300 characters": [
    400,
    [new File(["x"], `${letters(296)}.txt`)],
    /is too long: it has 300 bytes/,
  ],
  "a name of nothing but a path": [400, [new File(["x"], "../..")], /is no name for a file/],
  "a form without a file": [409, [new File([], "")], /Please choose a file/],
};

/** A name as it is sent, as it is shown, and as it is stored. */
const renamed: Readonly<Record<string, [given: string, shown: string, stored: string]>> = {
  "a name with a path": ["../../etc/passwd.txt", "passwd.txt", "passwd.txt"],
  "a name with a path of Windows": ["C:\\temp\\a b.txt", "a b.txt", "a_b.txt"],
  "a name with control characters": ["a\u0001\u007f\u009bb.txt", "ab.txt", "ab.txt"],
  "a name with a right-to-left mark": ["photo_\u202egpj.txt", "photo_gpj.txt", "photo_gpj.txt"],
};

const refusedDirectly: Readonly<Record<string, [announced: object, status: number, code: string]>> = {
  "too large": [{ filename: "a.txt", size: 1_000_001 }, 413, "FileTooLarge"],
  empty: [{ filename: "a.txt", size: 0 }, 400, "FileEmpty"],
  "of a wrong type": [{ filename: "a.html", size: 1 }, 415, "TypeNotAllowed"],
  "of a name of 300 characters": [{ filename: `${letters(296)}.txt`, size: 1 }, 400, "FilenameTooLong"],
  "without a name": [{ filename: "../", size: 1 }, 400, "FilenameInvalid"],
  "of less than nothing": [{ filename: "a.txt", size: -1 }, 400, "FileEmpty"],
};

for (const [name, skip] of [
  ["PGlite", false],
  ["a Postgres server", noPostgres],
] as const) {
  describe(`mysite on ${name}`, { skip }, () => {
    before(async () => {
      s3 = await startTestServer({ bucket: "mysite" });
      postgres = name === "PGlite" ? undefined : await startPostgres();
      site = await startMysite({
        MYSITE_MAX_BYTES: "1000000",
        AWS_ENDPOINT_URL_S3: s3.endpoint,
        AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
        ...(postgres === undefined ? {} : { DATABASE_URL: postgres.url }),
      });
    });
    after(async () => {
      await site[Symbol.asyncDispose]();
      await s3.close();
      await postgres?.close();
    });
    defineTests();
  });
}

function defineTests(): void {
  test("the page is styled with static files that were collected, and kept by the browser for ever", async () => {
    const [, path = ""] = /href="(\/static\/css\/site\.[0-9a-f]{12}\.css)"/.exec(await page()) ?? [];
    const style = await get(path);
    assert.equal(style.headers.get("cache-control"), "public, max-age=31536000, immutable");
    const [, image = ""] = /url\("\.\.(\/img\/paper\.[0-9a-f]{12}\.svg)"\)/.exec(await style.text()) ?? [];
    assert.equal((await get(`/static${image}`)).headers.get("content-type"), "image/svg+xml");
  });

  test("a file is uploaded, listed, downloaded by its own name, replaced and deleted", async () => {
    const uploaded = await post("/objects", new File(["a,b\n1,2\n"], "my <résumé>.csv"));
    assert.deepEqual([uploaded.status, uploaded.headers.get("location")], [303, "/?done=uploaded"]);
    assert.match(
      await page("/?done=uploaded"),
      /role="status">Your upload is here\.[^]*my &#60;résumé&#62;\.csv/,
    );

    const download = await get("/objects/1/download");
    assert.deepEqual(
      [
        download.headers.get("content-type"),
        download.headers.get("content-disposition"),
        await download.text(),
      ],
      [
        "text/csv; charset=utf-8",
        `attachment; filename="my <r_sum_>.csv"; filename*=UTF-8''my%20%3Cr%C3%A9sum%C3%A9%3E.csv`,
        "a,b\n1,2\n",
      ],
    );
    const part = await get("/objects/1", { range: "bytes=4-" });
    assert.deepEqual([part.status, await part.text()], [206, "1,2\n"]);

    assert.equal((await post("/objects/1/replace", new File(["new"], "new.txt"))).status, 303);
    assert.equal(await (await get("/objects/1")).text(), "new");
    assert.doesNotMatch(await page(), /résumé/);

    assert.equal((await post("/objects/1/delete")).headers.get("location"), "/?done=deleted");
    assert.match(await page(), /Nothing here yet/);
    for (const path of ["/objects/1", "/objects/1/download", "/objects/x", "/objects/99999999999", "/no"]) {
      assert.equal((await get(path)).status, 404, path);
    }
  });

  test("two files of one name are two objects", async () => {
    const form = new FormData();
    for (const text of ["one", "two"]) form.append("file", new File([text], "same.txt"));
    assert.equal((await send("/objects", form)).status, 303);
    const ids = idsOf(await page());
    const texts = await Promise.all(ids.map(async (id) => (await get(`/objects/${id}`)).text()));
    assert.deepEqual(texts.sort(), ["one", "two"]);
    for (const id of ids) await post(`/objects/${id}/delete`);
  });

  for (const [what, [status, files, message]] of Object.entries(refused)) {
    test(`bad input: ${what} is refused in words, and nothing is stored`, async () => {
      const form = new FormData();
      for (const file of files) form.append("file", file);
      const response = await send("/objects", form);
      const text = await response.text();
      assert.equal(response.status, status, text);
      const [, alert = ""] = /role="alert">([^]*?)<\/p>/.exec(text) ?? [];
      assert.match(alert, message);
      assert.match(text, /Nothing here yet/);
      await assertNothingStored();
    });
  }

  test("bad input: a file that is replaced by two stays as it is, and neither of them is stored", async () => {
    await send("/objects", formOf(new File(["old"], "old.txt")));
    const [id = ""] = idsOf(await page());
    const two = formOf(new File(["1"], "1.txt"), new File(["2"], "2.txt"));
    const response = await send(`/objects/${id}/replace`, two);
    assert.equal(response.status, 413);
    assert.match(await response.text(), /More than 1 file at once are not taken/);
    assert.equal(await (await get(`/objects/${id}`)).text(), "old");
    await post(`/objects/${id}/delete`);
    await assertNothingStored();
  });

  test("bad input: an upload that is cut off leaves nothing, and the site goes on", async () => {
    const { hostname, port } = new URL(site.url);
    const socket = connect(Number(port), hostname);
    const head = `POST /objects HTTP/1.1\r\nhost: x\r\ncontent-length: 900000\r\ncontent-type: multipart/form-data; boundary=b\r\n\r\n`;
    const part = `--b\r\ncontent-disposition: form-data; name="file"; filename="cut.txt"\r\n\r\n${"x".repeat(400_000)}`;
    await new Promise((resolve) => socket.write(head + part, resolve));
    socket.destroy();
    assert.match(await page(), /Nothing here yet/);
    await assertNothingStored();
  });

  for (const [what, [given, shown, stored]] of Object.entries(renamed)) {
    test(`bad input: ${what} is shown and stored without it`, async () => {
      const head = `--b\r\ncontent-disposition: form-data; name="file"; filename="${given}"\r\n\r\nhello\r\n--b--\r\n`;
      const response = await fetch(`${site.url}/objects`, {
        method: "POST",
        headers: { "content-type": "multipart/form-data; boundary=b" },
        body: head,
        redirect: "manual",
      });
      assert.equal(response.status, 303, await response.text());
      const text = await page();
      assert.ok(text.includes(`>${shown}</a></h3>`), text);
      assert.deepEqual(await keys(), [`media/dummy/${stored}`]);
      await post(`/objects/${idsOf(text)[0]}/delete`);
      await assertNothingStored();
    });
  }

  for (const [what, [announced, status, code]] of Object.entries(refusedDirectly)) {
    test(`bad input: a direct upload that is ${what} is refused before a byte is sent`, async () => {
      const response = await call("begin", announced);
      assert.deepEqual([response.status, response.answer["code"]], [status, code]);
      await assertNothingStored();
    });
  }

  test("bad input: a direct upload of a spoofed type is refused when it has arrived, and deleted", async () => {
    const begun = (await call("begin", { filename: "p.png", size: 3 })).answer as unknown as Form;
    await sendToS3(begun, "<p>");
    const { status, answer } = await call("complete", { token: begun.token });
    assert.deepEqual([status, answer["code"]], [415, "TypeMismatch"]);
    await assertNothingStored();
  });

  test("bad input: a direct upload that never comes is no object", async () => {
    const { token } = (await call("begin", { filename: "a.txt", size: 5 })).answer;
    const { status, answer } = await call("complete", { token });
    assert.deepEqual([status, answer["code"]], [409, "UploadMissing"]);
    assert.match(await page(), /Nothing here yet/);
  });

  test("a direct upload goes straight to S3, and becomes an object once, however often it is completed", async () => {
    const begun = (await call("begin", { filename: "a.txt", size: 5 })).answer as unknown as Form;
    assert.equal(new URL(begun.url).origin, s3.endpoint);
    const response = await fetch(site.url);
    assert.ok(
      response.headers.get("content-security-policy")?.includes(`connect-src 'self' ${s3.endpoint};`),
      "the page may send there",
    );
    const sent = await sendToS3(begun, "hello");
    assert.equal(sent.headers.get("access-control-allow-origin"), site.url);
    const { token } = begun;
    const { name = "" } = (await call("complete", { token })).answer;
    assert.match(name, /^dummy\/a/);
    assert.equal((await call("complete", { token })).answer["name"], name);
    const ids = idsOf(await page());
    assert.equal(ids.length, 1);
    assert.equal(await (await get(`/objects/${ids[0]}`)).text(), "hello");
  });

  test("direct uploads of one name, begun before either has arrived, are two objects", async () => {
    const begin = async (): Promise<Form> =>
      (await call("begin", { filename: "same.txt", size: 3 })).answer as unknown as Form;
    const begun = [await begin(), await begin()];
    for (const [i, text] of ["one", "two"].entries()) await sendToS3(begun[i]!, text);
    for (const { token } of begun) assert.equal((await call("complete", { token })).status, 200);
    const ids = idsOf(await page()).slice(0, 2);
    const texts = await Promise.all(ids.map(async (id) => (await get(`/objects/${id}`)).text()));
    assert.deepEqual(texts.sort(), ["one", "two"]);
  });

  test("a direct upload with a name of 190 characters fits into its column", async () => {
    const filename = `${"x".repeat(190)}.txt`;
    const begun = (await call("begin", { filename, size: 4 })).answer as unknown as Form;
    await sendToS3(begun, "long");
    const { status, answer } = await call("complete", { token: begun.token });
    assert.deepEqual([status, answer["filename"]], [200, filename]);
  });

  test("another site cannot have its visitors change anything", async () => {
    for (const headers of [{ "sec-fetch-site": "cross-site" }, { origin: "http://evil.example" }]) {
      assert.equal((await send("/objects", new FormData(), headers)).status, 403);
    }
  });
}

interface Form {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly token: string;
}

/** As a browser on the site's page does it. */
async function sendToS3({ url, fields }: Form, text: string): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new File([text], "x"));
  const response = await fetch(url, { method: "POST", body: form, headers: { origin: site.url } });
  assert.equal(response.status, 201, await response.clone().text());
  return response;
}

/** Keys of what people uploaded. */
async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of s3.client.list({ bucket: s3.bucket, prefix: "media/" })) found.push(key);
  return found;
}

/** Neither a file nor a part of one. What the site still does when it has answered has a moment to end. */
async function assertNothingStored(): Promise<void> {
  let left: unknown[] = [];
  for (let attempt = 0; attempt < 50; attempt++) {
    const { uploads } = await s3.client.listMultipartUploads({ bucket: s3.bucket });
    left = [...(await keys()), ...uploads.map(({ key }) => key)];
    if (left.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(left, []);
}

function idsOf(html: string): string[] {
  return Array.from(html.matchAll(/action="\/objects\/(\d+)\/delete"/g), ([, id = ""]) => id);
}

function formOf(...files: readonly File[]): FormData {
  const form = new FormData();
  for (const file of files) form.append("file", file);
  return form;
}

async function call(
  path: string,
  body: object,
): Promise<{ status: number; answer: Readonly<Record<string, string>> }> {
  const response = await fetch(`${site.url}/uploads/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, string> };
}

function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(site.url + path, { headers });
}

async function page(path = "/"): Promise<string> {
  return (await get(path)).text();
}

function post(path: string, file: File = new File([], "")): Promise<Response> {
  return send(path, formOf(file));
}

function send(
  path: string,
  body: FormData,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(site.url + path, { method: "POST", body, headers, redirect: "manual" });
}
