/** What the commands on static files share: options, the site, and failures that were foreseen. */

import { CredentialsError, S3ConnectionError } from "../client/errors.ts";
import { S3Error } from "../s3/errors.ts";
import type { StaticSite } from "../static/site.ts";
import { StorageError } from "../storage/errors.ts";
import { CommandError, type Flag, UsageError } from "./command.ts";

export const configFlag: Flag = {
  flags: "--config <file>",
  description: "The configuration (default: stowage.config.ts here or above)",
};

export const verbosityFlag: Flag = {
  flags: "-v, --verbosity <level>",
  description: "0 says nothing, 1 the summary, 2 each file",
  default: 1,
  parse: (text) => {
    if (/^[0-3]$/.test(text)) return Number(text);
    throw new UsageError(`"${text}" is no level`, "give 0, 1, 2 or 3");
  },
};

/** The static files of the configuration. @throws {CommandError} Where it cannot be used. */
export async function openSite(config: string | undefined): Promise<StaticSite> {
  const { loadStaticSite } = await import("../static/load-site.ts");
  return foreseen(() => loadStaticSite(config === undefined ? {} : { file: config }));
}

/** Does something whose failures are the configuration's, the files' or the storage's. @throws {CommandError} */
export async function foreseen<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof StorageError) {
      const message = cause.fix === "" ? cause.message : cause.message.slice(0, -cause.fix.length);
      throw new CommandError(
        unstopped(message),
        continued(unstopped(cause.fix || "correct it, and run the command again")),
        {
          cause,
        },
      );
    }
    if (cause instanceof S3Error || cause instanceof S3ConnectionError) {
      throw new CommandError(unstopped(cause.message), "look at the storage's settings and its server", {
        cause,
      });
    }
    if (cause instanceof CredentialsError) {
      throw new CommandError(unstopped(cause.message), "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", {
        cause,
      });
    }
    // A file that may not be read, a disk that is full.
    if (cause instanceof Error && "syscall" in cause) {
      throw new CommandError(unstopped(cause.message), "look at the file, its directory and its disk", {
        cause,
      });
    }
    throw cause;
  }
}

/** The program puts its own stops behind a message. */
function unstopped(text: string): string {
  return text.trim().replace(/\.$/, "");
}

/** It goes on in the line of the message; a name in capitals stays one. */
function continued(fix: string): string {
  return /^[A-Z][a-z]/.test(fix) ? fix.charAt(0).toLowerCase() + fix.slice(1) : fix;
}
