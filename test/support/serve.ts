/** `stowage serve` as a child process, as an operator runs it. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";

/** The command line, compiled. */
export const program: string = join(import.meta.dirname, "..", "..", "src", "cli", "main.js");

export interface Serving {
  /** Such as `http://127.0.0.1:40001`. */
  readonly endpoint: string;
  readonly pid: number;
  /** Ends the server, with SIGKILL when it has not drained after ten seconds. Resolves with its exit code. */
  stop(): Promise<number | null>;
}

export interface ServeOptions {
  readonly dataDir: string;
  /** Flags of `stowage serve` beside the data directory and the ports. */
  readonly flags?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** What runs the program. Default: this Node. */
  readonly runtime?: readonly [command: string, ...args: string[]] | undefined;
  /** Given every line of the server's log. */
  readonly onLog?: (line: string) => void;
}

const startTimeoutMs = 20_000;
const stopTimeoutMs = 10_000;

/**
 * Starts the server on a free port and waits until it listens.
 *
 * @throws Error with its log when it ends before that, or says nothing within 20 s.
 */
export async function startServing({
  dataDir,
  flags = [],
  environment = {},
  runtime: [command, ...runtimeArgs] = [process.execPath],
  onLog,
}: ServeOptions): Promise<Serving> {
  const server = spawn(
    command,
    [...runtimeArgs, program, "serve", "--data", dataDir, "--port", "0", "--console-port", "0", ...flags],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } },
  );
  try {
    return {
      endpoint: await endpointOf(server, onLog),
      pid: server.pid ?? 0,
      stop: () => stopProcess(server),
    };
  } catch (error) {
    await stopProcess(server);
    throw error;
  }
}

/** Waits for the one line that says where the server listens; its log is shown when it ends before that. */
async function endpointOf(server: ChildProcess, onLog: ServeOptions["onLog"]): Promise<string> {
  const log: string[] = [];
  let listens = false;
  if (server.stderr !== null) {
    createInterface(server.stderr).on("line", (line) => {
      if (!listens) log.push(line);
      onLog?.(line);
    });
  }
  const { promise, resolve, reject } = defer<string>();
  const fail = (why: string): void => reject(new Error(`stowage serve ${why}\n${log.join("\n")}`));
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
    listens = true;
  }
}

async function stopProcess(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  await exit;
  clearTimeout(timer);
  return child.exitCode;
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
