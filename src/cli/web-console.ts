/** The web console of `stowage serve`: where it listens, and when there is none. */

import { type Console, startConsole } from "../console/serve.ts";
import type { CertificateFiles } from "./certificate.ts";
import { CommandError } from "./command.ts";
import { listenFailure } from "./listen-failure.ts";

/** What of `stowage serve` is about the console. */
export interface ConsoleOptions {
  readonly host: string;
  readonly port: number;
  readonly consolePort?: number;
  readonly consoleUrl?: string;
  /** The API's, through a proxy. */
  readonly externalUrl?: string;
  /** False: there is to be none. */
  readonly console?: boolean;
}

/** What became of the console. */
export interface OpenedConsole {
  readonly console: Console | null;
  /** Why there is none, where one was expected: to be told once the server listens. */
  readonly complaint?: string;
}

/**
 * Starts the console. A port that nobody asked for and that is in use leaves the server without one.
 *
 * @throws {CommandError} Where it cannot listen on the port of `--console-port`, or would be of the API's origin.
 */
export async function openConsole(
  options: ConsoleOptions,
  tls: CertificateFiles | undefined,
): Promise<OpenedConsole> {
  if (options.console === false) return { console: null };
  refuseOneOrigin(options);
  const port = options.consolePort ?? (options.port === 0 ? 0 : options.port + 1);
  try {
    return { console: await startConsole({ host: options.host, port, tls }) };
  } catch (cause) {
    const failure = listenFailure({ host: options.host, port, flag: "--console-port" }, cause);
    if (options.consolePort !== undefined) throw failure;
    return {
      console: null,
      complaint: `there is no console: ${failure.message}; ${failure.fix}, or say --no-console`,
    };
  }
}

/** A page that somebody uploads, opened at the API, would read the keys of whoever is signed in to a console there. */
function refuseOneOrigin({ consoleUrl, externalUrl }: ConsoleOptions): void {
  if (consoleUrl === undefined || externalUrl === undefined) return;
  const { origin } = new URL(externalUrl);
  if (origin === consoleUrl) {
    throw new CommandError(
      `the console and the API cannot both be at ${origin}: what people upload would run in the console`,
      "give one of them another host name or port",
    );
  }
}

/** The options with what became of the console, for the server, which lets its page read answers. */
export function withConsole<T extends ConsoleOptions>(options: T, console: Console | null): T {
  return console === null ? { ...options, console: false } : { ...options, consolePort: console.port };
}
