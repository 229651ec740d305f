/** The life of a server: opened, announced, drained, closed. */

import { resolve } from "node:path";
import type { Logger } from "pino";
import { parseMasterKeys } from "../engine/encryption/master-keys.ts";
import type { Engine, EngineLog } from "../engine/types.ts";
import type { ConsoleApi } from "../console/serve.ts";
import { createServer, type ServerOptions, type StowageServer } from "../server/listen.ts";
import type { Webhook } from "../server/webhooks.ts";
import { type Administrator, ensureAdministrator } from "./administrator.ts";
import { followCertificate, readTls } from "./certificate.ts";
import { CommandError, type Io } from "./command.ts";
import { openDataDirectory } from "./data-directory.ts";
import { openLog } from "./log.ts";
import { listenFailure } from "./listen-failure.ts";
import { keepHeapModest } from "./modest-heap.ts";
import { shellQuoted } from "./shell-words.ts";
import { version } from "./version.ts";
import { type ConsoleOptions, openConsole, withConsole } from "./web-console.ts";
import { readWebhooks } from "./webhooks.ts";

/** What `stowage serve` was given. */
export interface ServeOptions extends ConsoleOptions {
  readonly data: string;
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
  readonly maxBuckets?: number;
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
  const given = readEnvironment(options, io.env);
  const dataDir = resolve(options.data);
  const engine = await openDataDirectory(dataDir, {
    as: "server",
    durability: options.durability,
    masterKeys: masterKeysOf(io.env),
    log: engineLog(log),
  });
  try {
    const administrator = await ensureAdministrator(engine, dataDir, io.env);
    const { console: webConsole, complaint } = await openConsole(options, tls);
    try {
      const server = await listen(withConsole(options, webConsole), engine, log, tls, given);
      webConsole?.connect(apiOf(options, server.url));
      const unfollow = followCertificate(
        {
          useCertificate: (renewed) => {
            server.useCertificate(renewed);
            webConsole?.useCertificate(renewed);
          },
        },
        options,
        tls,
        { log },
      );
      announce(io, log, options, { url: server.url, consoleUrl: webConsole?.url, dataDir, administrator });
      if (complaint !== undefined) log.warn(complaint);
      const signal = await stop;
      log.info({ signal }, "finishing the requests under way");
      unfollow();
      await server.close();
    } finally {
      await webConsole?.close();
    }
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

/** What of the server's options is secret, or can be: other users of the machine read command lines. */
export type FromEnvironment = Pick<ServerOptions, "webhooks" | "metricsToken">;

/** @throws {CommandError} For a variable that cannot be used. */
export function readEnvironment({ webhook = [] }: ServeOptions, env: Io["env"]): FromEnvironment {
  return { webhooks: readWebhooks(webhook, env), metricsToken: readMetricsToken(env) };
}

function readMetricsToken(env: Io["env"]): string | undefined {
  const token = env["STOWAGE_METRICS_TOKEN"] || undefined;
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token;
  throw new CommandError(
    "STOWAGE_METRICS_TOKEN cannot be used",
    "set it to letters and digits, such as those of: openssl rand -hex 32",
  );
}

/** @throws {CommandError} With the reason, and the way out. */
export async function listen(
  options: ServeOptions,
  engine: Engine,
  log: Logger,
  tls: ServerOptions["tls"],
  given: FromEnvironment,
): Promise<StowageServer> {
  try {
    return await createServer(serverOptions(options, engine, log, tls, given));
  } catch (cause) {
    throw listenFailure({ ...options, flag: "--port" }, cause);
  }
}

/** What the command line asks of the server. */
export function serverOptions(
  options: ServeOptions,
  engine: Engine,
  log: Logger,
  tls: ServerOptions["tls"],
  given: FromEnvironment,
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
    ...(options.maxBuckets === undefined ? {} : { maxBuckets: options.maxBuckets }),
    console:
      options.console === false || options.consolePort === undefined
        ? undefined
        : { port: options.consolePort, url: options.consoleUrl },
    log,
    ...given,
    background: { lifecycleDaySeconds: lifecycleDay, accessLogSeconds: accessLogInterval },
    ...(tls === undefined ? {} : { tls }),
  };
}

/** Where the API of a server that listens is, for the console. */
export function apiOf({ region, externalUrl }: ServeOptions, url: string): ConsoleApi {
  const { port, protocol } = new URL(url);
  return { port: Number(port || (protocol === "https:" ? 443 : 80)), externalUrl, region };
}

/** What there is to say of a server that listens. */
export interface Announced {
  readonly url: string;
  readonly consoleUrl: string | undefined;
  readonly dataDir: string;
  readonly administrator: Administrator | null;
}

export function announce(io: Io, log: Logger, options: ServeOptions, announced: Announced): void {
  const { url, consoleUrl, dataDir, administrator } = announced;
  if (options.durability === "relaxed") {
    log.warn(
      "durability is relaxed: what was acknowledged in the last moments before a power cut may be lost",
    );
  }
  const keys = administrator?.keysFile ?? null;
  if (io.terminal) {
    io.stderr.write(greeting(announced, keys));
  } else {
    log.info(
      {
        version,
        url,
        consoleUrl,
        dataDir,
        durability: options.durability,
        region: options.region,
        keysFile: keys,
      },
      keys === null ? "listening" : `listening; the administrator's keys are in ${keys}`,
    );
  }
  io.stdout.write(`stowage: listening on ${url}\n`);
  if (consoleUrl !== undefined) io.stdout.write(`stowage: console on ${consoleUrl}\n`);
}

function greeting({ url, consoleUrl, dataDir, administrator }: Announced, keys: string | null): string {
  const whose =
    keys ??
    (administrator === null ? "those of the administrators that the store knows" : "from STOWAGE_ACCESS_KEY");
  return [
    `Stowage ${version}`,
    `  S3 API   ${url}`,
    ...(consoleUrl === undefined ? [] : [`  Console  ${consoleUrl}`]),
    `  Data     ${dataDir}`,
    `  Keys     ${whose}`,
    ...(keys === null
      ? []
      : [`  In a shell: set -a; . ${shellQuoted(keys)}; AWS_ENDPOINT_URL_S3=${url}; set +a`]),
    "Ctrl+C stops it.",
    "",
  ].join("\n");
}
