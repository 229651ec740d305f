/**
 * The client, storages and files as answers on Bun and Deno, against `stowage serve`; and that on Bun and Deno.
 *
 * Needs what test/runtimes/install.sh brings, which is 250 MB.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { type Serving, startServing } from "../support/serve.ts";

const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "stowage-tests", "runtimes");
const keys = { accessKeyId: "AKIDRUNTIMES00000000", secretAccessKey: "runtimes-secret" };

/** How each runs a program. Node is among them, so that a program that is wrong shows. */
const runtimes: Readonly<Record<string, readonly [command: string, ...args: string[]]>> = {
  Node: [process.execPath],
  Bun: [join(cache, "node_modules", ".bin", "bun")],
  Deno: [join(cache, "node_modules", ".bin", "deno"), "run", "--allow-all"],
};
const isThere = (command: string): boolean =>
  existsSync(command) && spawnSync(command, ["--version"]).status === 0;

let server: Serving | undefined;
let folder = "";

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "stowage-runtimes-"));
  server = await serve("data");
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(resolve("."), join(folder, "node_modules", "stowage"), "junction");
  symlinkSync(resolve("node_modules", "hono"), join(folder, "node_modules", "hono"), "junction");
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

for (const [name, [command, ...args]] of Object.entries(runtimes)) {
  const skip = isThere(command) ? false : `${command} is not there: test/runtimes/install.sh brings it`;
  for (const program of ["client.mjs", "storage.mjs"]) {
    test(`${program} on ${name}`, { skip }, () => run(program, [command, ...args], server));
  }
  test(`stowage serve on ${name}`, { skip }, async () => {
    const own = await serve(name, [command, ...args]);
    try {
      for (const program of ["client.mjs", "storage.mjs"]) run(program, [process.execPath], own);
    } finally {
      assert.equal(await own.stop(), 0);
    }
  });
}

async function serve(dataDir: string, runtime?: readonly [string, ...string[]]): Promise<Serving> {
  return startServing({
    dataDir: join(folder, dataDir),
    runtime,
    environment: { STOWAGE_ACCESS_KEY: keys.accessKeyId, STOWAGE_SECRET_KEY: keys.secretAccessKey },
  });
}

/** Runs a program of this folder to its end. */
function run(
  program: string,
  [command, ...args]: readonly [string, ...string[]],
  server: Serving | undefined,
): void {
  copyFileSync(join("test", "runtimes", program), join(folder, program));
  const { status, stdout, stderr } = spawnSync(command, [...args, program], {
    cwd: folder,
    encoding: "utf8",
    timeout: 60_000,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      AWS_ENDPOINT_URL_S3: server?.endpoint,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_REGION: "us-east-1",
    },
  });
  assert.deepEqual([status, stdout], [0, "done\n"], stderr);
}
