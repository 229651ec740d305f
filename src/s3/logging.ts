/**
 * Server access logs: what a bucket asks for, and the names of the objects that hold them.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
 */

import type { Grant, Owner } from "./acl.ts";

/** Where the requests of a bucket are logged. */
export interface BucketLogging {
  readonly targetBucket: string;
  readonly targetPrefix: string;
  /** Who may read the logs beside the owner of the bucket that they are in. */
  readonly targetGrants?: readonly Grant[] | undefined;
  /** Default: `simple`. */
  readonly keyFormat?: LogKeyFormat | undefined;
}

/** How the logs are named: by time alone, or under the source and the day. */
export type LogKeyFormat =
  | { readonly type: "simple" }
  | { readonly type: "partitioned"; readonly dateSource: "EventTime" | "DeliveryTime" };

/** Who owns the logs: AWS's own account for it. */
export const logDeliveryOwner: Owner = {
  id: "3272ee65a908a7677109fedda345db8d9554ba26398b2ca10581de88777e2b61",
  displayName: "s3-log-service",
};

/** The service that a bucket policy names to take logs. */
export const logDeliveryService = "logging.s3.amazonaws.com";

/**
 * The key of an object of logs.
 *
 * @param input.unique 16 characters that no other object of the second has.
 */
export function logKey(
  { targetPrefix, keyFormat }: BucketLogging,
  input: {
    readonly eventMs: number;
    readonly deliveryMs: number;
    readonly unique: string;
    readonly source: { readonly name: string; readonly ownerId: string; readonly region: string };
  },
): string {
  const { eventMs, deliveryMs, unique, source } = input;
  if (keyFormat?.type !== "partitioned") {
    return `${targetPrefix}${stamp(deliveryMs)}-${unique}`;
  }
  // "For EventTime … the hour, minutes and seconds are set to 00 in the key."
  const isEventTime = keyFormat.dateSource === "EventTime";
  const time = isEventTime ? `${stamp(eventMs).slice(0, 10)}-00-00-00` : stamp(deliveryMs);
  const [year, month, day] = time.split("-");
  const partition = `${source.ownerId}/${source.region}/${source.name}/${year}/${month}/${day}`;
  return `${targetPrefix}${partition}/${time}-${unique}`;
}

function stamp(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replaceAll(/[T:]/g, "-");
}
