/** `stowage dev`: a server and a bucket for as long as a command runs, and what names them in its environment. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { resolve } from "node:path";
import type { Logger } from "pino";
import { S3ResponseError } from "../client/errors.ts";
import { S3Client } from "../client/s3-client.ts";
import { createMemoryEngine } from "../engine/memory-engine.ts";
import type { Engine } from "../engine/types.ts";
import { addUser, findAccessKey } from "../engine/users.ts";
import type { Credentials } from "../s3/credentials.ts";
import type { StowageServer } from "../server/listen.ts";
import { ensureAdministrator } from "./administrator.ts";
import { CommandError, type Io } from "./command.ts";
import { openDataDirectory } from "./data-directory.ts";
import { openLog } from "./log.ts";
import { engineLog, listen, masterKeysOf, type ServeOptions } from "./serving.ts";
import { shellQuoted } from "./shell-words.ts";

/** What `stowage dev` was given. */
export interface DevOptions {
  readonly data: string;
  readonly memory?: boolean;
  readonly port?: number;
  readonly bucket?: string;
  readonly region: string;
  readonly json?: boolean;
}

const usualPort = 9000;
const usualBucket = "dev";

/**
 * Serves while a command runs, or without one until a signal comes.
 *
 * @returns The command's exit code.
 * @throws {CommandError} When the server or the command cannot start.
 */
export async function develop(io: Io, command: readonly string[], options: DevOptions): Promise<number> {
  const stop = io.stopSignal();
  // The command's own lines are what one wants to see.
  const log = openLog({ ...io, env: { STOWAGE_LOG_LEVEL: "warn", ...io.env } });
  const { engine, credentials } = await openStore(io, options, log);
  try {
    const server = await listenSomewhere(options, engine, log);
    try {
      const environment = await environmentOf(io, options, server.url, credentials);
      if (command.length > 0) return await runCommand(io, command, environment, stop);
      io.stdout.write(options.json === true ? `${JSON.stringify(environment)}\n` : exportsOf(environment));
      if (io.terminal) io.stderr.write("The server is running. Ctrl+C stops it.\n");
      await stop;
      return 0;
    } finally {
      await server.close();
    }
  } finally {
    await engine.close();
  }
}

interface Store {
  readonly engine: Engine;
  readonly credentials: Credentials;
}

async function openStore(io: Io, { memory, data }: DevOptions, log: Logger): Promise<Store> {
  if (memory === true) {
    const engine = createMemoryEngine({ log: engineLog(log) });
    const { key } = await addUser(engine, { name: "dev" });
    return { engine, credentials: key };
  }
  const dataDir = resolve(data);
  const engine = await openDataDirectory(dataDir, {
    as: "server",
    masterKeys: masterKeysOf(io.env),
    log: engineLog(log),
  });
  try {
    return { engine, credentials: await keysOf(engine, dataDir, io.env) };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function keysOf(engine: Engine, dataDir: string, env: Io["env"]): Promise<Credentials> {
  const accessKeyId = (await ensureAdministrator(engine, dataDir, env))?.accessKeyId ?? "";
  const known = await findAccessKey(engine, accessKeyId);
  if (known !== null) return { accessKeyId, secretAccessKey: known.secretAccessKey };
  throw new CommandError(
    `the keys of the administrators of ${dataDir} are not known here`,
    "set STOWAGE_ACCESS_KEY and STOWAGE_SECRET_KEY, or give another directory with --data",
  );
}

/** At the port that was given; else at the usual one, or a free one where somebody else has it. */
async function listenSomewhere(options: DevOptions, engine: Engine, log: Logger): Promise<StowageServer> {
  const { port = usualPort } = options;
  try {
    return await listen(serveOptions(options, port), engine, log, undefined, {});
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (options.port !== undefined || code !== "EADDRINUSE") throw error;
    return listen(serveOptions(options, 0), engine, log, undefined, {});
  }
}

function serveOptions({ data, region }: DevOptions, port: number): ServeOptions {
  const days = { lifecycleDay: 86_400, accessLogInterval: 300 };
  return { data, host: "127.0.0.1", port, region, workers: 1, durability: "strict", ...days };
}

async function environmentOf(
  io: Io,
  { bucket: given, region }: DevOptions,
  endpoint: string,
  credentials: Credentials,
): Promise<Record<string, string>> {
  const bucket = given ?? (io.env["AWS_STORAGE_BUCKET_NAME"] || usualBucket);
  await using client = new S3Client({ endpoint, region, credentials, env: {} });
  try {
    await client.createBucket({ bucket });
  } catch (cause) {
    if (!(cause instanceof S3ResponseError)) throw cause;
    if (cause.code !== "BucketAlreadyOwnedByYou") {
      throw new CommandError(
        `cannot make the bucket "${bucket}": ${cause.serverMessage.replace(/\.$/, "")}`,
        "choose another with --bucket",
        { cause },
      );
    }
  }
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    AWS_STORAGE_BUCKET_NAME: bucket,
  };
}

/** Lines for another shell. */
function exportsOf(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${shellQuoted(value)}\n`)
    .join("");
}

/** @returns The exit code, as a shell counts it. */
async function runCommand(
  io: Io,
  [program = "", ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
  stop: Promise<string>,
): Promise<number> {
  // What would go before the keys, or be sent with them.
  const { AWS_PROFILE: _profile, AWS_SESSION_TOKEN: _token, AWS_ENDPOINT_URL: _url, ...env } = io.env;
  const child = spawn(program, args, { stdio: "inherit", env: { ...env, ...environment } });
  const ended = once(child, "exit") as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  void stop.then((signal) => {
    // Ctrl+C reaches the command by itself.
    if (!(io.terminal && signal === "SIGINT")) child.kill(signal === "SIGINT" ? "SIGINT" : "SIGTERM");
  });
  try {
    const [code, signal] = await ended;
    return code ?? 128 + constants.signals[signal ?? "SIGTERM"];
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such program" : (cause as Error).message;
    throw new CommandError(`cannot run ${program}: ${reason}`, "check its name and PATH", { cause });
  }
}
