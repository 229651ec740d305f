/** `stowage shell`: node's own prompt, with a connection to S3 in it. */

import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type REPLServer, start } from "node:repl";
import { PassThrough, type Readable } from "node:stream";
import { parseEnv } from "node:util";
import { CannedACL } from "../client/acl.ts";
import { connectS3, S3Connection } from "../client/connection.ts";
import { Key } from "../client/key.ts";
import type { S3ClientOptions } from "../client/settings.ts";
import { CommandError, type Io } from "./command.ts";
import { completeNames } from "./shell-completion.ts";

/** What `stowage shell` was given. */
export interface ShellOptions {
  readonly endpoint?: URL;
  readonly bucket?: string;
  readonly data?: string;
  readonly anon?: boolean;
}

export interface ShellIo extends Omit<Io, "stopSignal"> {
  readonly stdin: Readable;
}

/** Reads lines until the input ends. @throws {CommandError} Where there is no bucket of that name, or no keys. */
export async function runShell(io: ShellIo, options: ShellOptions): Promise<void> {
  const conn = new S3Connection(connectionOptions(io.env, options));
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

function connectionOptions(env: Io["env"], options: ShellOptions): S3ClientOptions {
  const { data, anon = false } = options;
  return {
    env,
    endpoint: addressOf(env, options),
    ...(anon ? { anon } : data === undefined ? {} : { credentials: keysIn(data) }),
  };
}

function addressOf(env: Io["env"], { endpoint, data }: ShellOptions): string | undefined {
  const local = data === undefined ? undefined : "http://127.0.0.1:9000";
  return endpoint?.origin ?? env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"] ?? local;
}

function keysIn(data: string): { accessKeyId: string; secretAccessKey: string } {
  const path = join(data, "admin.env");
  const found = existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {};
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = found;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { accessKeyId, secretAccessKey };
  throw new CommandError(
    `there are no keys in ${path}`,
    "give the server's data directory with --data, or the keys in the environment",
  );
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
