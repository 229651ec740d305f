/**
 * docs/guides/nextjs.md within Next.js: its files in a site that the packed package is installed in, in development and
 * built.
 *
 * Needs what test/nextjs/install.sh brings, which is 400 MB.
 */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { startTestServer, type TestServer } from "../../src/testing.ts";
import { uploadFile } from "../../src/upload-browser.ts";
import { fakeBrowser } from "../http/browser.ts";
import { form } from "../http/forms.ts";
import { freePort } from "../support/free-port.ts";
import { writeGuideFiles } from "../support/guide-files.ts";

const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "stowage-tests", "nextjs");
const next = join(cache, "node_modules", "next", "dist", "bin", "next");
const skip = existsSync(next) ? false : `${cache} has no Next.js: test/nextjs/install.sh brings it`;
const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");

describe("docs/guides/nextjs.md in Next.js", { skip }, () => {
  let site = "";
  let server: TestServer;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    site = mkdtempSync(join(cache, "site-"));
    writeGuideFiles("nextjs", site);
    const write = (name: string, text: string): void => writeFileSync(join(site, name), text);
    write("package.json", JSON.stringify({ private: true, type: "module" }));
    write("next.config.js", `export default { turbopack: { root: ${JSON.stringify(cache)} } };\n`);
    write("app/layout.js", "export default ({ children }) => <html><body>{children}</body></html>;\n");
    mkdirSync(join(site, "app/send"));
    write(
      "app/send/page.js",
      `"use client";
       import { uploadFile } from "stowage/upload-browser";
       export default () => <button onClick={() => uploadFile(new File([], "a"), { endpoint: "/uploads" })}>Send</button>;`,
    );
    const npm = (...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync("npm", args, { encoding: "utf8" });
      assert.equal(status, 0, stderr);
      return stdout.trim();
    };
    const tarball = npm("pack", "--silent", "--ignore-scripts", "--pack-destination", site);
    npm("install", "--prefix", site, "--ignore-scripts", "--no-audit", "--no-fund", join(site, tarball));
    server = await startTestServer();
    env = {
      PATH: process.env["PATH"],
      NEXT_TELEMETRY_DISABLED: "1",
      AWS_ENDPOINT_URL_S3: server.endpoint,
      AWS_REGION: server.region,
      AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
      AWS_STORAGE_BUCKET_NAME: server.bucket,
    };
  });
  after(async () => {
    await server?.close();
    if (site !== "") rmSync(site, { recursive: true, force: true });
  });

  async function withSite(command: "dev" | "start", use: (url: string) => Promise<void>): Promise<void> {
    const port = await freePort();
    const program = spawn(process.execPath, [next, command, "-p", String(port)], {
      cwd: site,
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    program.stderr.on("data", (text: Buffer) => (said += text.toString()));
    try {
      const url = `http://127.0.0.1:${port}`;
      for (let tries = 0; !(await isThere(url)); tries++) {
        assert.ok(tries < 300 && program.exitCode === null, `next ${command} does not listen`);
        await setTimeout(100);
      }
      await use(url);
    } finally {
      program.kill();
      if (program.exitCode === null) await once(program, "exit");
    }
    assert.doesNotMatch(said, /Error/);
  }

  async function takesFiles(url: string): Promise<void> {
    const post = ({ headers, body }: ReturnType<typeof form>): Promise<Response> =>
      fetch(`${url}/photos`, { method: "POST", headers, body: new Uint8Array(body) });
    const statusOf = async (path: string): Promise<number> => (await fetch(url + path)).status;

    const posted = await post(form([{ name: "photo", filename: "cat.png", body: png }]));
    assert.equal(posted.status, 201);
    const [{ name } = { name: "" }] = (await posted.json()) as { name: string }[];
    const got = await fetch(`${url}/photos/${name}`);
    assert.deepEqual(Buffer.from(await got.arrayBuffer()), png);
    assert.equal((await post(form([{ name: "a", filename: "a.html", body: "<html>" }]))).status, 415);
    assert.equal(await statusOf("/photos/none.png"), 404);
    assert.equal(await statusOf("/photos/..%2F..%2Fpackage.json"), 400);

    const browser = fakeBrowser(url);
    const direct = await uploadFile(new File([png], "direct.png"), { endpoint: "/uploads" });
    browser.close();
    assert.equal((await fetch(`${url}/photos/${direct.name}`)).status, 200);
    assert.equal(await statusOf("/send"), 200);
  }

  test("in development", () => withSite("dev", takesFiles));

  for (const [bundler, option] of [
    ["Turbopack", "--turbopack"],
    ["webpack", "--webpack"],
  ] as const) {
    test(`built with ${bundler}`, async () => {
      const built = spawnSync(process.execPath, [next, "build", option], {
        cwd: site,
        env,
        encoding: "utf8",
      });
      assert.equal(built.status, 0, built.stdout + built.stderr);
      assert.doesNotMatch(built.stdout + built.stderr, /warning/i);
      await withSite("start", takesFiles);
    });
  }
});

async function isThere(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).status > 0;
  } catch {
    return false;
  }
}
