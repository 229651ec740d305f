/** The message that tells of an event. */

import type { EventName } from "./notification.ts";

/** Who asked for a change, and how. */
export interface EventOrigin {
  readonly requestId: string;
  /** Canonical user id. */
  readonly principalId: string;
  readonly sourceIpAddress: string;
}

/** The origin of what the server does by itself. */
export const lifecycleOrigin: EventOrigin = {
  requestId: "",
  principalId: "s3.amazonaws.com",
  sourceIpAddress: "s3.amazonaws.com",
};

export interface EventInput {
  readonly event: EventName;
  readonly timeMs: number;
  readonly region: string;
  readonly origin: EventOrigin;
  /** Of the bucket's configuration that asked for it. */
  readonly configurationId: string;
  readonly bucket: { readonly name: string; readonly ownerId: string };
  readonly object: {
    readonly key: string;
    /** Bytes; absent with the ETag for what was removed. */
    readonly size?: number | undefined;
    readonly etag?: string | undefined;
    readonly versionId?: string | undefined;
  };
  /** Rises with every change of a key. */
  readonly sequencer: string;
}

/** Events whose records carry more than version 2.1 knows. */
const laterEvents = /^(?:Lifecycle|ObjectTagging|ObjectAcl)/;

/**
 * A record, as a message has it in its list `Records`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function eventRecord(input: EventInput): Record<string, unknown> {
  const { event, origin, bucket, object } = input;
  return {
    eventVersion: laterEvents.test(event) ? "2.3" : "2.1",
    eventSource: "aws:s3",
    awsRegion: input.region,
    eventTime: new Date(input.timeMs).toISOString(),
    eventName: event,
    userIdentity: { principalId: origin.principalId },
    requestParameters: { sourceIPAddress: origin.sourceIpAddress },
    responseElements: { "x-amz-request-id": origin.requestId, "x-amz-id-2": "" },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: input.configurationId,
      bucket: {
        name: bucket.name,
        ownerIdentity: { principalId: bucket.ownerId },
        arn: `arn:aws:s3:::${bucket.name}`,
      },
      object: {
        key: formEncode(object.key),
        size: object.size,
        eTag: object.etag,
        versionId: object.versionId,
        sequencer: input.sequencer,
      },
    },
  };
}

/** What is sent when a configuration is set, so that whoever sets it sees that it arrives. */
export function testEvent(input: {
  readonly timeMs: number;
  readonly bucketName: string;
  readonly requestId: string;
}): Record<string, unknown> {
  return {
    Service: "Amazon S3",
    Event: "s3:TestEvent",
    Time: new Date(input.timeMs).toISOString(),
    Bucket: input.bucketName,
    RequestId: input.requestId,
    HostId: "",
  };
}

/** "The object key name value is URL encoded … "red flower.jpg" becomes "red+flower.jpg"." Slashes stay, as on AWS. */
function formEncode(key: string): string {
  return encodeURIComponent(key)
    .replaceAll("%20", "+")
    .replaceAll("%2F", "/")
    .replaceAll(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
