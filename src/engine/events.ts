/**
 * Events on their way out.
 *
 * A change that somebody is to be told of puts a row into `outbox` in its own commit: whatever happens, both are there
 * or neither. The row stays until the message was delivered.
 */

import { eventRecord, lifecycleOrigin, testEvent } from "../s3/event.ts";
import type { EventOrigin } from "../s3/event.ts";
import { isNotified, webhookOfArn } from "../s3/notification.ts";
import type { EventName } from "../s3/notification.ts";
import { Draft } from "./atomic.ts";
import type { Awaitable } from "./index/index.ts";
import { decodeJson, encodeJson } from "./records/json.ts";
import { outboxKey } from "./table-keys.ts";
import type { Bucket, Engine, ObjectInfo } from "./types.ts";

/** What happened to an object. */
export interface Change {
  readonly event: EventName;
  readonly info: Pick<ObjectInfo, "key" | "versionId"> & Partial<Pick<ObjectInfo, "size" | "etag">>;
  /** Default: the server itself. */
  readonly origin?: EventOrigin | undefined;
}

/** A message that waits for its delivery. */
export interface Message {
  /** Messages of a lane are delivered in their order: it is the bucket and the key. */
  readonly lane: string;
  /** JSON's own kind of value. */
  readonly body: unknown;
}

/**
 * Puts what the bucket's configurations want to be told of a change into the commit that makes it. Called when what the
 * change is of has been read: so the events of a key are in the order of its commits, whichever process makes them.
 */
export function noteEvent(engine: Engine, draft: Draft, bucket: Bucket, change: Change): Awaitable<void> {
  if (bucket.notifications === undefined) return;
  return noteMessages(engine, draft, bucket, { ...change, notifications: bucket.notifications });
}

async function noteMessages(
  engine: Engine,
  draft: Draft,
  bucket: Bucket,
  {
    event,
    info,
    origin = lifecycleOrigin,
    notifications,
  }: Change & { readonly notifications: NonNullable<Bucket["notifications"]> },
): Promise<void> {
  let last: Buffer | undefined;
  for (const notification of notifications) {
    if (!isNotified(notification, event, info.key)) continue;
    const webhook = webhookOfArn(notification.arn);
    if (webhook === null) continue;
    const id = engine.ids.next();
    const record = eventRecord({
      event,
      timeMs: Math.floor(engine.clock()),
      region: bucket.region,
      origin,
      configurationId: notification.id ?? "",
      bucket: { name: bucket.name, ownerId: bucket.owner.id },
      object: {
        key: info.key,
        size: info.size,
        etag: info.etag,
        versionId: info.versionId,
      },
      // Time and sequence, without what is random: receivers compare it as text.
      sequencer: id.toString("hex", 0, 8).toUpperCase(),
    });
    const message: Message = { lane: `${bucket.name}/${info.key}`, body: { Records: [record] } };
    draft.put("outbox", outboxKey(webhook, id), encodeJson(message));
    last = id;
  }
  if (last !== undefined) await engine.ids.passed(last);
}

/** Sends the test event to webhooks that a configuration names. */
export async function sendTestEvents(
  engine: Engine,
  bucket: Bucket,
  input: { readonly webhooks: Iterable<string>; readonly requestId: string },
): Promise<void> {
  const draft = new Draft();
  const body = testEvent({
    timeMs: Math.floor(engine.clock()),
    bucketName: bucket.name,
    requestId: input.requestId,
  });
  const message: Message = { lane: bucket.name, body };
  for (const webhook of new Set(input.webhooks)) {
    draft.put("outbox", outboxKey(webhook, engine.ids.next()), encodeJson(message));
  }
  await engine.index.commit(draft);
}

export function decodeMessage(bytes: Buffer): Message {
  return decodeJson(bytes, "message") as Message;
}
