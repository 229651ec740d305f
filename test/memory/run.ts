/**
 * 2 GB up and down through the example site, and how much memory its process takes meanwhile. Linux tells it.
 *
 *     node dist/test/memory/run.js
 */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { after, before, test } from "node:test";
import { parseEnv } from "node:util";
import { type Mysite, startMysite } from "../browser/mysite-process.ts";
import { noPostgres, type Postgres, startPostgres } from "../support/postgres.ts";

const totalBytes = 2 * 1024 ** 3;
const limitBytes = 150 * 1024 ** 2;
const chunk = Buffer.alloc(1024 ** 2, "1,2,3,4,5,6,7\n");

// The Postgres in the process takes hundreds of MB of its own: what the files take is measured beside a real one.
const skip = existsSync("/proc/self/status") ? noPostgres : "only Linux tells what a process takes";

let folder: string;
let server: ChildProcess;
let postgres: Postgres;
let site: Mysite;

before(async () => {
  if (skip !== false) return;
  folder = mkdtempSync(join(tmpdir(), "stowage-memory-"));
  const args = [resolve("dist/src/cli/main.js"), "serve", "--port", "0", "--data", folder];
  server = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = (await once(createInterface({ input: server.stdout! }), "line")) as [string];
  postgres = await startPostgres();
  site = await startMysite({
    ...(parseEnv(readFileSync(join(folder, "admin.env"), "utf8")) as Record<string, string>),
    AWS_ENDPOINT_URL_S3: line.replace("stowage: listening on ", ""),
    DATABASE_URL: postgres.url,
  });
});

after(async () => {
  if (skip !== false) return;
  await site[Symbol.asyncDispose]();
  await postgres.close();
  server.kill();
  await once(server, "exit");
  rmSync(folder, { recursive: true, force: true });
});

test("2 GB go up and down through mysite in less than 150 MB of memory", { skip }, async (context) => {
  const { pid } = site;
  await fetch(site.url);
  const idle = peakBytes(pid);
  const up = await peakBytesOf(pid, async () => {
    assert.equal(await upload(), 303);
  });
  const down = await peakBytesOf(pid, async () => {
    const response = await fetch(`${site.url}/objects/1/download`);
    let received = 0;
    for await (const piece of response.body ?? []) received += (piece as Uint8Array).length;
    assert.equal(received, totalBytes);
  });
  const [first, second, third] = [idle, up, down].map((bytes) => Math.round(bytes / 1024 ** 2));
  context.diagnostic(`${first} MiB before, ${second} MiB in the upload, ${third} MiB in the download`);
  assert.ok(Math.max(up, down) < limitBytes, `${second} and ${third} MiB`);
});

/** The most memory that the process had during a transfer. */
async function peakBytesOf(pid: number, transfer: () => Promise<void>): Promise<number> {
  // The peak begins anew.
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
  await transfer();
  return peakBytes(pid);
}

/** The most memory that a process had so far. */
function peakBytes(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}

/** A form of 2 GB. @returns The status. */
async function upload(): Promise<number> {
  const head = `--b\r\ncontent-disposition: form-data; name="file"; filename="big.csv"\r\n\r\n`;
  const tail = "\r\n--b--\r\n";
  const outgoing = request(`${site.url}/objects`, {
    method: "POST",
    headers: {
      "content-type": "multipart/form-data; boundary=b",
      "content-length": head.length + totalBytes + tail.length,
    },
  });
  const answered = once(outgoing, "response") as Promise<[{ statusCode: number; resume(): void }]>;
  await pipeline(
    Readable.from(
      (function* () {
        yield Buffer.from(head);
        for (let sent = 0; sent < totalBytes; sent += chunk.length) yield chunk;
        yield Buffer.from(tail);
      })(),
    ),
    outgoing,
  );
  const [response] = await answered;
  response.resume();
  return response.statusCode;
}
