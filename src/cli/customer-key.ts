/**
 * The customer's key of objects (SSE-C), from where nobody else sees it: never from the command line itself, which the
 * system shows to all its users and shells keep in their history.
 */

import { readFile } from "node:fs/promises";
import { CommandError, type Flag, type Io, UsageError } from "./command.ts";

/** What the options below come to: where keys are. */
interface CustomerKeyOptions {
  readonly sseCKey?: string;
  readonly copySourceSseCKey?: string;
}

/** What requests take. */
export interface CustomerKeys {
  /** Of what is read or written; of a copy, its target. */
  readonly customerKey?: Uint8Array | undefined;
  readonly copySourceCustomerKey?: Uint8Array | undefined;
}

export const customerKeyFlag: Flag = {
  flags: "--sse-c-key <place>",
  description: "Where the customer's key of the object is: a file, or env:NAME for a variable",
};

/** Of commands that copy within S3. */
export const copyKeyFlags: readonly Flag[] = [
  customerKeyFlag,
  {
    flags: "--copy-source-sse-c-key <place>",
    description: "Where the customer's key of the source is, for copies within S3",
  },
];

/** What the help of a command with these options says of them. */
export const customerKeyDetails = `A customer's key (SSE-C) is 32 bytes, or those in base64. It is read from a file or from a variable, since others see a
command line: ps shows it.`;

/** @throws {UsageError} For what is no place of a key; {@link CommandError} For a place without one. */
export async function readCustomerKeys(
  env: Io["env"],
  { sseCKey, copySourceSseCKey }: CustomerKeyOptions,
): Promise<CustomerKeys> {
  return {
    ...(sseCKey === undefined ? {} : { customerKey: await readKey(env, "--sse-c-key", sseCKey) }),
    ...(copySourceSseCKey === undefined
      ? {}
      : { copySourceCustomerKey: await readKey(env, "--copy-source-sse-c-key", copySourceSseCKey) }),
  };
}

const inBase64 = /^[A-Za-z0-9+/]{43}=$/;

async function readKey(env: Io["env"], option: string, place: string): Promise<Uint8Array> {
  if (inBase64.test(place)) {
    throw new UsageError(
      `${option} got the key itself, which others on this machine may have seen`,
      "put a new one into a file, or into a variable and give env:NAME",
    );
  }
  const variable = /^env:(.+)$/s.exec(place)?.[1];
  const bytes = variable === undefined ? await fileWithKey(option, place) : env[variable];
  if (bytes === undefined)
    throw new CommandError(`${option}: ${variable} is not set`, "set it, or give a file");
  if (bytes.length === 32 && typeof bytes !== "string") return bytes;
  const text = bytes.toString().trim();
  if (inBase64.test(text)) return Buffer.from(text, "base64");
  throw new CommandError(
    `${option}: what is in ${variable ?? `"${place}"`} is no key`,
    "a key is 32 bytes, or those in base64, as openssl rand -base64 32 makes them",
  );
}

async function fileWithKey(option: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new CommandError(
      `${option}: cannot read "${path}": ${(cause as Error).message}`,
      "give a file with the key, or env:NAME",
      { cause },
    );
  }
}
