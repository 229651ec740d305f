/** GetBucketNotificationConfiguration, PutBucketNotificationConfiguration. */

import { updateBucket } from "../../engine/buckets.ts";
import { sendTestEvents } from "../../engine/events.ts";
import {
  notificationConfigurationXml,
  parseNotificationConfiguration,
} from "../../s3/documents/notification.ts";
import { S3Error } from "../../s3/errors.ts";
import { checkNotifications, webhookOfArn } from "../../s3/notification.ts";
import type { BucketContext, S3Response } from "../context.ts";
import { readSettings } from "../settings-document.ts";
import { xmlResponse } from "../xml-response.ts";

/** Each is a row of every change that it wants to be told of. AWS's limit. */
const maxNotifications = 100;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html */
export function getBucketNotification({ bucket }: BucketContext): Promise<S3Response> {
  return Promise.resolve(xmlResponse(notificationConfigurationXml(bucket.notifications ?? [])));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html */
export async function putBucketNotification(context: BucketContext): Promise<S3Response> {
  const { site, bucket, request, requestId } = context;
  const notifications = parseNotificationConfiguration(await readSettings(context));
  checkNotifications(notifications);
  if (notifications.length > maxNotifications) {
    throw new S3Error("InvalidArgument", {
      message: `${notifications.length} notification configurations are more than ${maxNotifications}`,
    });
  }
  const webhooks = notifications.map(({ arn }) => {
    const name = webhookOfArn(arn);
    if (name !== null && site.webhooks.some((webhook) => webhook.name === name)) return name;
    throw new S3Error("InvalidArgument", {
      message: "Unable to validate the following destination configurations",
      details: {
        ArgumentName: arn,
        ArgumentValue: "The destination does not exist: webhooks are arn:stowage:webhook:::NAME",
      },
    });
  });
  const named = notifications.map((one) => ({ id: site.engine.random(18).toString("base64url"), ...one }));
  const updated = await updateBucket(site.engine, bucket.name, () => ({
    notifications: named.length === 0 ? undefined : named,
  }));
  if (request.headers["x-amz-skip-destination-validation"]?.toLowerCase() !== "true") {
    await sendTestEvents(site.engine, updated, { webhooks, requestId });
  }
  return { status: 200, headers: {} };
}
