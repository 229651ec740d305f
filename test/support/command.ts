/** The command line in the process, on a server for tests. */

import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { Io } from "../../src/cli/command.ts";
import { runProgram } from "../../src/cli/program.ts";
import type { TestServer } from "../../src/testing.ts";

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
