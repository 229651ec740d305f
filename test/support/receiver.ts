/** An HTTP server that takes webhooks' messages. */

import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

export interface ReceivedMessage {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // oxlint-disable-next-line no-explicit-any -- tests look at members of many shapes
  readonly body: any;
}

export interface Receiver {
  readonly url: string;
  readonly messages: ReceivedMessage[];
  /** What the next messages are answered with; 200 at first. Null: the connection is cut. */
  status: number | null;
  /** The records of all messages, in the order in which they came. */
  records(): {
    eventName: string;
    s3: {
      bucket: Record<string, unknown>;
      object: { key: string; size?: number; eTag?: string; versionId?: string; sequencer: string };
      configurationId: string;
    };
    [member: string]: unknown;
  }[];
  /** Waits for something to be true of it, for 20 seconds at most. */
  until(isTrue: () => boolean): Promise<void>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const messages: ReceivedMessage[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (receiver.status === null) {
        request.socket.destroy();
        return;
      }
      const text = Buffer.concat(chunks).toString();
      if (receiver.status === 200)
        messages.push({ headers: request.headers, text, body: JSON.parse(text) as unknown });
      response.writeHead(receiver.status, { location: "/elsewhere" }).end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    messages,
    status: 200,
    records: () =>
      messages.flatMap(({ body }) => (body as { Records?: ReturnType<Receiver["records"]> }).Records ?? []),
    async until(isTrue): Promise<void> {
      const deadlineMs = Date.now() + 20_000;
      while (!isTrue()) {
        if (Date.now() > deadlineMs) {
          throw new Error(`It did not come true: ${messages.map(({ text }) => text).join("\n")}`);
        }
        await setTimeout(20);
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
