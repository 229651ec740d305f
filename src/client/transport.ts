/**
 * HTTP over undici's pools, one for each origin. The only file of the client that knows undici.
 *
 * This file and undici are loaded with the first request. The dispatch interface is used rather than `request()`: a body is
 * collected without a Node stream around it, and nothing between here and the socket touches the path.
 */

import { setMaxListeners } from "node:events";
import { rootCertificates } from "node:tls";
import type { Dispatcher, ProxyAgent } from "undici";
import Pool from "undici/lib/dispatcher/pool.js";
import { connectionFix, isNoTls } from "./connection-fix.ts";
import {
  ConnectionError,
  type HttpBody,
  type HttpRequest,
  type HttpResponse,
  type Transport,
} from "./http.ts";

export interface TransportOptions {
  /** Connections to one origin; further requests wait for one. Default: 128. */
  readonly maxConnections?: number | undefined;
  /** Default: 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Certificates to trust beside the system's, in PEM. */
  readonly ca?: string | readonly string[] | undefined;
  /** False: any certificate will do. Default: true. */
  readonly verify?: boolean | undefined;
  /** URLs of proxies, by the scheme of the endpoint. */
  readonly proxies?: { readonly http?: string | undefined; readonly https?: string | undefined } | undefined;
  /** undici's, where there are proxies. */
  readonly ProxyAgent?: typeof ProxyAgent | undefined;
}

/** A transport that keeps its connections until it is closed. Idle ones do not keep the process alive. */
export function createPools(options: TransportOptions = {}): Transport {
  const pools = new Map<string, Dispatcher>();
  const traffic = new Map<string, Traffic>();
  let closing: Promise<unknown> | undefined;
  const poolOf = (origin: string): Dispatcher => {
    const found = pools.get(origin);
    if (found !== undefined) return found;
    const connections = options.maxConnections ?? 128;
    const tls = {
      ...(options.verify === false ? { rejectUnauthorized: false } : {}),
      // What is given to TLS stands instead of the roots that it has.
      ...(options.ca === undefined ? {} : { ca: [...rootCertificates, ...[options.ca].flat()] }),
    };
    const connect = { timeout: options.connectTimeoutMs ?? 5000, ...tls };
    const uri = options.proxies?.[origin.startsWith("https:") ? "https" : "http"];
    const pool =
      uri === undefined || options.ProxyAgent === undefined
        ? new Pool(origin, { connections, connect })
        : new options.ProxyAgent({ uri, connections, requestTls: connect });
    pools.set(origin, pool);
    traffic.set(origin, { connections, open: 0, held: 0, reads: 0 });
    return pool;
  };
  return {
    async send(request) {
      request.signal?.throwIfAborted();
      const pool = poolOf(request.origin);
      return new Promise<HttpResponse>((resolve, reject) => {
        const exchange = new Exchange(request, traffic.get(request.origin)!, resolve, reject);
        const { headersTimeoutMs: headersTimeout, bodyTimeoutMs: bodyTimeout } = request;
        const { method, target: path, headers } = request;
        // A Readable.from() around the source would read ahead of the socket: undici takes the iterable itself, though
        // its types do not say so.
        const body = exchange.body as Uint8Array | null;
        // undici would close the connection after each HEAD, for servers that send a body behind it.
        const reset = false;
        pool.dispatch(
          { origin: request.origin, method, path, headers, body, headersTimeout, bodyTimeout, reset },
          exchange,
        );
        exchange.waitForConnection();
      });
    },
    async close() {
      closing ??= Promise.all([...pools.values()].map((pool) => pool.close()));
      await closing;
    },
    destroy() {
      for (const pool of pools.values()) void pool.destroy();
    },
  };
}

/** How much of a body waits for its reader before the socket is asked to pause. */
const highWaterBytes = 512 * 1024;

/** What goes on with one origin. */
interface Traffic {
  readonly connections: number;
  /** Exchanges that have begun, and those that wait for a connection. */
  open: number;
  /** Those whose answer waits for a reader. */
  held: number;
  /** How often somebody has read from an answer. */
  reads: number;
}

/** One request and its answer: undici's handler on one side, the answer's body on the other. */
class Exchange implements Dispatcher.DispatchHandler, HttpBody {
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  readonly #request: HttpRequest;
  readonly #traffic: Traffic;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: unknown) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #answered = false;
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  #ended = false;
  #failure: { readonly error: unknown } | null = null;
  /** What the request's own body threw: not the connection's fault. */
  #sourceFailure: { readonly error: unknown } | null = null;
  #wake: (() => void) | null = null;
  #isHeld = false;
  #isFinished = false;
  #waiting: NodeJS.Timeout | undefined;

  constructor(
    request: HttpRequest,
    traffic: Traffic,
    resolve: (response: HttpResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#request = request;
    this.#traffic = traffic;
    traffic.open++;
    this.#resolve = resolve;
    this.#reject = reject;
    const { body, signal } = request;
    this.body = body === null || body instanceof Uint8Array ? body : this.#watch(body);
    if (signal === undefined) return;
    // One signal for a thousand requests is no leak: Node would warn of it.
    setMaxListeners(0, signal);
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  // The request's side.

  /** Gives up where all connections are held by bodies that nobody reads: none would ever become free. */
  waitForConnection(): void {
    const { connections, open, reads } = this.#traffic;
    if (open <= connections || this.#controller !== null || this.#failure !== null) return;
    const ms = this.#request.headersTimeoutMs;
    this.#waiting = setTimeout(() => {
      if (this.#traffic.held < connections || this.#traffic.reads !== reads) this.waitForConnection();
      else this.#fail(noConnection(connections, ms));
    }, ms);
  }

  async *#watch(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* source;
    } catch (error) {
      this.#sourceFailure = { error };
      throw error;
    }
  }

  readonly #onAbort = (): void => {
    const reason: unknown = this.#request.signal?.reason;
    this.#fail(reason);
    this.#controller?.abort(reason instanceof Error ? reason : new Error("aborted", { cause: reason }));
  };

  // undici's side.

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#waiting !== undefined) clearTimeout(this.#waiting);
    if (this.#failure !== null) controller.abort(new Error("aborted while waiting for a connection"));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#answered = true;
    this.#resolve({ status, headers: joinHeaders(headers), body: this });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    if (this.#buffered >= highWaterBytes) {
      controller.pause();
      this.#hold(true);
    }
    this.#wake?.();
  }

  onResponseEnd(): void {
    this.#ended = true;
    this.#finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(
      this.#sourceFailure === null ? asConnectionError(error, this.#request) : this.#sourceFailure.error,
    );
  }

  #fail(error: unknown): void {
    if (this.#failure !== null || this.#ended) return;
    this.#failure = { error };
    if (!this.#answered) this.#reject(error);
    this.#finish();
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    if (this.#waiting !== undefined) clearTimeout(this.#waiting);
    this.#traffic.open--;
    this.#hold(false);
    this.#request.signal?.removeEventListener("abort", this.#onAbort);
    this.#wake?.();
  }

  #hold(isHeld: boolean): void {
    if (isHeld === this.#isHeld || (isHeld && this.#isFinished)) return;
    this.#isHeld = isHeld;
    this.#traffic.held += isHeld ? 1 : -1;
  }

  // The reader's side.

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunks = await this.#take(1);
        if (chunks.length === 0) return;
        yield* chunks;
      }
    } finally {
      this.cancel();
    }
  }

  async bytes(limit = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    const all: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const chunks = await this.#take(highWaterBytes);
      if (chunks.length === 0) break;
      for (const chunk of chunks) {
        size += chunk.length;
        if (size > limit) {
          this.cancel();
          throw new RangeError(`The answer's body is larger than ${limit} bytes.`);
        }
        all.push(chunk);
      }
    }
    return all.length === 1 ? all[0]! : Buffer.concat(all, size);
  }

  cancel(): void {
    if (this.#ended || this.#failure !== null) return;
    const error = new ConnectionError("The body was given up.", { code: "CANCELLED" });
    this.#fail(error);
    this.#chunks = [];
    this.#controller?.abort(error);
  }

  /** What has arrived, once that is `wanted` bytes or the end; nothing after the end. */
  async #take(wanted: number): Promise<Uint8Array[]> {
    this.#traffic.reads++;
    while (this.#buffered < wanted && !this.#ended && this.#failure === null) {
      await new Promise<void>((resolve) => {
        // Resuming may hand over data at once, and end in another pause: whoever waits must be known before.
        this.#wake = resolve;
        this.#controller?.resume();
      });
      this.#wake = null;
    }
    // Bytes that arrived before the connection broke are good: they are handed out before the error.
    if (this.#buffered === 0 && this.#failure !== null) throw this.#failure.error;
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#buffered = 0;
    this.#hold(false);
    return chunks;
  }
}

function noConnection(connections: number, ms: number): TypeError {
  return new TypeError(
    `No connection became free within ${ms} ms: all ${connections} hold bodies that nobody reads. Read or cancel each body, or raise maxConnections.`,
  );
}

function joinHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const joined = Object.create(null) as Record<string, string>;
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) joined[name] = typeof value === "string" ? value : value.join(", ");
  }
  return joined;
}

/** Codes of undici that say that the caller asked for something that cannot be sent. */
const misuse = new Set([
  "UND_ERR_INVALID_ARG",
  "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_NOT_SUPPORTED",
]);

function asConnectionError(error: Error & { code?: unknown }, request: HttpRequest): Error {
  // A DOMException has a code too, which is a number.
  const code = typeof error.code === "string" ? error.code : "UNKNOWN";
  if (misuse.has(code))
    return new TypeError(`${request.method} ${request.origin}: ${error.message}`, { cause: error });
  const timeout = code.endsWith("TIMEOUT") || code === "ETIMEDOUT";
  // OpenSSL's words are for its authors, and have a line break.
  const problem = isNoTls(code) ? "the server speaks no TLS" : error.message;
  return new ConnectionError(problem, {
    code,
    timeout,
    fix: connectionFix(code, request.origin),
    cause: error,
  });
}
