/** The operations on lifecycle, notification and logging. What each does is told in `bucket-upkeep.ts`. */

import { lifecycleConfigurationXml, parseLifecycleConfiguration } from "../s3/documents/lifecycle.ts";
import { bucketLoggingStatusXml, parseBucketLoggingStatus } from "../s3/documents/logging.ts";
import {
  notificationConfigurationXml,
  parseNotificationConfiguration,
} from "../s3/documents/notification.ts";
import { type LifecycleConfiguration, transitionMinimums } from "../s3/lifecycle.ts";
import type { BucketLogging } from "../s3/logging.ts";
import type { Notification } from "../s3/notification.ts";
import { ask, sendCall } from "./ask.ts";
import { documentBody } from "./call.ts";
import type { ClientCore } from "./core.ts";
import type * as inputs from "./inputs.ts";
import type { RequestOptions } from "./send.ts";

const minimumHeader = "x-amz-transition-default-minimum-object-size";

export async function getBucketLifecycleConfiguration(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<LifecycleConfiguration> {
  const name = "GetBucketLifecycleConfiguration";
  const { value: rules, headers } = await ask(parseLifecycleConfiguration, core, name, input, options);
  const transitionMinimum = transitionMinimums.find((minimum) => minimum === headers[minimumHeader]);
  return transitionMinimum === undefined ? { rules } : { rules, transitionMinimum };
}

export async function putBucketLifecycleConfiguration(
  core: ClientCore,
  { bucket, rules, transitionMinimum }: inputs.BucketInput & LifecycleConfiguration,
  options?: RequestOptions,
): Promise<void> {
  const minimum = transitionMinimum === undefined ? {} : { [minimumHeader]: transitionMinimum };
  await put(core, "PutBucketLifecycleConfiguration", bucket, lifecycleConfigurationXml(rules), {
    headers: minimum,
    options,
  });
}

export async function deleteBucketLifecycle(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<void> {
  await sendCall(core, "DeleteBucketLifecycle", input, options, { answer: "nothing" });
}

export async function getBucketNotificationConfiguration(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<Notification[]> {
  const name = "GetBucketNotificationConfiguration";
  return (await ask(parseNotificationConfiguration, core, name, input, options)).value;
}

export async function putBucketNotificationConfiguration(
  core: ClientCore,
  {
    bucket,
    notifications,
    skipDestinationValidation,
  }: inputs.BucketInput & {
    readonly notifications: readonly Notification[];
    readonly skipDestinationValidation?: boolean | undefined;
  },
  options?: RequestOptions,
): Promise<void> {
  const skip =
    skipDestinationValidation === undefined
      ? {}
      : { "x-amz-skip-destination-validation": String(skipDestinationValidation) };
  const xml = notificationConfigurationXml(notifications);
  await put(core, "PutBucketNotificationConfiguration", bucket, xml, { headers: skip, options });
}

export async function getBucketLogging(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<BucketLogging | null> {
  return (await ask(parseBucketLoggingStatus, core, "GetBucketLogging", input, options)).value;
}

export async function putBucketLogging(
  core: ClientCore,
  { bucket, logging }: inputs.BucketInput & { readonly logging: BucketLogging | null },
  options?: RequestOptions,
): Promise<void> {
  await put(core, "PutBucketLogging", bucket, bucketLoggingStatusXml(logging), { headers: {}, options });
}

async function put(
  core: ClientCore,
  name: string,
  bucket: string,
  xml: string,
  {
    headers,
    options,
  }: { readonly headers: Record<string, string>; readonly options?: RequestOptions | undefined },
): Promise<void> {
  const body = documentBody(xml);
  const call = { ...body, headers: { ...body.headers, ...headers }, answer: "nothing" } as const;
  await sendCall(core, name, { bucket }, options, call);
}
