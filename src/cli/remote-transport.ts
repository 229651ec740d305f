/** The administration of a running server: JSON over HTTP, signed with an administrator's keys. */

// By the file: for the bare name Bun has a stand-in of its own.
import { Client } from "undici/index.js";
import type { Credentials } from "../s3/credentials.ts";
import { sha256Hex } from "../s3/hash.ts";
import { signV4 } from "../s3/sigv4.ts";
import type { AdminTransport } from "./accounts.ts";
import { CommandError } from "./command.ts";
import { refused } from "./refusal.ts";

/** Who asks, and when. */
export interface RemoteOptions {
  readonly credentials: Credentials;
  readonly region: string;
  readonly now: () => Date;
}

const connectTimeoutMs = 5_000;

/** Talks to the server at an endpoint. */
export function createRemoteTransport(endpoint: URL, options: RemoteOptions): AdminTransport {
  const client = new Client(endpoint.origin, { connect: { timeout: connectTimeoutMs } });
  return {
    send: (method, path, body) =>
      send(client, endpoint, options, { method, path: `/_stowage/${path}`, body }),
    close: () => client.close(),
  };
}

async function send(
  client: Client,
  endpoint: URL,
  { credentials, region, now }: RemoteOptions,
  { method, path, body }: { method: string; path: string; body: unknown },
): Promise<unknown> {
  const bytes = body === undefined ? "" : JSON.stringify(body);
  const plain: Record<string, string> = { host: endpoint.host };
  const [target = "", query = ""] = path.split("?");
  const signing = { method, path: target, query, headers: plain };
  const signature = signV4(signing, { credentials, region, payloadHash: sha256Hex(bytes), date: now() });
  const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };

  let status: number;
  let text: string;
  try {
    const answer = await client.request({
      method,
      path,
      headers: { ...plain, ...signature, ...type },
      body: body === undefined ? null : bytes,
    });
    status = answer.statusCode;
    text = await answer.body.text();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new CommandError(
      `cannot reach ${endpoint.origin}: ${code === "ECONNREFUSED" ? "nothing listens there" : message}`,
      "check --endpoint, and that the server is running",
      { cause },
    );
  }
  if (status >= 300) throw refusal(endpoint, credentials.accessKeyId, status, text);
  return text === "" ? undefined : JSON.parse(text);
}

function refusal(endpoint: URL, accessKeyId: string, status: number, text: string): CommandError {
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
  if (code === undefined) {
    return new CommandError(
      `${endpoint.origin} answered ${status} and no reason`,
      "check that it is a Stowage server",
    );
  }
  if (code === "AccessDenied") {
    return new CommandError(
      `${endpoint.origin} does not let the access key "${accessKeyId}" administer users and keys`,
      "use an administrator's keys",
    );
  }
  const known = refusals[code];
  if (known !== undefined) {
    return new CommandError(`${endpoint.origin} refused the access key "${accessKeyId}" with ${code}`, known);
  }
  const message = unescapeXml(/<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? code);
  return refused(code, message);
}

const refusals: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: "check AWS_ACCESS_KEY_ID",
  SignatureDoesNotMatch: "check AWS_SECRET_ACCESS_KEY",
  RequestTimeTooSkewed: "set this machine's clock",
  AuthorizationHeaderMalformed: "give the server's region with --region",
};

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? "");
}
