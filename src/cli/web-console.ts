/** The web console of `stowage serve`: where it listens, and when there is none. */

import { type Console, startConsole } from "../console/serve.ts";
import type { CertificateFiles } from "./certificate.ts";
import { listenFailure } from "./listen-failure.ts";

/** What of `stowage serve` is about the console. */
export interface ConsoleOptions {
  readonly host: string;
  readonly port: number;
  readonly consolePort?: number;
  readonly consoleUrl?: string;
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
 * @throws {CommandError} Where it cannot listen on the port of `--console-port`.
 */
export async function openConsole(
  options: ConsoleOptions,
  tls: CertificateFiles | undefined,
): Promise<OpenedConsole> {
  if (options.console === false) return { console: null };
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

/** The options with what became of the console, for the server, which lets its page read answers. */
export function withConsole<T extends ConsoleOptions>(options: T, console: Console | null): T {
  return console === null ? { ...options, console: false } : { ...options, consolePort: console.port };
}
