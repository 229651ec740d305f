/** The part of the client for what a server does by itself with a bucket: lifecycle rules, events, access logs. */

import type { LifecycleConfiguration } from "../s3/lifecycle.ts";
import type { BucketLogging } from "../s3/logging.ts";
import type { Notification } from "../s3/notification.ts";
import { BucketAccess } from "./bucket-access.ts";
import type * as inputs from "./inputs.ts";
import { settingsRequests } from "./load-seldom.ts";
import type { RequestOptions } from "./send.ts";

/** Lifecycle, notification and logging of a bucket, an operation each. */
export abstract class BucketUpkeep extends BucketAccess {
  /**
   * The rules by which objects expire. Throws S3ResponseError NoSuchLifecycleConfiguration where there are none.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html
   */
  async getBucketLifecycleConfiguration(
    input: inputs.BucketInput,
    options?: RequestOptions,
  ): Promise<LifecycleConfiguration> {
    return (await settingsRequests()).getBucketLifecycleConfiguration(this.core, input, options);
  }

  /**
   * Replaces the rules by which objects expire.
   *
   * @example
   * const tmp = { status: "Enabled", filter: { prefix: "tmp/" }, expiration: { days: 1 } } as const;
   * await client.putBucketLifecycleConfiguration({ bucket: "mybucket", rules: [tmp] });
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
   */
  async putBucketLifecycleConfiguration(
    input: inputs.BucketInput & LifecycleConfiguration,
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putBucketLifecycleConfiguration(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketLifecycle.html */
  async deleteBucketLifecycle(input: inputs.BucketInput, options?: RequestOptions): Promise<void> {
    return (await settingsRequests()).deleteBucketLifecycle(this.core, input, options);
  }

  /**
   * Who is told of which changes; an empty list where nobody is.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html
   */
  async getBucketNotificationConfiguration(
    input: inputs.BucketInput,
    options?: RequestOptions,
  ): Promise<Notification[]> {
    return (await settingsRequests()).getBucketNotificationConfiguration(this.core, input, options);
  }

  /**
   * Replaces who is told of which changes. An empty list tells nobody.
   *
   * @param input.skipDestinationValidation Whether to leave out the test event.
   * @example
   * const arn = "arn:stowage:webhook:::orders";
   * const notifications = [{ kind: "queue", arn, events: ["s3:ObjectCreated:*"], suffix: ".jpg" }] as const;
   * await client.putBucketNotificationConfiguration({ bucket: "mybucket", notifications });
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
   */
  async putBucketNotificationConfiguration(
    input: inputs.BucketInput & {
      readonly notifications: readonly Notification[];
      readonly skipDestinationValidation?: boolean | undefined;
    },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putBucketNotificationConfiguration(this.core, input, options);
  }

  /**
   * Where the bucket's requests are logged, or null.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLogging.html
   */
  async getBucketLogging(input: inputs.BucketInput, options?: RequestOptions): Promise<BucketLogging | null> {
    return (await settingsRequests()).getBucketLogging(this.core, input, options);
  }

  /**
   * Has the bucket's requests logged into objects of a bucket, or with null no more.
   *
   * @example
   * const logging = { targetBucket: "logs", targetPrefix: "mybucket/" };
   * await client.putBucketLogging({ bucket: "mybucket", logging });
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html
   */
  async putBucketLogging(
    input: inputs.BucketInput & { readonly logging: BucketLogging | null },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putBucketLogging(this.core, input, options);
  }
}
