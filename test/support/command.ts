/** The command line in the process, on a server for tests. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { after, before } from "node:test";
import type { Io } from "../../src/cli/command.ts";
import { runProgram } from "../../src/cli/program.ts";
import { startTestServer, type TestServer, type TestServerOptions } from "../../src/testing.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment in which commands find a server. */
export function environmentOf({
  endpoint,
  credentials,
}: Pick<TestServer, "endpoint" | "credentials">): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}

/** Runs `stowage` with these words. */
export async function runCommand(
  env: Io["env"],
  words: readonly string[],
  stopSignal: Io["stopSignal"] = () => new Promise(() => {}),
): Promise<Ran> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const printed = Promise.all([text(stdout), text(stderr)]);
  const code = await runProgram(words, { env, stdout, stderr, terminal: false, stopSignal });
  stdout.end();
  stderr.end();
  const [out, error] = await printed;
  return { code, stdout: out, stderr: error };
}

/** A server, a folder, and `stowage` with its words, for the tests of one file. */
export interface Commands {
  readonly server: TestServer;
  /** Empty at first, and removed at the end. */
  readonly folder: string;
  readonly run: (...words: string[]) => Promise<Ran>;
}

export interface CommandsOptions extends TestServerOptions {
  /** Of the commands, beside what leads them to the server. */
  readonly env?: Io["env"];
  /** What the tests find. */
  readonly prepare?: (commands: Commands) => Promise<void>;
}

/** Has a server and a folder from before the first test to after the last. Called where a file's tests stand. */
export function useCommands({ env, prepare, ...options }: CommandsOptions = {}): Commands {
  let server: TestServer;
  let folder: string;
  const commands: Commands = {
    get server() {
      return server;
    },
    get folder() {
      return folder;
    },
    run: (...words) => runCommand({ ...environmentOf(server), ...env }, words),
  };
  before(async () => {
    server = await startTestServer(options);
    folder = await mkdtemp(join(tmpdir(), "stowage-commands-"));
    await prepare?.(commands);
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  return commands;
}
