/**
 * `npm start`: the S3 server, and the example site beside it on the server's data.
 *
 *     npm start                            the API on port 9000, the site on port 8000, data in .stowage/
 *     npm start -- --port 9100             whatever `stowage serve` takes
 *     PORT=8100 npm start                  the site on another port
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs, parseEnv } from "node:util";
import { stopSignal } from "../src/cli/stop-signal.ts";
import { startSite } from "./mysite/site.ts";

const { env } = process;
const { values } = parseArgs({ strict: false, options: { data: { type: "string", default: ".stowage" } } });
const dataDir = resolve(String(values["data"]));

const stop = stopSignal();
// In a process group of its own: Ctrl+C is for this process, which ends the site first and then the server.
const server = spawn(process.execPath, [resolve("dist/src/cli/main.js"), "serve", ...process.argv.slice(2)], {
  stdio: ["ignore", "pipe", "inherit"],
  detached: process.platform !== "win32",
});
const ended = once(server, "exit").then(([code]) => code as number | null);
const url = await urlOf(server);
process.exitCode = url === null ? ((await ended) ?? 1) : await runSite(url);

/** Where the server listens; null when it ended instead, and has said why. */
function urlOf({ stdout }: ChildProcess): Promise<string | null> {
  return new Promise((settle) => {
    const lines = createInterface({ input: stdout! });
    lines.on("line", (line) => {
      console.log(line);
      const [, url] = /^stowage: listening on (\S+)$/.exec(line) ?? [];
      if (url !== undefined) settle(url);
    });
    lines.once("close", () => settle(null));
  });
}

/** @returns The exit code. */
async function runSite(url: string): Promise<number> {
  try {
    Object.assign(env, { AWS_ENDPOINT_URL_S3: url, ...keysOfServer() });
    env["AWS_STORAGE_BUCKET_NAME"] ??= "mysite";
    const site = await startSite({
      root: resolve("examples/mysite"),
      port: Number(env["PORT"] ?? 8000),
      databaseUrl: env["DATABASE_URL"],
      databaseDirectory: join(dataDir, "mysite"),
    });
    console.log(`mysite: ${site.url}`);
    const code = await Promise.race([stop.then(() => 0), ended.then((code) => code ?? 1)]);
    await site.close();
    return code;
  } catch (error) {
    console.error(`mysite: ${reasonOf(error as NodeJS.ErrnoException)}`);
    return 1;
  } finally {
    server.kill();
    await ended;
  }
}

/** The administrator's: those of the environment, or those that the server made at its first start. */
function keysOfServer(): NodeJS.Dict<string> {
  const { STOWAGE_ACCESS_KEY, STOWAGE_SECRET_KEY } = env;
  if (STOWAGE_ACCESS_KEY !== undefined) {
    return { AWS_ACCESS_KEY_ID: STOWAGE_ACCESS_KEY, AWS_SECRET_ACCESS_KEY: STOWAGE_SECRET_KEY };
  }
  return parseEnv(readFileSync(join(dataDir, "admin.env"), "utf8"));
}

function reasonOf({ code, message, stack }: NodeJS.ErrnoException): string {
  if (code !== "EADDRINUSE") return stack ?? message;
  return `${message}; choose another port with PORT=8001 npm start, or stop what uses it`;
}
