/** The operations on lifecycle, notification and logging. What each does is told in `bucket-settings.ts`. */

import { lifecycleConfigurationXml, parseLifecycleConfiguration } from "../s3/documents/lifecycle.ts";
import { bucketLoggingStatusXml, parseBucketLoggingStatus } from "../s3/documents/logging.ts";
import {
  notificationConfigurationXml,
  parseNotificationConfiguration,
} from "../s3/documents/notification.ts";
import { checkNames, type KnownNames, type NamesOf } from "../s3/known-names.ts";
import {
  type LifecycleConfiguration,
  type NoncurrentVersionExpiration,
  transitionMinimums,
} from "../s3/lifecycle.ts";
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
  { rules, transitionMinimum, ...input }: inputs.BucketInput & LifecycleConfiguration,
  options?: RequestOptions,
): Promise<void> {
  checkNames("PutBucketLifecycleConfiguration", rules, ruleNames);
  const minimum = transitionMinimum === undefined ? {} : { [minimumHeader]: transitionMinimum };
  await put(core, "PutBucketLifecycleConfiguration", input, lifecycleConfigurationXml(rules), {
    headers: minimum,
    options,
  });
}

const timeNames = { days: 1, dateMs: 1 };
const noncurrentNames: NamesOf<NoncurrentVersionExpiration> = {
  noncurrentDays: 1,
  newerNoncurrentVersions: 1,
};

/** A misspelt prefix would be a rule for the whole bucket. */
const ruleNames: KnownNames = {
  id: 1,
  status: 1,
  prefix: 1,
  filter: {
    prefix: 1,
    tags: { key: 1, value: 1 },
    objectSizeGreaterThan: 1,
    objectSizeLessThan: 1,
  },
  expiration: { ...timeNames, expiredObjectDeleteMarker: 1 },
  transitions: { ...timeNames, storageClass: 1 },
  noncurrentVersionExpiration: noncurrentNames,
  noncurrentVersionTransitions: { ...noncurrentNames, storageClass: 1 },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
};

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
    notifications,
    skipDestinationValidation,
    ...input
  }: inputs.BucketInput & {
    readonly notifications: readonly Notification[];
    readonly skipDestinationValidation?: boolean | undefined;
  },
  options?: RequestOptions,
): Promise<void> {
  checkNames("PutBucketNotificationConfiguration", notifications, notificationNames);
  const skip =
    skipDestinationValidation === undefined
      ? {}
      : { "x-amz-skip-destination-validation": String(skipDestinationValidation) };
  const xml = notificationConfigurationXml(notifications);
  await put(core, "PutBucketNotificationConfiguration", input, xml, { headers: skip, options });
}

const notificationNames: NamesOf<Notification> = {
  id: 1,
  kind: 1,
  arn: 1,
  events: 1,
  prefix: 1,
  suffix: 1,
};

export async function getBucketLogging(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<BucketLogging | null> {
  return (await ask(parseBucketLoggingStatus, core, "GetBucketLogging", input, options)).value;
}

export async function putBucketLogging(
  core: ClientCore,
  { logging, ...input }: inputs.BucketInput & { readonly logging: BucketLogging | null },
  options?: RequestOptions,
): Promise<void> {
  await put(core, "PutBucketLogging", input, bucketLoggingStatusXml(logging), { headers: {}, options });
}

async function put(
  core: ClientCore,
  name: string,
  input: inputs.BucketInput,
  xml: string,
  {
    headers,
    options,
  }: { readonly headers: Record<string, string>; readonly options?: RequestOptions | undefined },
): Promise<void> {
  const body = documentBody(xml);
  const call = { ...body, headers: { ...body.headers, ...headers }, answer: "nothing" } as const;
  await sendCall(core, name, input, options, call);
}
