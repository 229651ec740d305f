/** The certificate of `--tls-cert` and `--tls-key`: read and checked, and read again when it was renewed. */

import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import type { Logger } from "pino";
import type { StowageServer } from "../server/listen.ts";
import { CommandError, UsageError } from "./command.ts";

/** Where the files are. */
export interface CertificatePaths {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** What they hold, in PEM. */
export interface CertificateFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Renewals come weeks before a certificate ends. */
const lookEveryMs = 60_000;

/**
 * Reads certificate and key; undefined where none were given.
 *
 * @throws {CommandError} For files that cannot be read, or do not fit together.
 */
export async function readTls({ tlsCert, tlsKey }: CertificatePaths): Promise<CertificateFiles | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    const missing = tlsCert === undefined ? "--tls-cert" : "--tls-key";
    throw new UsageError(`${missing} is missing`, "give both of --tls-cert and --tls-key");
  }
  // One after the other: where both are missing, it is always the same one that is told.
  const cert = await readPem("--tls-cert", tlsCert);
  const key = await readPem("--tls-key", tlsKey);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw new CommandError(
      `the certificate in ${tlsCert} and the key in ${tlsKey} cannot be used: ${(cause as Error).message}`,
      "give a certificate and its own private key, both in PEM",
      { cause },
    );
  }
  return { cert, key };
}

async function readPem(flag: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "no such file" : code === "EACCES" ? "permission denied" : message;
    throw new CommandError(`cannot read ${path}: ${reason}`, `give ${flag} a file that can be read`, {
      cause,
    });
  }
}

/**
 * Gives the server what the files hold once they hold something else. Until both fit together, the old certificate stays.
 *
 * @param current What the server began with; without it there is nothing to follow.
 * @returns Ends it.
 */
export function followCertificate(
  server: Pick<StowageServer, "useCertificate">,
  paths: CertificatePaths,
  current: CertificateFiles | undefined,
  { log, everyMs = lookEveryMs }: { readonly log: Logger; readonly everyMs?: number },
): () => void {
  if (current === undefined) return () => {};
  let used = current;
  let complaint = "";
  const look = async (): Promise<void> => {
    try {
      const found = await readTls(paths);
      complaint = "";
      if (found === undefined || (found.cert.equals(used.cert) && found.key.equals(used.key))) return;
      server.useCertificate(found);
      used = found;
      log.info({ validTo: new X509Certificate(found.cert).validTo }, "the certificate was renewed");
    } catch (error) {
      // Once for each reason: while a renewal is being written this passes by itself.
      const { message } = error as Error;
      if (message !== complaint) log.warn({ err: error }, "the certificate on the disk is not taken");
      complaint = message;
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
