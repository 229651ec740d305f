/** The life of a server: opened, announced, drained, closed. */

import { resolve } from "node:path";
import type { Logger } from "pino";
import { parseMasterKeys } from "../engine/encryption/master-keys.ts";
import type { Engine, EngineLog } from "../engine/types.ts";
import { createServer, type ServerOptions, type StowageServer } from "../server/listen.ts";
import type { Webhook } from "../server/webhooks.ts";
import { type Administrator, ensureAdministrator } from "./administrator.ts";
import { followCertificate, readTls } from "./certificate.ts";
import { CommandError, type Io } from "./command.ts";
import { openDataDirectory } from "./data-directory.ts";
import { openLog } from "./log.ts";
import { keepHeapModest } from "./modest-heap.ts";
import { version } from "./version.ts";
import { readWebhooks } from "./webhooks.ts";

/** What `stowage serve` was given. */
export interface ServeOptions {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly consolePort?: number;
  readonly domain?: readonly string[];
  readonly websiteDomain?: readonly string[];
  readonly externalUrl?: string;
  readonly trustedProxy?: readonly string[];
  readonly region: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly kmsKey?: readonly string[];
  readonly sseCOverHttp?: boolean;
  readonly workers: number;
  readonly durability: "strict" | "relaxed";
  readonly lifecycleDay: number;
  readonly accessLogInterval: number;
  readonly webhook?: readonly Webhook[];
}

/**
 * Serves until a signal asks it to stop.
 *
 * @throws {CommandError} When it cannot start, with the way out.
 */
export async function serveUntilStopped(io: Io, options: ServeOptions): Promise<void> {
  keepHeapModest();
  const stop = io.stopSignal();
  const log = openLog(io);
  const tls = await readTls(options);
  const webhooks = readWebhooks(options.webhook ?? [], io.env);
  const dataDir = resolve(options.data);
  const engine = await openDataDirectory(dataDir, {
    as: "server",
    durability: options.durability,
    masterKeys: masterKeysOf(io.env),
    log: engineLog(log),
  });
  try {
    const administrator = await ensureAdministrator(engine, dataDir, io.env);
    const server = await listen(options, engine, log, tls, webhooks);
    const unfollow = followCertificate(server, options, tls, { log });
    announce(io, log, options, server.url, dataDir, administrator);
    const signal = await stop;
    log.info({ signal }, "finishing the requests under way");
    unfollow();
    await server.close();
  } finally {
    await engine.close();
  }
  log.info("stopped");
}

/** Lines of the engine, in the server's log. */
export function engineLog(log: Logger): EngineLog {
  return (level, message, error) => log[level](error === undefined ? {} : { err: error }, message);
}

export function masterKeysOf(env: Io["env"]): Uint8Array[] {
  try {
    return parseMasterKeys(env["STOWAGE_MASTER_KEY"] ?? "");
  } catch (cause) {
    throw new CommandError(
      `STOWAGE_MASTER_KEY cannot be used: ${(cause as Error).message}`,
      "set it to 32 bytes in base64, such as those of: openssl rand -base64 32",
      { cause },
    );
  }
}

/** @throws {CommandError} With the reason, and the way out. */
export async function listen(
  options: ServeOptions,
  engine: Engine,
  log: Logger,
  tls: ServerOptions["tls"],
  webhooks: readonly Webhook[],
): Promise<StowageServer> {
  try {
    return await createServer(serverOptions(options, engine, log, tls, webhooks));
  } catch (cause) {
    throw listenFailed(options, cause);
  }
}

/** What the command line asks of the server. */
export function serverOptions(
  options: ServeOptions,
  engine: Engine,
  log: Logger,
  tls: ServerOptions["tls"],
  webhooks: readonly Webhook[],
): ServerOptions {
  const { host, port, region, domain, lifecycleDay, accessLogInterval } = options;
  return {
    engine,
    host,
    port,
    region,
    domains: domain ?? [],
    websiteDomains: options.websiteDomain ?? [],
    ...(options.externalUrl === undefined ? {} : { externalUrl: options.externalUrl }),
    trustedProxies: options.trustedProxy ?? [],
    kmsKeys: options.kmsKey ?? [],
    customerKeysOverHttp: options.sseCOverHttp ?? false,
    log,
    webhooks,
    background: { lifecycleDaySeconds: lifecycleDay, accessLogSeconds: accessLogInterval },
    ...(tls === undefined ? {} : { tls }),
  };
}

/** Why there is no listening, with the way out. */
export function listenFailed({ host, port }: ServeOptions, cause: unknown): CommandError {
  const [reason, fix] = listenFailures[(cause as NodeJS.ErrnoException).code ?? ""] ?? [
    reasonOf(cause),
    "check --host and --port",
  ];
  return new CommandError(`cannot listen on ${host} port ${port}: ${reason}`, fix, { cause });
}

const listenFailures: Readonly<Record<string, readonly [reason: string, fix: string]>> = {
  EADDRINUSE: ["the port is in use", "choose another with --port, or stop what uses it"],
  EACCES: ["permission denied", "choose a port from 1024 up with --port"],
  EADDRNOTAVAIL: ["this machine has no such address", "give one of its own with --host"],
  ENOTFOUND: ["no such host", "give an address of this machine with --host"],
};

export function announce(
  io: Io,
  log: Logger,
  options: ServeOptions,
  url: string,
  dataDir: string,
  administrator: Administrator | null,
): void {
  if (options.durability === "relaxed") {
    log.warn(
      "durability is relaxed: what was acknowledged in the last moments before a power cut may be lost",
    );
  }
  if (options.consolePort !== undefined) {
    log.warn(
      { consolePort: options.consolePort },
      "there is no console in this version: --console-port is ignored",
    );
  }
  const keys = administrator?.keysFile ?? null;
  if (io.terminal) {
    io.stderr.write(greeting(url, dataDir, keys, administrator));
  } else {
    log.info(
      {
        version,
        url: url,
        dataDir,
        durability: options.durability,
        region: options.region,
        keysFile: keys,
      },
      keys === null ? "listening" : `listening; the administrator's keys are in ${keys}`,
    );
  }
  io.stdout.write(`stowage: listening on ${url}\n`);
}

function greeting(
  url: string,
  dataDir: string,
  keys: string | null,
  administrator: Administrator | null,
): string {
  const whose =
    keys ??
    (administrator === null ? "those of the administrators that the store knows" : "from STOWAGE_ACCESS_KEY");
  return [
    `Stowage ${version}`,
    `  S3 API   ${url}`,
    `  Data     ${dataDir}`,
    `  Keys     ${whose}`,
    ...(keys === null ? [] : [`  To use them in a shell: set -a; . ${shellQuoted(keys)}; set +a`]),
    "Ctrl+C stops it.",
    "",
  ].join("\n");
}

/** A word that a shell reads as it is. */
export function shellQuoted(word: string): string {
  return /^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "no such file" : code === "EACCES" ? "permission denied" : message;
}
