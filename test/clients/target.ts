/** The S3 that the suites talk to: our own server as a child process, or any other by its endpoint. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** An endpoint, and two users of it by the names that the suites read. */
export interface Target {
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Stops what was started. */
  stop(): Promise<void>;
}

const program = join(import.meta.dirname, "..", "..", "src", "cli", "main.js");
const startTimeoutMs = 20_000;
const stopTimeoutMs = 10_000;

/** The endpoint that the environment names (STOWAGE_TEST_ENDPOINT and the keys), or null when it names none. */
export function targetFromEnvironment(): Target | null {
  const endpoint = process.env["STOWAGE_TEST_ENDPOINT"];
  if (endpoint === undefined) return null;
  const names = ["ACCESS_KEY", "SECRET_KEY", "ALT_ACCESS_KEY", "ALT_SECRET_KEY", "ALT_EMAIL"];
  for (const name of names) {
    if (process.env[`STOWAGE_TEST_${name}`] === undefined)
      throw new Error(`STOWAGE_TEST_ENDPOINT is set and STOWAGE_TEST_${name} is not`);
  }
  const kind = process.env["STOWAGE_TEST_KIND"] ?? "aws";
  return {
    description: `${kind} at ${endpoint}`,
    environment: { STOWAGE_TEST_KIND: kind },
    stop: () => Promise.resolve(),
  };
}

/** Starts `stowage serve` on an empty data directory and adds a second user, as an administrator would. */
export async function startStowage(): Promise<Target> {
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-clients-"));
  const main = { accessKey: "STOWAGETESTMAIN00001", secretKey: "stowage/test+main/secret0000000000000001" };
  const alt = { accessKey: "STOWAGETESTALT000001", secretKey: "stowage/test+alt/secret00000000000000001" };
  const email = "alt@example.com";
  const server = spawn(
    process.execPath,
    [program, "serve", "--data", dataDir, "--port", "0", "--console-port", "0"],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, STOWAGE_ACCESS_KEY: main.accessKey, STOWAGE_SECRET_KEY: main.secretKey },
    },
  );
  const stop = async (): Promise<void> => {
    await stopProcess(server);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const endpoint = await endpointOf(server);
    await promisify(execFile)(
      process.execPath,
      // prettier-ignore
      [program, "user", "add", "alt", "--email", email, "--access-key", alt.accessKey, "--secret-key", alt.secretKey,
        "--endpoint", endpoint],
      { env: { ...process.env, AWS_ACCESS_KEY_ID: main.accessKey, AWS_SECRET_ACCESS_KEY: main.secretKey } },
    );
    return {
      description: `stowage serve at ${endpoint}`,
      environment: {
        STOWAGE_TEST_KIND: "stowage",
        STOWAGE_TEST_ENDPOINT: endpoint,
        STOWAGE_TEST_ACCESS_KEY: main.accessKey,
        STOWAGE_TEST_SECRET_KEY: main.secretKey,
        STOWAGE_TEST_ALT_ACCESS_KEY: alt.accessKey,
        STOWAGE_TEST_ALT_SECRET_KEY: alt.secretKey,
        STOWAGE_TEST_ALT_EMAIL: email,
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for the one line that says where the server listens; its log is shown when it ends before that. */
async function endpointOf(server: ChildProcess): Promise<string> {
  const log: Buffer[] = [];
  server.stderr?.on("data", (chunk: Buffer) => log.push(chunk));
  const { promise, resolve, reject } = defer<string>();
  const fail = (why: string): void =>
    reject(new Error(`stowage serve ${why}\n${Buffer.concat(log).toString()}`));
  const timer = setTimeout(fail, startTimeoutMs, `did not listen within ${startTimeoutMs} ms`);
  server.once("error", (error) => fail(error.message));
  server.once("exit", (code) => fail(`ended with ${code}`));
  if (server.stdout !== null) {
    createInterface(server.stdout).on("line", (line) => {
      const endpoint = /^stowage: listening on (http\S+)$/.exec(line)?.[1];
      if (endpoint !== undefined) resolve(endpoint);
    });
  }
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  await exit;
  clearTimeout(timer);
}

function defer<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
