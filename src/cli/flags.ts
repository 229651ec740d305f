/** Readers of option values that several commands share, and the options of all commands on users and keys. */

import { type Flag, type Io, UsageError, type Variable } from "./command.ts";

/** A TCP port; 0 takes a free one. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(`"${text}" is no port`, "give a number from 0 to 65535");
  }
  return port;
}

/** An `http:` or `https:` URL of a server, without a path. */
export function parseEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search !== "") {
    throw new UsageError(`"${text}" is no address of a server`, "give it as http://127.0.0.1:9000");
  }
  return url;
}

/** The address of a server that the environment names, as every client of S3 reads it. @throws {UsageError} */
export function endpointIn(env: Io["env"]): URL | undefined {
  const name = env["AWS_ENDPOINT_URL_S3"] ? "AWS_ENDPOINT_URL_S3" : "AWS_ENDPOINT_URL";
  const text = env[name];
  if (!text) return undefined;
  try {
    return parseEndpoint(text);
  } catch (cause) {
    throw cause instanceof UsageError
      ? new UsageError(`${name}: ${cause.message}`, cause.fix, { cause })
      : cause;
  }
}

/** Where a command on users and keys finds them, and how it answers. */
export const accountFlags: readonly Flag[] = [
  {
    flags: "--data <dir>",
    description: "Data directory of a server that is stopped (default: .stowage, where no address is given)",
  },
  {
    flags: "--endpoint <url>",
    description: "Address of a running server (default, without --data: AWS_ENDPOINT_URL_S3)",
    parse: parseEndpoint,
  },
  { flags: "--region <name>", description: "Region of the running server", default: "us-east-1" },
  { flags: "--json", description: "Print JSON for programs" },
];

/** What signs a request to a running server. */
export const accountVariables: readonly Variable[] = [
  {
    name: "AWS_ACCESS_KEY_ID",
    description: "An administrator's access key, for a running server; or STOWAGE_ACCESS_KEY",
  },
  { name: "AWS_SECRET_ACCESS_KEY", description: "Its secret key; or STOWAGE_SECRET_KEY" },
  { name: "AWS_ENDPOINT_URL_S3", description: "Address of a running server, for --endpoint" },
];

/** A pair of keys of one's own choosing. */
export interface KeyPairOptions {
  readonly accessKey?: string;
  readonly secretKey?: string;
}

export const keyPairFlags: readonly Flag[] = [
  { flags: "--access-key <id>", description: "Access key (default: drawn at random)" },
  { flags: "--secret-key <secret>", description: "Its secret key" },
];

/**
 * The pair of keys that the options give.
 *
 * @throws {UsageError} For half a pair.
 */
export function keyPairOf({ accessKey, secretKey }: KeyPairOptions): KeyPairOptions {
  if ((accessKey === undefined) !== (secretKey === undefined)) {
    throw new UsageError("one of --access-key and --secret-key is missing", "give both or neither");
  }
  return accessKey === undefined || secretKey === undefined ? {} : { accessKey, secretKey };
}
