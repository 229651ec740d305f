/** The programs in the guides on HTTP, run as they stand. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Storage, useConfig } from "../../src/storage.ts";
import { startTestServer } from "../../src/testing.ts";
import { uploadFile } from "../../src/upload-browser.ts";
import { fakeBrowser } from "./browser.ts";
import { form } from "./forms.ts";
import { freePort } from "../support/free-port.ts";
import { writeGuideFiles } from "../support/guide-files.ts";

const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
const photo = form([{ name: "photo", filename: "cat.png", body: png }]);

let programs = "";
let media = "";
before(() => {
  // Inside the package, so that "stowage/express" is the package itself.
  programs = mkdtempSync(fileURLToPath(new URL("../../guides-", import.meta.url)));
  media = mkdtempSync(join(tmpdir(), "stowage-guides-"));
});
after(() => {
  rmSync(programs, { recursive: true, force: true });
  rmSync(media, { recursive: true, force: true });
});

for (const guide of ["express", "fastify", "hono"]) {
  describe(`docs/guides/${guide}.md`, () => {
    blocksOf(guide).forEach((code, i) => {
      test(`program ${i + 1} stores a photo, and sends it where it has a route for that`, async () => {
        await withProgram(code, {}, async (url) => {
          const posted = await post(`${url}/photos`, photo);
          assert.equal(posted.status, 201);
          const [file] = (await posted.json()) as { name: string; size: number }[];
          assert.equal(file?.size, png.length);
          if (!code.includes("/photos/:name")) return;
          const got = await fetch(`${url}/photos/${file.name}`);
          assert.deepEqual(Buffer.from(await got.arrayBuffer()), png);
          const refused = await post(
            `${url}/photos`,
            form([{ name: "a", filename: "a.html", body: "<html>" }]),
          );
          assert.equal(refused.status, 415);
          assert.match(await refused.text(), /is of the type text\/html/);
          for (const [name, status, code] of [
            ["none.png", 404, "FileNotFound"],
            ["..%2fpackage.json", 400, "SuspiciousFileOperation"],
          ] as const) {
            const answer = await fetch(`${url}/photos/${name}`);
            const told = (await answer.json()) as { code: string; message: string };
            assert.deepEqual([answer.status, told.code], [status, code]);
            assert.doesNotMatch(JSON.stringify(told), /stack|expose|\/dist\//);
          }
        });
      });
    });
  });
}

// test/nextjs runs them within Next.js.
describe("docs/guides/nextjs.md", () => {
  test("stores a photo, sends it, and answers what a request has caused", async () => {
    const restore = useConfig({ storages: {} });
    const site = join(programs, "nextjs");
    writeGuideFiles("nextjs", site);
    const { POST } = (await load(join(site, "app/photos/route.js"))) as {
      POST: (request: Request) => Promise<Response>;
    };
    const { GET } = (await load(join(site, "app/photos/[name]/route.js"))) as {
      GET: (request: Request, context: object) => Promise<Response>;
    };
    const { storages } = (await load(join(site, "storages.js"))) as { storages: { default: Storage } };
    const send = (body: typeof photo): Promise<Response> =>
      POST(
        new Request("http://x/photos", {
          method: "POST",
          headers: body.headers,
          body: new Uint8Array(body.body),
        }),
      );
    const get = (name: string): Promise<Response> =>
      GET(new Request(`http://x/photos/${name}`), { params: Promise.resolve({ name }) });
    const posted = await send(photo);
    assert.equal(posted.status, 201);
    const [{ name } = { name: "" }] = (await posted.json()) as { name: string }[];
    assert.deepEqual(Buffer.from(await (await get(name)).arrayBuffer()), png);
    assert.equal((await send(form([{ name: "a", filename: "a.txt", body: "" }]))).status, 400);
    assert.equal((await get("none.png")).status, 404);
    assert.equal((await get("../package.json")).status, 400);
    await storages.default.delete(name);
    restore();
  });
});

describe("docs/guides/direct-upload.md", () => {
  blocksOf("direct-upload").forEach((code, i) => {
    test(`program ${i + 1} takes a file from the browser`, async () => {
      const server = await startTestServer({ bucket: "mysite" });
      const env = {
        AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
        AWS_ENDPOINT_URL_S3: server.endpoint,
        AWS_REGION: server.region,
      };
      await withProgram(code, env, async (url) => {
        const browser = fakeBrowser(url);
        const endpoint = code.includes('"/uploads"') ? "/uploads" : "/";
        const file = await uploadFile(new File([png], "cat.png"), { endpoint });
        const { size } = await server.client.headObject({ bucket: "mysite", key: `media/${file.name}` });
        assert.equal(size, png.length);
        browser.close();
      });
      await server.close();
    });
  });
});

function blocksOf(guide: string): string[] {
  const text = readFileSync(`docs/guides/${guide}.md`, "utf8");
  return Array.from(text.matchAll(/```js\n([\s\S]*?)```/g), ([, code = ""]) => code);
}

function load(path: string): Promise<unknown> {
  return import(pathToFileURL(path).href);
}

async function withProgram(
  code: string,
  env: Record<string, string>,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const path = join(programs, `${port}.mjs`);
  writeFileSync(path, code.replaceAll("3000", String(port)));
  const program = spawn(process.execPath, [path], {
    cwd: media,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    await answers(`http://127.0.0.1:${port}/`, program);
    await use(`http://127.0.0.1:${port}`);
  } finally {
    program.kill();
    await once(program, "exit");
  }
}

async function answers(url: string, program: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 400 && program.exitCode === null; tries++) {
    try {
      await (await fetch(url)).arrayBuffer();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  assert.fail(`The program does not listen at ${url}.`);
}

function post(url: string, { headers, body }: typeof photo): Promise<Response> {
  return fetch(url, { method: "POST", headers, body: new Uint8Array(body) });
}
