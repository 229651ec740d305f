/** `stowage shell`: node's own prompt, with a connection to S3 in it. */

import { once } from "node:events";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type REPLServer, start } from "node:repl";
import { PassThrough, type Readable } from "node:stream";
import { CannedACL } from "../client/acl.ts";
import { connectS3, S3Connection } from "../client/connection.ts";
import { Key } from "../client/key.ts";
import { CommandError, type Io } from "./command.ts";
import type { ConnectionOptions } from "./connection-flags.ts";
import { addressOf, clientOptions } from "./s3-connection.ts";
import { completeNames } from "./shell-completion.ts";

/** What `stowage shell` was given. */
export interface ShellOptions extends ConnectionOptions {
  readonly bucket?: string;
}

export interface ShellIo extends Omit<Io, "stopSignal"> {
  readonly stdin: Readable;
}

/** Reads lines until the input ends. @throws {CommandError} Where there is no bucket of that name, or no keys. */
export async function runShell(io: ShellIo, options: ShellOptions): Promise<void> {
  // The prompt has the input: nothing else can ask there.
  const conn = new S3Connection({ ...clientOptions(io.env, options), mfaCodeProvider: undefined });
  try {
    const name = options.bucket ?? io.env["AWS_STORAGE_BUCKET_NAME"];
    const bucket = name === undefined ? undefined : await findBucket(conn, name);
    if (io.terminal) io.stdout.write(greeting(addressOf(io.env, options) ?? "Amazon S3", name));
    const input = io.terminal ? io.stdin : new PassThrough();
    // With globals of their own, bytes that are made at the prompt would be no Uint8Array to the client.
    const server = start({
      prompt: "> ",
      input,
      output: io.stdout,
      terminal: io.terminal,
      useGlobal: true,
    });
    Object.assign(server.context, { conn, bucket, s3: conn.client, connectS3, S3Connection, Key, CannedACL });
    addCompletion(server, conn);
    keepHistory(server, io.env);
    if (input instanceof PassThrough && !io.terminal) void feed(io.stdin, input, server);
    await once(server, "exit");
  } finally {
    await conn.close();
  }
}

async function findBucket(conn: S3Connection, name: string): Promise<unknown> {
  try {
    return await conn.getBucket(name);
  } catch (cause) {
    throw new CommandError(
      `cannot open the bucket "${name}": ${(cause as Error).message.replace(/\.$/, "")}`,
      "leave out --bucket, and look at the endpoint and the keys",
      { cause },
    );
  }
}

function greeting(address: string, bucket: string | undefined): string {
  const example =
    bucket === undefined
      ? 'bucket = await conn.getBucket("mybucket")'
      : "for await (const key of bucket) console.log(key.name)";
  return `conn is a connection to ${address}. Try: ${example}\n`;
}

/** Lines of a pipe, each when the one before is done: node would begin with it while that still waits for something. */
async function feed(source: Readable, input: PassThrough, server: REPLServer): Promise<void> {
  const prompt = server.displayPrompt.bind(server);
  let done: (() => void) | undefined;
  server.displayPrompt = (preserveCursor) => {
    prompt(preserveCursor);
    done?.();
  };
  for await (const line of createInterface({ input: source })) {
    const isDone = new Promise<void>((resolve) => (done = resolve));
    input.write(`${line}\n`);
    await isDone;
  }
  input.end();
}

const nothing: [names: string[], part: string] = [[], ""];

type Answer = (error?: Error | null, found?: [names: string[], part: string]) => void;

/** Names of buckets and keys inside of quotes; whatever node completes elsewhere. */
function addCompletion(server: REPLServer, conn: S3Connection): void {
  const own = server.completer.bind(server);
  Object.assign(server, {
    completer(line: string, callback: Answer): void {
      void (async () => {
        // What cannot be asked for is not completed.
        const found = await completeNames(line, conn, server.context["bucket"]).catch(() => nothing);
        if (found === null) own(line, callback);
        else callback(null, found);
      })();
    },
  });
}

function keepHistory(server: REPLServer, env: Io["env"]): void {
  const path = env["STOWAGE_HISTORY"] ?? join(homedir(), ".stowage_history");
  // It says itself what is wrong with the file; the prompt works without.
  if (path !== "" && server.terminal) server.setupHistory(path, () => {});
}
