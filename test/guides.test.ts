/** The programs of "getting started", "moving to AWS" and README's second half, run as they stand. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { startTestServer, type TestServer } from "../src/testing.ts";
import { freePort } from "./support/free-port.ts";

const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");

let scratch = "";
let server: TestServer;
let other: TestServer;
before(async () => {
  // Inside the package, so that "stowage/client" is the package itself.
  scratch = mkdtempSync(resolve("dist/guides-"));
  server = await startTestServer({ bucket: "my-photos" });
  other = await startTestServer({ bucket: "my-photos-4711" });
});
after(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await Promise.all([server.close(), other.close()]);
});

test("getting started: the site takes photos, shows them, and refuses what is none", async () => {
  const [code = ""] = blocksOf("getting-started");
  const port = await freePort();
  const site = run(code.replace("3000", String(port)), {
    ...keysOf(server),
    AWS_STORAGE_BUCKET_NAME: "new-bucket",
  });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(url);
  const post = (name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Response> => {
    const form = new FormData();
    form.append("photo", new File([bytes], name));
    return fetch(`${url}/photos`, { method: "POST", body: form, redirect: "manual" });
  };
  const bytes = new Uint8Array(png);
  for (const status of [303, 303]) assert.equal((await post("my cat.png", bytes)).status, status);
  const page = await (await fetch(url)).text();
  const links = Array.from(page.matchAll(/href="([^"]+)"/g), ([, link = ""]) => link);
  assert.equal(links.length, 2, page);
  for (const link of links) {
    const photo = await fetch(url + link);
    assert.deepEqual(Buffer.from(await photo.arrayBuffer()), png);
  }
  const spoofed = await post("cat.png", new TextEncoder().encode("no picture"));
  assert.equal(spoofed.status, 415);
  assert.match(await spoofed.text(), /"cat\.png" is not of the type that its name says/);
  assert.equal((await post("big.png", Buffer.concat([png, Buffer.alloc(10_000_000)]))).status, 413);
  assert.equal((await fetch(`${url}/photos/none.png`)).status, 404);
  const names: string[] = [];
  for await (const { key } of server.client.list({ bucket: "new-bucket" })) names.push(key);
  assert.equal(names.length, 2);
  await end(site);
});

test("moving to AWS: the settings of the bucket are set, and the files are copied once", async () => {
  const [settings = "", copy = ""] = blocksOf("moving-to-aws");
  const target = { ...keysOf(other), AWS_STORAGE_BUCKET_NAME: other.bucket };
  await finished(run(settings, target));
  const [rule] = await other.client.getBucketCors({ bucket: other.bucket });
  assert.deepEqual(rule?.allowedOrigins, ["https://www.example.com"]);

  const object = { bucket: server.bucket, key: "media/ü b.csv", body: "a,b\n", contentType: "text/csv" };
  await server.client.putObject({ ...object, metadata: { from: "here" }, cacheControl: "no-cache" });
  const source = {
    FROM_ENDPOINT: server.endpoint,
    FROM_ACCESS_KEY_ID: server.credentials.accessKeyId,
    FROM_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
    FROM_BUCKET: server.bucket,
  };
  assert.equal(await finished(run(copy, { ...target, ...source })), "media/ü b.csv\n");
  const copied = await other.client.getObject({ bucket: other.bucket, key: "media/ü b.csv" });
  assert.deepEqual(
    [await copied.body.text(), copied.contentType, copied.cacheControl, copied.metadata],
    ["a,b\n", "text/csv", "no-cache", { from: "here" }],
  );
  // Listings have whole seconds: what is copied within the second in which it was stored is copied once more.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await finished(run(copy, { ...target, ...source }));
  assert.equal(await finished(run(copy, { ...target, ...source })), "", "once is enough");
  await server.client.putObject({ ...object, body: "c,d\n" });
  assert.equal(await finished(run(copy, { ...target, ...source })), "media/ü b.csv\n", "of the same size");
});

test("README's files in an application are taken and sent", async () => {
  const code = blocksOf("../../README").find((block) => block.includes("express")) ?? "";
  const port = await freePort();
  const site = run(code.replace("3000", String(port)), {
    ...keysOf(server),
    AWS_STORAGE_BUCKET_NAME: server.bucket,
  });
  const url = `http://127.0.0.1:${port}/photos`;
  await untilAnswers(url);
  const form = new FormData();
  form.append("photo", new File([new Uint8Array(png)], "cat.png"));
  const [file] = (await (await fetch(url, { method: "POST", body: form })).json()) as { name: string }[];
  assert.equal(file?.name, "cat.png");
  const photo = await fetch(`${url}/cat.png`);
  assert.deepEqual(Buffer.from(await photo.arrayBuffer()), png);
  assert.equal((await fetch(`${url}/none.png`)).status, 404);
  await end(site);
});

function blocksOf(guide: string): string[] {
  const found = readFileSync(`docs/guides/${guide}.md`, "utf8").matchAll(/```js\n([\s\S]*?)```/g);
  return Array.from(found, ([, code = ""]) => code);
}

function keysOf({ endpoint, credentials }: TestServer): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}

let programs = 0;
const running = new Set<ChildProcess>();
after(() => {
  for (const program of running) program.kill();
});

function run(code: string, env: Readonly<Record<string, string>>): ChildProcess {
  const path = join(scratch, `program-${programs++}.mjs`);
  writeFileSync(path, code);
  const program = spawn(process.execPath, [path], { env: { PATH: process.env["PATH"], ...env } });
  running.add(program);
  program.once("exit", () => running.delete(program));
  return program;
}

/** What it printed, when it has ended well. */
async function finished(program: ChildProcess): Promise<string> {
  const [out, error, [code]] = await Promise.all([
    text(program.stdout!),
    text(program.stderr!),
    once(program, "close") as Promise<[number]>,
  ]);
  assert.equal(code, 0, error);
  return out;
}

async function end(program: ChildProcess): Promise<void> {
  program.kill();
  await once(program, "exit");
}

async function untilAnswers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(url).catch(() => null);
    if (answer !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} does not answer`);
}
