/** A server in this process on memory, with two users, and requests to it that are signed by hand. */

import { type Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { createMemoryEngine, type Engine } from "../../src/engine/engine.ts";
import { addUser } from "../../src/engine/users.ts";
import { sha256Hex } from "../../src/s3/hash.ts";
import { signV4 } from "../../src/s3/sigv4.ts";
import { createServer, type ServerOptions, type StowageServer } from "../../src/server/listen.ts";

export interface TestUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const owner: TestUser = {
  id: "a".repeat(64),
  name: "owner",
  email: "owner@example.com",
  accessKeyId: "AKIDOWNER00000000000",
  secretAccessKey: "owner-secret",
};

export const other: TestUser = {
  id: "b".repeat(64),
  name: "other",
  email: "other@example.com",
  accessKeyId: "AKIDOTHER00000000000",
  secretAccessKey: "other-secret",
};

export interface Sent {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** The code of the error document; empty without one. */
  readonly code: string;
}

export interface SendOptions {
  /** Who signs; `null` signs nothing. Default {@link owner}. */
  readonly as?: TestUser | null;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  /** Address of this machine to send to. Default `127.0.0.1`. */
  readonly address?: string;
  /** Whose connections are used. Default: one of the request's own. */
  readonly agent?: Agent;
}

export interface TestServer {
  readonly engine: Engine;
  readonly server: StowageServer;
  /** Sends a request whose target is percent-encoded already, such as `PUT /bucket/a%20key?acl`. */
  send(line: string, options?: SendOptions): Promise<Sent>;
  close(): Promise<void>;
}

/** Starts a server. `close()` it. */
export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const engine = options.engine ?? createMemoryEngine();
  for (const user of [owner, other]) {
    await addUser(engine, {
      name: user.name,
      id: user.id,
      email: user.email,
      accessKey: user.accessKeyId,
      secretKey: user.secretAccessKey,
      admin: user === owner,
    });
  }
  const server = await createServer({ ...options, engine, port: 0 });
  return {
    engine,
    server,
    send: (line, sendOptions = {}) => send(server.port, line, sendOptions),
    close: async () => {
      await server.close();
      await engine.close();
    },
  };
}

/** Sends one request. */
export function send(
  port: number,
  line: string,
  { as = owner, headers = {}, body = "", address = "127.0.0.1", agent }: SendOptions,
): Promise<Sent> {
  const [method = "GET", target = "/"] = line.split(" ");
  const [path = "/", query = ""] = target.split("?");
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const all: Record<string, string> = { host: `${address}:${port}` };
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = value;
  const hasBody = bytes.length > 0 || method === "PUT" || method === "POST";
  if (hasBody && all["transfer-encoding"] === undefined) all["content-length"] ??= String(bytes.length);
  const signed =
    as === null
      ? {}
      : signV4(
          { method, path, query, headers: all },
          {
            credentials: as,
            region: "us-east-1",
            payloadHash: all["x-amz-content-sha256"] ?? sha256Hex(bytes),
            date: new Date(),
          },
        );
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: address, port, method, path: target, headers: { ...all, ...signed }, agent: agent ?? false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.once("error", reject);
        incoming.once("end", () => {
          const received = Buffer.concat(chunks);
          const text = received.toString("utf8");
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: received,
            text,
            code: /<Code>([^<]*)<\/Code>/.exec(text)?.[1] ?? "",
          });
        });
      },
    );
    outgoing.once("error", reject);
    outgoing.end(bytes);
  });
}
