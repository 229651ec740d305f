import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { type Console, startConsole } from "./serve.ts";

let root: string;
let shown: Console;

before(async () => {
  root = await mkdtemp(join(tmpdir(), "stowage-console-"));
  await mkdir(join(root, "ui/assets"), { recursive: true });
  await writeFile(join(root, "secret.txt"), "not of the console");
  await writeFile(join(root, "ui/index.html"), "<!doctype html>");
  await writeFile(join(root, "ui/assets/index-a1b2.js"), "1;");
  shown = await startConsole({ host: "127.0.0.1", port: 0, directory: join(root, "ui") });
});
after(async () => {
  await shown.close();
  await rm(root, { recursive: true });
});

/** As sent: fetch() would fold `..`. */
function get(
  path: string,
  { host, method = "GET", encoding }: { host?: string; method?: string; encoding?: string } = {},
): Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(shown.url);
    const asked = request(
      {
        hostname,
        port,
        path,
        method,
        headers: {
          ...(host === undefined ? {} : { host }),
          ...(encoding === undefined ? {} : { "accept-encoding": encoding }),
        },
      },
      (answer) => {
        let body = "";
        answer.on("data", (chunk) => (body += String(chunk)));
        answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
      },
    );
    asked.once("error", reject).end();
  });
}

describe("startConsole()", () => {
  it("gives out nothing before it is told where the API is", async () => {
    assert.equal((await get("/")).status, 503);
    shown.connect({ port: 9000, region: "eu-west-1" });
    assert.equal((await get("/")).status, 200);
  });

  it("says where the API is on the host by which it is reached", async () => {
    const { body } = await get("/config.json", { host: "files.example.com:9001" });
    assert.deepEqual(JSON.parse(body), { endpoint: "http://files.example.com:9000", region: "eu-west-1" });
    const six = await get("/config.json", { host: "[::1]:9001" });
    assert.equal((JSON.parse(six.body) as { endpoint: string }).endpoint, "http://[::1]:9000");
  });

  it("lets the page load its own files, and data from the API alone", async () => {
    const { headers } = await get("/", { host: "files.example.com:9001" });
    const policy = String(headers["content-security-policy"]);
    assert.match(
      policy,
      /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' http:\/\/files\.example\.com:9000;/,
    );
    assert.match(policy, /frame-ancestors 'none'$/);
    assert.equal(headers["x-content-type-options"], "nosniff");
  });

  it("refuses a Host that could end the policy's origin, or is that of no URL", async () => {
    for (const host of [
      "a b",
      "a;script-src *",
      "a,b",
      "a/b",
      "999.999.1.1",
      "xn--a",
      "[::::1]",
      "a:99999",
    ]) {
      assert.equal((await get("/", { host })).status, 400, host);
    }
  });

  it("keeps files whose names change with what is in them for ever, and the page not at all", async () => {
    const { headers } = await get("/assets/index-a1b2.js");
    assert.equal(headers["content-type"], "text/javascript; charset=utf-8");
    assert.match(String(headers["cache-control"]), /immutable/);
    assert.equal((await get("/")).headers["cache-control"], "no-cache");
  });

  it("compresses for whom it may, and says how long a file is without sending it", async () => {
    const { headers, body } = await get("/assets/index-a1b2.js", { encoding: "br, gzip" });
    assert.equal(headers["content-encoding"], "gzip");
    assert.notEqual(body, "1;");
    for (const encoding of ["identity", "gzip;q=0"]) {
      const plain = await get("/assets/index-a1b2.js", { encoding });
      assert.deepEqual([plain.headers["content-encoding"], plain.body], [undefined, "1;"], encoding);
    }
    const head = await get("/assets/index-a1b2.js", { method: "HEAD" });
    assert.deepEqual([head.headers["content-length"], head.body], ["2", ""]);
  });

  it("gives out the built files and nothing else", async () => {
    for (const path of [
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/assets",
      "/assets/",
      "/nothing",
      "//index.html",
    ]) {
      assert.equal((await get(path)).status, 404, path);
    }
    assert.equal((await get("/", { method: "POST" })).status, 405);
    assert.deepEqual(await get("/", { method: "HEAD" }).then(({ status, body }) => ({ status, body })), {
      status: 200,
      body: "",
    });
  });

  it("calls the API by its URL where a proxy stands before it", async () => {
    shown.connect({ port: 9000, externalUrl: "https://s3.example.com/files", region: "us-east-1" });
    const { body } = await get("/config.json");
    assert.equal((JSON.parse(body) as { endpoint: string }).endpoint, "https://s3.example.com/files");
    assert.match(
      String((await get("/")).headers["content-security-policy"]),
      /connect-src 'self' https:\/\/s3\.example\.com;/,
    );
  });
});
