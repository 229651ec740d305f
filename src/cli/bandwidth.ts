/** A limit to how many bytes travel in a second, for all requests of a client together. */

import { setTimeout } from "node:timers/promises";
import type { HttpBody, HttpRequest, HttpResponse, Transport } from "../client/http.ts";

/** What is let through at once. */
const sliceBytes = 16 * 1024;

class Bandwidth {
  readonly #bytesPerSecond: number;
  /** When all that was let through so far has had its time, in milliseconds of the monotonic clock. */
  #paidUntilMs = 0;

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  async take(bytes: number): Promise<void> {
    const now = performance.now();
    const waitMs = this.#paidUntilMs - now;
    this.#paidUntilMs = Math.max(now, this.#paidUntilMs) + (bytes / this.#bytesPerSecond) * 1000;
    if (waitMs > 0) await setTimeout(waitMs);
  }
}

/** A transport that sends and receives bodies no faster than that, both together. */
export function limitBandwidth(transport: Transport, bytesPerSecond: number): Transport {
  const bandwidth = new Bandwidth(bytesPerSecond);
  return {
    send: async (request) => limitAnswer(await transport.send(limitRequest(request, bandwidth)), bandwidth),
    close: () => transport.close(),
    destroy: () => transport.destroy(),
  };
}

function limitRequest(request: HttpRequest, bandwidth: Bandwidth): HttpRequest {
  const { body, headers } = request;
  if (body === null || (body instanceof Uint8Array && body.length === 0)) return request;
  const length = body instanceof Uint8Array ? { "content-length": String(body.length) } : {};
  return { ...request, headers: { ...headers, ...length }, body: slowed(body, bandwidth) };
}

async function* slowed(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  bandwidth: Bandwidth,
): AsyncGenerator<Uint8Array> {
  const chunks = body instanceof Uint8Array ? [body] : body;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += sliceBytes) {
      const slice = chunk.subarray(at, at + sliceBytes);
      await bandwidth.take(slice.length);
      yield slice;
    }
  }
}

function limitAnswer(response: HttpResponse, bandwidth: Bandwidth): HttpResponse {
  const { body } = response;
  const limited: HttpBody = {
    [Symbol.asyncIterator]: () => slowed(body, bandwidth),
    // Documents: short, and wanted whole.
    bytes: (limit) => body.bytes(limit),
    cancel: () => body.cancel(),
  };
  return { ...response, body: limited };
}
