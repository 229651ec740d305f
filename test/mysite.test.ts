/** The example site over HTTP, as a browser without JavaScript uses it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Mysite, startMysite } from "./browser/mysite-process.ts";

let site: Mysite;

before(async () => {
  site = await startMysite({ MYSITE_MAX_BYTES: "1000000" });
});
after(() => site[Symbol.asyncDispose]());

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
  const ids = Array.from((await page()).matchAll(/action="\/objects\/(\d+)\/delete"/g), ([, id]) => id);
  const texts = await Promise.all(ids.map(async (id) => (await get(`/objects/${id}`)).text()));
  assert.deepEqual(texts.sort(), ["one", "two"]);
  for (const id of ids) await post(`/objects/${id}/delete`);
});

const refused: Readonly<Record<string, [status: number, file: File | null, message: RegExp]>> = {
  "too large": [413, new File(["x".repeat(1_000_001)], "big.txt"), /big\.txt.*976\.6 KiB/],
  empty: [400, new File([], "e.txt"), /e\.txt.* is empty/],
  "of a wrong type": [415, new File(["<p>"], "p.html"), /p\.html.* is of the type text\/html/],
  "not of the type of its name": [415, new File(["<p>"], "p.png"), /p\.png.* is not of the type/],
  "not there": [409, null, /Please choose a file/],
};
for (const [what, [status, file, message]] of Object.entries(refused)) {
  test(`a file that is ${what} is refused in words, and nothing is stored`, async () => {
    const response = await post("/objects", file);
    const text = await response.text();
    assert.equal(response.status, status, text);
    const [, alert = ""] = /role="alert">([^]*?)<\/p>/.exec(text) ?? [];
    assert.match(alert, message);
    assert.match(text, /Nothing here yet/);
  });
}

test("a direct upload becomes an object once, however often it is completed", async () => {
  const call = async (path: string, body: object): Promise<Record<string, string>> => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${site.url}/uploads/${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, string>;
  };
  assert.equal((await call("begin", { filename: "a.txt", size: 2_000_000 }))["code"], "FileTooLarge");
  const { token } = await call("begin", { filename: "a.txt", size: 5 });
  const part = await fetch(`${site.url}/uploads/s3/multipart/${token}/1`, { method: "PUT", body: "hello" });
  assert.equal(part.status, 200);
  const { name = "" } = await call("complete", { token });
  assert.match(name, /^dummy\/a/);
  assert.equal((await call("complete", { token }))["name"], name);
  const ids = Array.from((await page()).matchAll(/action="\/objects\/(\d+)\/delete"/g), ([, id]) => id);
  assert.equal(ids.length, 1);
  assert.equal(await (await get(`/objects/${ids[0]}`)).text(), "hello");
});

test("another site cannot have its visitors change anything", async () => {
  for (const headers of [{ "sec-fetch-site": "cross-site" }, { origin: "http://evil.example" }]) {
    assert.equal((await send("/objects", new FormData(), headers)).status, 403);
  }
});

function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(site.url + path, { headers });
}

async function page(path = "/"): Promise<string> {
  return (await get(path)).text();
}

function post(path: string, file: File | null = null): Promise<Response> {
  const form = new FormData();
  form.append("file", file ?? new File([], ""));
  return send(path, form);
}

function send(
  path: string,
  body: FormData,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(site.url + path, { method: "POST", body, headers, redirect: "manual" });
}
