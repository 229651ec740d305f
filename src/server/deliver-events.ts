/**
 * The delivery of events: oldest first, and of one key one after the other. A message is removed once it was taken, so
 * a crash in between sends it again; its id is then the same.
 */

import { readOutbox, removeFromOutbox, trimOutbox } from "../engine/outbox.ts";
import type { WaitingMessage } from "../engine/outbox.ts";
import type { Engine } from "../engine/types.ts";
import type { Webhook } from "./webhooks.ts";

/** Messages that are read at once, and that are sent at once, to one webhook. */
const batchMessages = 200;
const parallelMessages = 8;

const firstRetryMs = 1000;
const mostRetryMs = 5 * 60 * 1000;

export interface DeliveryOptions {
  /** Sends a message. What it throws means that it was not taken. */
  readonly send: (webhook: Webhook, message: WaitingMessage, signal: AbortSignal) => Promise<void>;
  /** How many messages may wait; beyond it the oldest are dropped. */
  readonly mostWaiting: number;
  readonly onDelivered?: ((webhook: string) => void) | undefined;
  readonly onFailed?: ((webhook: string) => void) | undefined;
  readonly onDropped?: ((messages: number) => void) | undefined;
}

/** Delivers to webhooks. One round after another: what failed waits longer from round to round. */
export class EventDelivery {
  readonly #engine: Engine;
  readonly #webhooks: readonly Webhook[];
  readonly #options: DeliveryOptions;
  /** Of each webhook that failed: how often in a row, and until when it is left alone. */
  readonly #failing = new Map<string, { failures: number; notBeforeMs: number }>();

  constructor(engine: Engine, webhooks: readonly Webhook[], options: DeliveryOptions) {
    this.#engine = engine;
    this.#webhooks = webhooks;
    this.#options = options;
  }

  /** Sends what waits for the webhooks that are not left alone at this time. */
  async round(signal: AbortSignal): Promise<void> {
    const { mostWaiting, onDropped } = this.#options;
    if ((await this.#engine.index.count("outbox")) === 0) return;
    const dropped = await trimOutbox(this.#engine, mostWaiting);
    if (dropped > 0) {
      onDropped?.(dropped);
      this.#engine.log(
        "error",
        `${dropped} events were dropped undelivered: more than ${mostWaiting} were waiting for their webhooks`,
      );
    }
    await Promise.all(this.#webhooks.map((webhook) => this.#deliver(webhook, signal)));
  }

  async #deliver(webhook: Webhook, signal: AbortSignal): Promise<void> {
    const failing = this.#failing.get(webhook.name);
    if (failing !== undefined && this.#engine.clock() < failing.notBeforeMs) return;
    for (;;) {
      const messages = await readOutbox(this.#engine, webhook.name, batchMessages);
      if (messages.length === 0 || signal.aborted) return;
      const { delivered, error } = await this.#sendBatch(webhook, messages, signal);
      await removeFromOutbox(this.#engine, delivered);
      if (error === undefined) {
        if (this.#failing.delete(webhook.name)) {
          this.#engine.log("info", `Events reach the webhook "${webhook.name}" again`);
        }
        continue;
      }
      if (!signal.aborted) this.#postpone(webhook, error);
      return;
    }
  }

  /** After the first failure nothing new is begun. */
  async #sendBatch(
    webhook: Webhook,
    messages: readonly WaitingMessage[],
    signal: AbortSignal,
  ): Promise<{ delivered: WaitingMessage[]; error?: unknown }> {
    const delivered: WaitingMessage[] = [];
    const errors: unknown[] = [];
    const lanes = lanesOf(messages).values();
    const worker = async (): Promise<void> => {
      for (const lane of lanes) {
        for (const message of lane) {
          if (errors.length > 0) return;
          try {
            await this.#options.send(webhook, message, signal);
          } catch (error) {
            errors.push(error);
            return;
          }
          delivered.push(message);
          this.#options.onDelivered?.(webhook.name);
        }
      }
    };
    await Promise.all(Array.from({ length: parallelMessages }, worker));
    return errors.length === 0 ? { delivered } : { delivered, error: errors[0] };
  }

  #postpone({ name }: Webhook, error: unknown): void {
    const failures = (this.#failing.get(name)?.failures ?? 0) + 1;
    const delayMs = Math.min(mostRetryMs, firstRetryMs * 2 ** (failures - 1));
    this.#failing.set(name, { failures, notBeforeMs: this.#engine.clock() + delayMs });
    this.#options.onFailed?.(name);
    const message = `Cannot deliver events to the webhook "${name}"; it is tried again in ${delayMs / 1000} s`;
    this.#engine.log(failures === 1 ? "warn" : "info", message, error);
  }
}

function lanesOf(messages: readonly WaitingMessage[]): WaitingMessage[][] {
  const lanes = new Map<string, WaitingMessage[]>();
  for (const message of messages) {
    const lane = lanes.get(message.lane);
    if (lane === undefined) lanes.set(message.lane, [message]);
    else lane.push(message);
  }
  return [...lanes.values()];
}
