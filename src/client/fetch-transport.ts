/** HTTP over fetch: what a browser has. Bodies of requests are bytes here; frame-browser.ts sees to it. */

import { concat, readWebStream } from "./bodies.ts";
import {
  ConnectionError,
  type HttpBody,
  type HttpRequest,
  type HttpResponse,
  type Transport,
} from "./http.ts";

/** A transport whose connections are the browser's own. */
export function createFetchTransport(): Transport {
  const underWay = new Set<Exchange>();
  let closed = false;
  return {
    async send(request) {
      if (closed) throw new TypeError("The client is closed: make a new one.");
      request.signal?.throwIfAborted();
      const exchange = new Exchange(request, () => underWay.delete(exchange));
      underWay.add(exchange);
      return exchange.answer();
    },
    async close() {
      closed = true;
      await Promise.all([...underWay].map((exchange) => exchange.ended));
    },
    destroy() {
      closed = true;
      for (const exchange of underWay) exchange.cancel();
    },
  };
}

/** What a browser sets by itself, and refuses to be told. */
const ownHeaders: ReadonlySet<string> = new Set(["accept-encoding", "content-length", "host", "user-agent"]);

/**
 * How long each kilobyte of a body may take beside the timer for the headers: nobody tells when the last one was sent.
 * That is 16 kB/s.
 */
const msPerKilobyte = 64;

/** One request and the body of its answer. */
class Exchange implements HttpBody {
  readonly #request: HttpRequest;
  readonly #controller = new AbortController();
  readonly #onEnd: () => void;
  #chunks: AsyncIterator<Uint8Array> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #end!: () => void;
  /** Resolves when the body was read, given up or broken. */
  readonly ended: Promise<void> = new Promise((resolve) => (this.#end = resolve));

  constructor(request: HttpRequest, onEnd: () => void) {
    this.#request = request;
    this.#onEnd = onEnd;
    request.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  async answer(): Promise<HttpResponse> {
    const { origin, method, target, body, headersTimeoutMs } = this.#request;
    const url = origin + target;
    if (new URL(url).href !== url) {
      this.#finish();
      throw new TypeError(`A browser cannot ask for ${url}: it takes "." and ".." for folders.`);
    }
    const bytes = body as Uint8Array | null;
    try {
      this.#wait(headersTimeoutMs + ((bytes?.length ?? 0) / 1024) * msPerKilobyte, "the answer");
      // A constant of its own: the types of Node's fetch do not know all that a browser's takes.
      const init = {
        method,
        headers: Object.entries(this.#request.headers).filter(([name]) => !ownHeaders.has(name)),
        body: bytes as Uint8Array<ArrayBuffer> | null,
        signal: this.#controller.signal,
        // What is signed is all that is sent; what answers is the server, now.
        credentials: "omit" as const,
        cache: "no-store",
        // A browser would follow to any host.
        redirect: "manual" as const,
      };
      const response = await fetch(url, init);
      clearTimeout(this.#timer);
      if (response.type === "opaqueredirect") {
        throw new ConnectionError("the server names another address, which a browser does not show", {
          code: "REDIRECTED",
          fix: "The bucket is in another region or at another endpoint: set region or endpoint.",
        });
      }
      if (response.body === null) this.#finish();
      else this.#chunks = readWebStream(response.body)[Symbol.asyncIterator]();
      return { status: response.status, headers: Object.fromEntries(response.headers), body: this };
    } catch (error) {
      this.#finish();
      throw this.#failure(error);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = await this.#next();
        if (chunk === null) return;
        yield chunk;
      }
    } finally {
      this.cancel();
    }
  }

  async bytes(limit = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) throw new RangeError(`The answer's body is larger than ${limit} bytes.`);
    }
    return concat(chunks, size);
  }

  cancel(): void {
    this.#controller.abort(new ConnectionError("The body was given up.", { code: "CANCELLED" }));
    this.#finish();
  }

  async #next(): Promise<Uint8Array | null> {
    if (this.#chunks === null) return null;
    try {
      this.#wait(this.#request.bodyTimeoutMs, "more of the body");
      const { done, value } = await this.#chunks.next();
      clearTimeout(this.#timer);
      if (done !== true) return value;
      this.#chunks = null;
      this.#finish();
      return null;
    } catch (error) {
      this.#finish();
      throw this.#failure(error);
    }
  }

  #wait(ms: number, forWhat: string): void {
    clearTimeout(this.#timer);
    const message = `${forWhat} did not come within ${Math.round(ms)} ms`;
    this.#timer = setTimeout(
      () => this.#controller.abort(new ConnectionError(message, { code: "FETCH_TIMEOUT", timeout: true })),
      ms,
    );
  }

  readonly #onAbort = (): void => this.#controller.abort(this.#request.signal?.reason);

  /** Why it was aborted; else what fetch says, which is little: it hides from a page why another host is out of reach. */
  #failure(error: unknown): unknown {
    const { signal } = this.#controller;
    if (signal.aborted) return signal.reason;
    if (error instanceof ConnectionError) return error;
    const fix =
      "Is the server there, and does the bucket's CORS configuration allow this page's origin, the method and all headers?";
    return new ConnectionError((error as Error).message, { code: "FETCH_FAILED", fix, cause: error });
  }

  #finish(): void {
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener("abort", this.#onAbort);
    this.#onEnd();
    this.#end();
  }
}
