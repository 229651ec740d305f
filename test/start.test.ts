/** `npm start`: the server, and the example site beside it on the same data. */

import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { after, before, test } from "node:test";

let dataDir = "";
before(() => {
  dataDir = mkdtempSync(join(tmpdir(), "stowage-start-"));
});
after(() => rmSync(dataDir, { recursive: true, force: true }));

test("npm start runs the site on the server's data, one Ctrl+C ends both, and the next start goes on", async () => {
  let started = start("0", "0");
  const lines: string[] = [];
  let site = await addressOf(started, /^mysite: (http:\S+)$/, lines);
  assert.match(lines[0] ?? "", /^stowage: listening on http:/);
  assert.match(lines[1] ?? "", /^stowage: console on http:/);
  const form = new FormData();
  form.append("file", new File(["kept"], "kept.txt"));
  const uploaded = await fetch(`${site}/objects`, { method: "POST", body: form, redirect: "manual" });
  assert.equal(uploaded.status, 303);
  assert.equal(await end(started), 0);

  started = start("0", "0");
  site = await addressOf(started, /^mysite: (http:\S+)$/);
  assert.equal(await (await fetch(`${site}/objects/1`)).text(), "kept");
  assert.equal(await end(started), 0);
  await assert.rejects(fetch(site), "nothing listens any more");
});

test("npm start says which port is taken, and the way out", async () => {
  const other = createServer();
  await once(other.listen(0, "127.0.0.1"), "listening");
  const port = String((other.address() as AddressInfo).port);
  const cases = [
    ["0", port, /^mysite: .*EADDRINUSE.*; choose another port with PORT=8001 npm start/m],
    [port, "0", /^stowage: cannot listen on .*; choose another with --port/m],
  ] as const;
  for (const [api, site, expected] of cases) {
    const started = start(api, site);
    let said = "";
    started.stderr.on("data", (chunk) => (said += String(chunk)));
    started.stdout.resume();
    const [code] = (await once(started, "close")) as [number];
    assert.equal(code, 1);
    assert.match(said, expected);
    assert.doesNotMatch(said, /\n\s+at /, "no stack");
  }
  other.close();
});

type Started = ChildProcessByStdio<null, Readable, Readable>;

function start(port: string, sitePort: string): Started {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:AWS_|STOWAGE_|DATABASE_URL|npm_)/.test(name),
  );
  return spawn(
    process.execPath,
    [resolve("dist/examples/start.js"), "--port", port, "--data", join(dataDir, "data")],
    {
      env: { ...Object.fromEntries(own), PORT: sitePort },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
}

async function addressOf(
  { stdout, stderr }: Started,
  pattern: RegExp,
  lines: string[] = [],
): Promise<string> {
  let said = "";
  stderr.on("data", (chunk) => (said += String(chunk)));
  for await (const line of createInterface({ input: stdout })) {
    lines.push(line);
    const [, url] = pattern.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`It ended: ${said}`);
}

/** @returns The exit code. */
async function end(started: Started): Promise<number> {
  started.kill("SIGINT");
  const [code] = (await once(started, "exit")) as [number];
  return code;
}
