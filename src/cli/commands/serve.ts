import { type Command, type Flag, UsageError, type Variable } from "../command.ts";
import { parseExternalUrl, parseTrustedProxies } from "../../server/proxy.ts";
import { parseEndpoint, parsePort } from "../flags.ts";
import type { ServeOptions } from "../serving.ts";
import { parseWebhook } from "../webhooks.ts";

const flags: readonly Flag[] = [
  { flags: "--data <dir>", description: "Data directory", default: ".stowage" },
  { flags: "--host <address>", description: "Address to listen on", default: "127.0.0.1" },
  {
    flags: "--port <number>",
    description: "Port of the S3 API; 0 takes a free one",
    default: 9000,
    parse: parsePort,
  },
  {
    flags: "--console-port <number>",
    description: "Port of the web console (default: the one after --port; a free one where that is 0)",
    parse: parsePort,
  },
  {
    flags: "--console-url <url>",
    description:
      "URL by which browsers reach the console through a proxy, such as https://console.example.com",
    parse: checkedConsoleUrl,
  },
  { flags: "--no-console", description: "No web console" },
  {
    flags: "--domain <name>",
    description: "Host name under which BUCKET.name addresses a bucket; may be given several times",
    parse: collectDomain,
  },
  {
    flags: "--website-domain <name>",
    description: "Host name under which BUCKET.name shows a bucket as a website; may be given several times",
    parse: collectDomain,
  },
  {
    flags: "--external-url <url>",
    description: "URL by which clients reach the server through a proxy that changes host or path",
    parse: checkedExternalUrl,
  },
  {
    flags: "--trusted-proxy <address>",
    description:
      "Address or network of a proxy whose X-Forwarded headers are believed; may be given several times",
    parse: collectProxy,
  },
  {
    flags: "--region <name>",
    description: "Region that requests are signed for",
    default: "us-east-1",
    parse: parseRegion,
  },
  {
    flags: "--tls-cert <file>",
    description: "Certificate in PEM, with its chain: serve HTTPS; a renewed one is taken within a minute",
  },
  { flags: "--tls-key <file>", description: "Private key in PEM" },
  {
    flags: "--kms-key <name>",
    description: "Key that aws:kms encrypts with, derived from the master key; may be given several times",
    parse: collectKmsKey,
  },
  {
    flags: "--sse-c-over-http",
    description: "Take customer-provided encryption keys over HTTP from other machines too",
  },
  {
    flags: "--workers <number>",
    description: "Processes that answer requests; more than one uses more than one core",
    default: 1,
    parse: parseWorkers,
  },
  {
    flags: "--durability <how>",
    description:
      "strict: an answer means that the bytes survive a power cut; relaxed: they survive a crash of the server alone",
    choices: ["strict", "relaxed"],
    default: "strict",
  },
  {
    flags: "--max-buckets <number>",
    description: "Buckets that a user may have",
    default: 10_000,
    parse: parseMaxBuckets,
  },
  {
    flags: "--lifecycle-day <seconds>",
    description: "Length of a day of lifecycle rules, for tests and trials",
    default: 86_400,
    parse: parseLifecycleDay,
  },
  {
    flags: "--access-log-interval <seconds>",
    description: "Time between deliveries of server access logs",
    default: 300,
    parse: parseInterval,
  },
  {
    flags: "--webhook <name=url>",
    description: "Address that buckets can have events sent to; may be given several times",
    parse: parseWebhook,
  },
];

const environment: readonly Variable[] = [
  {
    name: "STOWAGE_ACCESS_KEY",
    description: "The administrator's access key (default: made at the first start)",
  },
  { name: "STOWAGE_SECRET_KEY", description: "Its secret key" },
  { name: "STOWAGE_WEBHOOKS", description: "More of --webhook: NAME=URL, with spaces in between" },
  {
    name: "STOWAGE_WEBHOOK_SECRETS",
    description: "What events are signed with: NAME=SECRET, with spaces in between",
  },
  {
    name: "STOWAGE_METRICS_TOKEN",
    description:
      "What a reader of /_stowage/metrics sends as Authorization: Bearer TOKEN (default: everybody may read them)",
  },
  {
    name: "STOWAGE_MASTER_KEY",
    description:
      "Master keys that encrypt objects' keys, 32 bytes in base64 each, the current one first (default: the file master-keys in the data directory, made at the first start)",
  },
  {
    name: "STOWAGE_LOG_LEVEL",
    description: "debug (a line a request), info, warn, error or silent (default: info)",
  },
];

/** Starts the server and stays until it is told to stop. */
export const serve: Command = {
  path: "serve",
  summary: "Start the S3 server.",
  details: `Says one line on standard output when it accepts requests; everything else goes to standard error.
SIGTERM and SIGINT finish the requests under way and end it; a second signal ends it at once.`,
  arguments: [],
  flags,
  environment,
  examples: ["serve", "serve --data /srv/stowage --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem"],
  run: async (io, _args, options) => {
    // Loaded here: the store and the server take longer than any other command's work.
    const given = options as unknown as ServeOptions;
    if (given.workers > 1) {
      const { serveWithWorkers } = await import("../workers/serve-with-workers.ts");
      await serveWithWorkers(io, given);
      return;
    }
    const { serveUntilStopped } = await import("../serving.ts");
    await serveUntilStopped(io, given);
  },
};

function collectDomain(text: string, previous: unknown): string[] {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) {
    throw new UsageError(
      `"${text}" is no host name`,
      "give it without scheme and port, such as s3.example.com",
    );
  }
  return [...((previous as string[] | undefined) ?? []), text];
}

function checkedExternalUrl(text: string): string {
  try {
    parseExternalUrl(text);
  } catch (error) {
    throw new UsageError((error as Error).message, "give scheme, host and, should there be one, the path");
  }
  return text;
}

function checkedConsoleUrl(text: string): string {
  return parseEndpoint(text).origin;
}

function collectProxy(text: string, previous: unknown): string[] {
  try {
    parseTrustedProxies([text]);
  } catch (error) {
    throw new UsageError((error as Error).message, "give the address that the proxy connects from");
  }
  return [...((previous as string[] | undefined) ?? []), text];
}

function parseInterval(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 1 && seconds <= 86_400)) {
    throw new UsageError(`"${text}" is no time between deliveries`, "give seconds from 1 to 86400");
  }
  return seconds;
}

function parseLifecycleDay(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 1 && seconds <= 86_400)) {
    throw new UsageError(`"${text}" is no length of a day`, "give seconds from 1 to 86400");
  }
  return seconds;
}

function collectKmsKey(text: string, previous: unknown): string[] {
  if (!/^[\w.:/-]{1,256}$/.test(text)) {
    throw new UsageError(`"${text}" is no name of a key`, "give letters, digits and . : / - _ alone");
  }
  return [...((previous as string[] | undefined) ?? []), text];
}

/** More than this is a mistake on any machine. */
const mostWorkers = 256;

function parseRegion(text: string): string {
  if (/^[a-z0-9-]{1,64}$/.test(text)) return text;
  throw new UsageError(
    `"${text}" is no region`,
    "give lower-case letters, digits and hyphens, such as eu-central-1",
  );
}

function parseMaxBuckets(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`"${text}" is no number of buckets`, "give a whole number, such as 10000");
}

function parseWorkers(text: string): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= mostWorkers) return count;
  throw new UsageError(
    `"${text}" is no number of workers`,
    `give a whole number from 1 to ${mostWorkers}, such as the number of cores`,
  );
}
