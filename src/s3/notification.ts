/**
 * Event notifications: which changes of a bucket are told to whom.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
 */

import { S3Error } from "./errors.ts";

/** What happened, as a record of an event names it. */
export type EventName =
  | "ObjectCreated:Put"
  | "ObjectCreated:Post"
  | "ObjectCreated:Copy"
  | "ObjectCreated:CompleteMultipartUpload"
  | "ObjectRemoved:Delete"
  | "ObjectRemoved:DeleteMarkerCreated"
  | "ObjectTagging:Put"
  | "ObjectTagging:Delete"
  | "ObjectAcl:Put"
  | "LifecycleExpiration:Delete"
  | "LifecycleExpiration:DeleteMarkerCreated"
  | "LifecycleTransition";

/**
 * What a configuration may ask for, without the leading `s3:`. The last ones never happen here: nothing is archived,
 * replicated or lost by a storage class.
 */
const knownEvents: ReadonlySet<string> = new Set([
  "ObjectCreated:*",
  "ObjectCreated:Put",
  "ObjectCreated:Post",
  "ObjectCreated:Copy",
  "ObjectCreated:CompleteMultipartUpload",
  "ObjectRemoved:*",
  "ObjectRemoved:Delete",
  "ObjectRemoved:DeleteMarkerCreated",
  "ObjectTagging:*",
  "ObjectTagging:Put",
  "ObjectTagging:Delete",
  "ObjectAcl:Put",
  "LifecycleExpiration:*",
  "LifecycleExpiration:Delete",
  "LifecycleExpiration:DeleteMarkerCreated",
  "LifecycleTransition",
  "IntelligentTiering",
  "ObjectRestore:*",
  "ObjectRestore:Post",
  "ObjectRestore:Completed",
  "ObjectRestore:Delete",
  "ReducedRedundancyLostObject",
  "Replication:*",
  "Replication:OperationFailedReplication",
  "Replication:OperationMissedThreshold",
  "Replication:OperationReplicatedAfterThreshold",
  "Replication:OperationNotTracked",
]);

/** One configuration of a bucket: who is told of which events of which keys. */
export interface Notification {
  /** Unlike every other one's. A server draws one where it is missing. */
  readonly id?: string | undefined;
  /** Which of the three lists of the document it stands in; here all of them name a webhook. */
  readonly kind: NotificationKind;
  /** Such as `arn:stowage:webhook:::orders`. */
  readonly arn: string;
  /** Such as `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  readonly prefix?: string | undefined;
  readonly suffix?: string | undefined;
}

export type NotificationKind = "topic" | "queue" | "lambda";

/** Whether an event of a key is to be told. */
export function isNotified(
  { events, prefix = "", suffix = "" }: Notification,
  event: EventName,
  key: string,
): boolean {
  return (
    key.startsWith(prefix) && key.endsWith(suffix) && events.some((asked) => isAsked(asked.slice(3), event))
  );
}

function isAsked(asked: string, event: string): boolean {
  return asked === event || (asked.endsWith(":*") && event.startsWith(asked.slice(0, -1)));
}

/** The name of the webhook that an ARN stands for, or null for another ARN. */
export function webhookOfArn(arn: string): string | null {
  return /^arn:stowage:webhook:::([\w-]{1,64})$/.exec(arn)?.[1] ?? null;
}

/** The ARN by which a bucket's configuration names a webhook. */
export function arnOfWebhook(name: string): string {
  return `arn:stowage:webhook:::${name}`;
}

/**
 * Judges the configurations of a bucket.
 *
 * @throws {S3Error} `InvalidArgument` for an event that does not exist, an id or a common event twice.
 */
export function checkNotifications(notifications: readonly Notification[]): void {
  for (const [at, notification] of notifications.entries()) {
    for (const event of notification.events) {
      if (event.startsWith("s3:") && knownEvents.has(event.slice(3))) continue;
      throw invalid(`The event '${event}' is not supported for notifications`, "Event", event);
    }
    for (const other of notifications.slice(at + 1)) {
      if (notification.id !== undefined && notification.id === other.id) {
        throw invalid("Same ID used for multiple configurations. IDs must be unique", "Id", other.id);
      }
      if (overlap(notification, other)) {
        throw invalid(
          "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
          "Event",
          other.events.join(),
        );
      }
    }
  }
}

function overlap(a: Notification, b: Notification): boolean {
  const commonEvent = a.events.some((one) =>
    b.events.some((two) => isAsked(one.slice(3), two.slice(3)) || isAsked(two.slice(3), one.slice(3))),
  );
  const { prefix: ap = "", suffix: as = "" } = a;
  const { prefix: bp = "", suffix: bs = "" } = b;
  return commonEvent && (ap.startsWith(bp) || bp.startsWith(ap)) && (as.endsWith(bs) || bs.endsWith(as));
}

function invalid(message: string, name: string, value: string): S3Error {
  return new S3Error("InvalidArgument", { message, details: { ArgumentName: name, ArgumentValue: value } });
}
