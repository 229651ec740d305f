/** A server that answers as a test wants, so that the client's behaviour can be seen from the other side. */

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "../../src/client/s3-client.ts";
import type { S3ClientOptions } from "../../src/client/settings.ts";

/** A request as it arrived. */
export interface Seen {
  readonly method: string;
  /** As it stood on the wire. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Of the connection that it came by. */
  readonly remotePort: number | undefined;
}

/** Answers a request; `nth` counts from 1. */
export type Answer = (request: Seen, response: ServerResponse, nth: number) => unknown;

export interface FakeServer {
  readonly url: string;
  /** Every request so far, in order. */
  readonly seen: readonly Seen[];
  /** A client of it, with keys, that retries without waiting. */
  client(options?: S3ClientOptions): S3Client;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts it. Use it with `await using`. */
export async function fakeServer(answer: Answer): Promise<FakeServer> {
  const seen: Seen[] = [];
  const clients: S3Client[] = [];
  const server = createServer((incoming, response) => {
    void readAll(incoming).then(async (body) => {
      const { method = "", url = "", headers } = incoming;
      const request = { method, target: url, headers, body, remotePort: incoming.socket.remotePort };
      seen.push(request);
      await answer(request, response, seen.length);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    seen,
    client(options = {}) {
      const client = new S3Client({
        endpoint: url,
        credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
        env: {},
        ...options,
        retries: { baseDelayMs: 1, throttledDelayMs: 1, ...options.retries },
      });
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client[Symbol.dispose]();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** A request that its client gives up in the middle has no body. */
async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    return Buffer.alloc(0);
  }
  return Buffer.concat(chunks);
}

/** Answers with an error document. */
export function sendError(response: ServerResponse, status: number, code: string, more = ""): void {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(
    `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>Because.</Message>${more}</Error>`,
  );
}

/** Answers 200 with a document. */
export function sendXml(response: ServerResponse, xml: string): void {
  response.writeHead(200, { "content-type": "application/xml" });
  response.end(`<?xml version="1.0"?>\n${xml}`);
}
