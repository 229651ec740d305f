/** Sockets: node:http on one side, {@link handle} on the other. */

import { checkServerOptions } from "./server-options.ts";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, Server as NetServer } from "node:net";
import type { Logger } from "pino";
import { loadChecksums } from "../engine/checksums.ts";
import type { Engine } from "../engine/types.ts";
import { type AccessLogs, createAccessLogs } from "./access-log.ts";
import { type BackgroundOptions, startBackground } from "./background.ts";
import { type BodyPace, defaultBodyPace } from "./body-pace.ts";
import { isConsumed } from "./body.ts";
import { consoleCorsHeaders, type ConsolePlace } from "./console-cors.ts";
import type { S3Response, Site } from "./context.ts";
import { errorResponse, toS3Error } from "./error-response.ts";
import { handle, type Outcome } from "./handle.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { handleOwn, isOwnPath } from "./own.ts";
import { parseExternalUrl, parseTrustedProxies, throughProxy } from "./proxy.ts";
import { refuseUnreadable } from "./refuse-unreadable.ts";
import { bucketOfHost } from "./route.ts";
import { handleWebsite } from "./website.ts";
import { readRequest, type S3Request } from "./request.ts";
import { hostId, nextRequestId } from "./request-ids.ts";
import { respond } from "./respond.ts";
import type { Webhook } from "./webhooks.ts";

/** What a server speaks TLS with, in PEM. */
export interface Certificate {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** What a server is started with. */
export interface ServerOptions {
  /** The store. It stays open when the server closes. */
  readonly engine: Engine;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Port to listen on; 0 takes a free one. Default 9000. */
  readonly port?: number;
  /** The region that requests must be signed for. Default `us-east-1`. */
  readonly region?: string;
  /** Host names under which `bucket.domain` addresses a bucket. */
  readonly domains?: readonly string[];
  /** Names of keys that `aws:kms` encrypts with; they are derived from the engine's master keys. Default none. */
  readonly kmsKeys?: readonly string[];
  /**
   * Takes customer-provided encryption keys (SSE-C) over HTTP from other machines too. By default they must come over TLS
   * or from this machine, as on AWS.
   */
  readonly customerKeysOverHttp?: boolean;
  /** Host names under which `bucket.domain` shows a bucket as a website. */
  readonly websiteDomains?: readonly string[];
  /**
   * The URL by which clients reach the server through a proxy that changes host or path, such as
   * `https://files.example.com/s3`: signatures are good that were made for it.
   */
  readonly externalUrl?: string;
  /** Addresses and networks of proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed. */
  readonly trustedProxies?: readonly string[];
  /** The web console, whose page may send signed requests and read the answers. Default: there is none. */
  readonly console?: ConsolePlace | undefined;
  /** PEM certificate and key: the server speaks TLS. */
  readonly tls?: Certificate;
  /** Where errors and, at level `debug`, requests are logged. No secret is. */
  readonly log?: Logger;
  /**
   * How fast a body must come. Default: 1,024 bytes a second on the average, from the second minute on. A slower one is
   * refused with `RequestTimeout`.
   */
  readonly bodyPace?: BodyPace;
  /** Buckets that a user may have; one more is refused with `TooManyBuckets`. Default 10,000, as on AWS. */
  readonly maxBuckets?: number;
  /** How long `close()` waits for requests under way, in milliseconds. Default 30,000. */
  readonly drainMs?: number;
  /** Where events may be sent: what buckets' notification configurations can name. */
  readonly webhooks?: readonly Webhook[];
  /** What the server does by itself: delivery of events, lifecycle rules. False: nothing, because another process does it. */
  readonly background?: BackgroundOptions | false;
  /** `Authorization: Bearer …` of readers of `/_stowage/metrics` who are no administrators. Default: everybody may read. */
  readonly metricsToken?: string | undefined;
  /** Where requests are counted. Default: counts of the server's own. */
  readonly metrics?: Metrics;
}

/** A server that accepts requests. */
export interface StowageServer {
  /** Such as `http://127.0.0.1:9000`. */
  readonly url: string;
  readonly port: number;
  /**
   * Shows another certificate to connections that begin from now on, such as one that was renewed.
   *
   * @throws {TypeError} For a server that was started without one.
   */
  useCertificate(certificate: Certificate): void;
  /** Takes nothing new, finishes what was begun, and resolves when the last connection is closed. */
  close(): Promise<void>;
}

/** A connection on which nothing moves for this long is closed. */
const idleTimeoutMs = 120_000;
/** Longer than the 60 s after which common load balancers reuse a connection no more. */
const keepAliveTimeoutMs = 65_000;
/** How long a request's head may take to arrive. */
const headersTimeoutMs = 60_000;
/**
 * What is still to come of a body that nobody wants is read up to here, and as long as the pace has grace, to keep the
 * connection; past it, it is closed.
 */
const discardLimitBytes = 1024 * 1024;
/** Of hundreds of requests at once what each needs is no longer in the processor's caches when it goes on. */
const mostInBatch = 64;
/** How often a server that closes looks for connections that are idle. */
const sweepMs = 50;
/** How long a client that is still sending gets to read the answer before its connection is closed. */
const lingerMs = 2_000;

/**
 * Starts an S3 server.
 *
 * @throws {Error} With node's own code, such as `EADDRINUSE`, when it cannot listen.
 * @example
 * const server = await createServer({ engine: createMemoryEngine(), port: 0 });
 * console.log(server.url);
 * await server.close();
 */
export async function createServer(options: ServerOptions): Promise<StowageServer> {
  checkServerOptions(options);
  await loadChecksums();
  const site = siteOf(options);
  const metrics = options.metrics ?? createMetrics();
  const { log } = options;
  const accessLogs = createAccessLogs(options.engine);
  let isClosing = false;
  const listener: Listener = { site, metrics, accessLogs, log, isClosing: () => isClosing };
  const serve = inBatches(
    () => site.engine.index.refresh(),
    ({ incoming, outgoing, waits }: Arrived): void => {
      answer(listener, incoming, outgoing, waits).catch((error: unknown) => {
        log?.error({ err: error }, "an answer could not be written");
        outgoing.destroy();
      });
    },
  );
  const settings = {
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: 0,
    headersTimeout: headersTimeoutMs,
    maxHeaderSize: 32 * 1024,
    // Node would refuse without an id; readRequest() does.
    requireHostHeader: false,
  };
  const https = options.tls === undefined ? null : createHttpsServer({ ...settings, ...options.tls });
  const http: Server = https ?? createHttpServer(settings);
  http.setTimeout(idleTimeoutMs);
  http.on("request", (incoming, outgoing) => serve({ incoming, outgoing, waits: false }));
  // What else may be expected means nothing to S3, which answers all the same.
  http.on("checkExpectation", (incoming, outgoing) => serve({ incoming, outgoing, waits: false }));
  http.on("checkContinue", (incoming, outgoing) => serve({ incoming, outgoing, waits: true }));
  refuseUnreadable(http);

  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(options.port ?? 9000, options.host ?? "127.0.0.1", resolve);
  });
  const jobs = options.background === false ? null : startBackground(site, metrics, options.background ?? {});
  const { address, port, family } = http.address() as AddressInfo;
  const name = family === "IPv6" ? `[${address}]` : address;
  return {
    url: `${options.tls === undefined ? "http" : "https"}://${name}:${port}`,
    port,
    useCertificate: ({ cert, key }) => {
      if (https === null) throw new TypeError("The server does not speak TLS.");
      https.setSecureContext({ cert, key });
    },
    close: async () => {
      isClosing = true;
      await drain(http, options.drainMs ?? 30_000);
      await accessLogs.flush();
      await jobs?.stop();
    },
  };
}

/** What a server with these options is, apart from its sockets. */
export function siteOf(options: ServerOptions): Site {
  return {
    engine: options.engine,
    region: options.region ?? "us-east-1",
    domains: (options.domains ?? []).map((domain) => domain.toLowerCase()),
    websiteDomains: (options.websiteDomains ?? []).map((domain) => domain.toLowerCase()),
    front: {
      external: options.externalUrl === undefined ? undefined : parseExternalUrl(options.externalUrl),
      trusted: options.trustedProxies?.length ? parseTrustedProxies(options.trustedProxies) : undefined,
    },
    webhooks: options.webhooks ?? [],
    kmsKeys: options.kmsKeys ?? [],
    customerKeysOverHttp: options.customerKeysOverHttp ?? false,
    bodyPace: options.bodyPace ?? defaultBodyPace,
    metricsToken: options.metricsToken,
    maxBuckets: options.maxBuckets ?? 10_000,
    console: options.console,
  };
}

interface Listener {
  readonly site: Site;
  readonly metrics: Metrics;
  readonly accessLogs: AccessLogs;
  readonly log: Logger | undefined;
  /** Whether connections are to end with the answer that is being written. */
  readonly isClosing: () => boolean;
}

/** A request whose head has been read. */
interface Arrived {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** The client waits for "100 Continue". */
  readonly waits: boolean;
}

/**
 * Takes what arrives in a turn of the event loop together once all sockets have been read. Code that is run for many
 * requests in a row stays in the processor's caches, and what they all read of the index is read once.
 *
 * @param begin Called before each batch.
 */
function inBatches<T>(begin: () => void, serve: (one: T) => void): (one: T) => void {
  const waiting: T[] = [];
  const serveBatch = (): void => {
    const batch = waiting.splice(0, mostInBatch);
    if (waiting.length > 0) setImmediate(serveBatch);
    begin();
    for (const one of batch) serve(one);
  };
  return (one) => {
    if (waiting.push(one) === 1) setImmediate(serveBatch);
  };
}

async function answer(
  { site, metrics, accessLogs, log, isClosing }: Listener,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  waits: boolean,
): Promise<void> {
  const startedAt = performance.now();
  const requestId = nextRequestId();
  const signal = (): AbortSignal => {
    const gone = new AbortController();
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) gone.abort();
    });
    return gone.signal;
  };

  let waiting = waits;
  let request: S3Request | undefined;
  let outcome: Outcome;
  try {
    const received = readRequest(incoming, () => {
      if (waiting) outgoing.writeContinue();
      waiting = false;
    });
    request = throughProxy(site.front, received);
    const host = request.headers["host"] ?? "";
    const websiteOf = bucketOfHost(host, site.websiteDomains);
    const forConsole = request.headers["origin"] === undefined ? null : consoleCorsHeaders(site, request);
    outcome =
      forConsole !== null && request.method === "OPTIONS"
        ? { response: { status: 204, headers: {} }, operation: "Preflight" }
        : websiteOf !== null
          ? await handleWebsite(site, request, websiteOf, requestId, signal)
          : // Behind a bucket's host name it is the path of an object.
            isOwnPath(request.path) && bucketOfHost(host, site.domains) === null
            ? await handleOwn(site, metrics, request, requestId)
            : await handle(site, request, requestId, signal);
    if (forConsole !== null) Object.assign(outcome.response.headers, forConsole);
  } catch (error) {
    const s3Error = toS3Error(error);
    outcome = {
      response: errorResponse(s3Error, { method: incoming.method ?? "GET", path: "/" }, requestId, {}),
      error: s3Error,
    };
  }

  const { response, error, logged } = outcome;
  const turnAroundMs = performance.now() - startedAt;
  response.headers["x-amz-request-id"] = requestId;
  response.headers["x-amz-id-2"] = hostId;
  response.headers["server"] = "Stowage";
  if (isClosing()) outgoing.shouldKeepAlive = false;
  if (!outgoing.destroyed) {
    if (isConsumed(incoming)) await respond(outgoing, incoming.method === "HEAD", response);
    else await refuse(site.bodyPace, incoming, outgoing, response, waiting);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  if (logged !== undefined && request !== undefined) {
    accessLogs.note({
      ...logged,
      request,
      requestId,
      response,
      errorCode: error?.code,
      startedMs: site.engine.clock() - seconds * 1000,
      totalMs: seconds * 1000,
      turnAroundMs,
      isSent: outgoing.writableFinished,
    });
  }
  metrics.observe(outcome.operation ?? "Unknown", response.status, seconds);
  // What is not implemented is no fault of this server's, and anybody can ask for it.
  const hasFailed = response.status >= 500 && response.status !== 501;
  if (log === undefined || !(hasFailed || log.isLevelEnabled("debug"))) return;
  const entry = {
    requestId,
    operation: outcome.operation,
    bucket: outcome.bucketName,
    key: outcome.key,
    status: response.status,
    code: error?.code,
    ms: Math.round(seconds * 1e5) / 100,
    remote: request?.remoteAddress,
  };
  if (hasFailed) log.error({ ...entry, err: error?.cause ?? error }, "request failed");
  else log.debug(entry, "request");
}

/** Writes the response to a request whose body was refused, and leaves the connection in a state that both sides know. */
async function refuse(
  { graceMs }: BodyPace,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  response: S3Response,
  waiting: boolean,
): Promise<void> {
  // Node reads away what nobody has begun to read, and only that: without this the rest of a body that was refused
  // half-way would stand before the connection's next request for ever.
  if (!waiting) incoming.removeAllListeners("readable").resume();
  if (!waiting && remainingBytes(incoming) <= discardLimitBytes) {
    // It must not keep a process that is to end: the connection does, for as long as it is there.
    const timer = setTimeout(() => incoming.destroy(), graceMs).unref();
    incoming.once("close", () => clearTimeout(timer)).once("end", () => clearTimeout(timer));
    await respond(outgoing, incoming.method === "HEAD", response);
    return;
  }
  // A client that waits for "100 Continue" has sent nothing; another is still sending, and closing at once would destroy
  // the answer before it reads it.
  outgoing.setHeader("connection", "close");
  await respond(outgoing, incoming.method === "HEAD", response, async () => {
    if (!waiting) await ended(incoming);
  });
}

function remainingBytes(incoming: IncomingMessage): number {
  const length = incoming.headers["content-length"];
  return length === undefined
    ? incoming.headers["transfer-encoding"] === undefined
      ? 0
      : Infinity
    : Number(length);
}

function ended(incoming: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, lingerMs);
    incoming.once("close", resolve).once("end", resolve);
    incoming.once("close", () => clearTimeout(timer));
  });
}

function drain(http: Server, drainMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => http.closeAllConnections(), drainMs);
    // A connection whose last answer is just on its way out is idle only a moment later.
    const sweep = setInterval(() => http.closeIdleConnections(), sweepMs);
    const onClosed = (error?: Error): void => {
      clearTimeout(timer);
      clearInterval(sweep);
      // Ends http's own timer too.
      http.close();
      if (error === undefined) resolve();
      else reject(error);
    };
    // http's own close() would close idle connections at once, and reset a request that is on its way to one: it is still
    // answered, and its sender told to go. Bun's is no server of node:net and has its own close() alone.
    if ((http as object) instanceof NetServer) NetServer.prototype.close.call(http, onClosed);
    else http.close(onClosed);
  });
}
