/**
 * Webhooks: where events are sent. Only the operator says to which addresses; a bucket's configuration names them.
 *
 * Messages are signed as Standard Webhooks has it, whose libraries verify them.
 *
 * @see https://www.standardwebhooks.com
 */

import { createHmac } from "node:crypto";
import type * as Undici from "undici";

/** An address that events are sent to. */
export interface Webhook {
  /** Letters, digits, `-` and `_`, at most 64. */
  readonly name: string;
  /** `http:` or `https:`. */
  readonly url: string;
  /** Signs the messages: bytes in Base64 behind `whsec_`, or any text. */
  readonly secret?: string | undefined;
}

export interface WebhookMessage {
  readonly id: string;
  readonly body: unknown;
}

const timeoutMs = 10_000;
/** What is read of an answer, so that its connection can be used again. */
const answerLimitBytes = 64 * 1024;

/** The connections to all webhooks. undici is loaded with the first message: it takes 20 MB and 70 ms of a start. */
export class WebhookSender {
  #loaded: Promise<{ request: typeof Undici.request; agent: Undici.Agent }> | undefined;

  /**
   * Delivers a message. Redirects are not followed.
   *
   * @throws Error unless it was answered with a status from 200 to 299.
   */
  async send(
    { url, secret }: Webhook,
    message: WebhookMessage,
    { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const { request, agent } = await (this.#loaded ??= connect());
    const body = JSON.stringify(message.body);
    const timestamp = String(Math.floor(nowMs / 1000));
    const headers: Record<string, string> = {
      "content-type": "application/json",
      "user-agent": "Stowage",
      "webhook-id": message.id,
      "webhook-timestamp": timestamp,
    };
    if (secret !== undefined) {
      headers["webhook-signature"] = webhookSignature(secret, { id: message.id, timestamp, body });
    }
    const answer = await request(url, { method: "POST", headers, body, dispatcher: agent, signal });
    await answer.body.dump({ limit: answerLimitBytes });
    if (answer.statusCode < 200 || answer.statusCode > 299) {
      throw new Error(`it answered ${answer.statusCode}`);
    }
  }

  async close(): Promise<void> {
    await (await this.#loaded)?.agent.close();
  }
}

async function connect(): Promise<{ request: typeof Undici.request; agent: Undici.Agent }> {
  // By the file: for the bare name Bun has a stand-in of its own, whose agents have no close().
  const { Agent, request } = await import("undici/index.js");
  const agent = new Agent({
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connections: 8,
  });
  return { request, agent };
}

/** The header `webhook-signature` of a message. */
export function webhookSignature(
  secret: string,
  { id, timestamp, body }: { readonly id: string; readonly timestamp: string; readonly body: string },
): string {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : secret;
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}
