/** The part of a Bucket for lifecycle rules and access logs, under boto's names. */

import { checkNames } from "../s3/known-names.ts";
import type { LifecycleRule } from "../s3/lifecycle.ts";
import type { Notification } from "../s3/notification.ts";
import type { Grant } from "./acl.ts";
import { BucketLogging } from "./bucket-logging.ts";
import type { S3Connection } from "./connection.ts";
import { Lifecycle } from "./lifecycle.ts";
import type { RequestOptions } from "./send.ts";

export abstract class BucketUpkeepSettings {
  abstract readonly connection: S3Connection;
  abstract readonly name: string;

  /** The lifecycle rules. Throws S3ResponseError NoSuchLifecycleConfiguration where there are none. */
  async getLifecycleConfig(options?: RequestOptions): Promise<Lifecycle> {
    const { client } = this.connection;
    return Lifecycle.fromRules(
      (await client.getBucketLifecycleConfiguration({ bucket: this.name }, options)).rules,
    );
  }

  /**
   * Replaces the lifecycle rules.
   *
   * @example
   * await bucket.configureLifecycle(new Lifecycle().addRule({ prefix: "tmp/", expiration: 1 }));
   */
  async configureLifecycle(
    rules: Lifecycle | readonly LifecycleRule[],
    options?: RequestOptions,
  ): Promise<void> {
    await this.connection.client.putBucketLifecycleConfiguration({ bucket: this.name, rules }, options);
  }

  async deleteLifecycleConfiguration(options?: RequestOptions): Promise<void> {
    await this.connection.client.deleteBucketLifecycle({ bucket: this.name }, options);
  }

  /** Where the bucket's requests are logged. */
  async getLoggingStatus(options?: RequestOptions): Promise<BucketLogging> {
    const { client } = this.connection;
    return BucketLogging.from(await client.getBucketLogging({ bucket: this.name }, options));
  }

  /**
   * Has the bucket's requests logged.
   *
   * @param targetBucket A bucket that takes logs: see {@link setAsLoggingTarget}.
   */
  async enableLogging(
    targetBucket: string | { readonly name: string },
    options: RequestOptions & {
      readonly targetPrefix?: string | undefined;
      readonly grants?: readonly Grant[] | undefined;
    } = {},
  ): Promise<void> {
    checkNames("enableLogging()", options, { targetPrefix: 1, grants: 1, signal: 1 });
    const { targetPrefix = "", grants = [], signal } = options;
    const target = typeof targetBucket === "string" ? targetBucket : targetBucket.name;
    const logging = new BucketLogging(target, targetPrefix, grants).toPlain();
    await this.connection.client.putBucketLogging({ bucket: this.name, logging }, { signal });
  }

  /** Has the bucket's requests logged as a document says: a BucketLoggingStatus. */
  async setXmlLogging(xml: string, options?: RequestOptions): Promise<void> {
    const logging = BucketLogging.fromXml(xml).toPlain();
    await this.connection.client.putBucketLogging({ bucket: this.name, logging }, options);
  }

  async disableLogging(options?: RequestOptions): Promise<void> {
    await this.connection.client.putBucketLogging({ bucket: this.name, logging: null }, options);
  }

  /** Adds to the bucket's ACL what lets the delivery of access logs write to it. */
  async setAsLoggingTarget(options?: RequestOptions): Promise<void> {
    const { client } = this.connection;
    const { owner, grants } = await client.getBucketAcl({ bucket: this.name }, options);
    const logDelivery = { type: "group", group: "LogDelivery" } as const;
    const more = (["WRITE", "READ_ACP"] as const).map((permission) => ({ grantee: logDelivery, permission }));
    const policy = { owner, grants: [...grants, ...more] };
    await client.putBucketAcl({ bucket: this.name, policy }, options);
  }

  /** Who is told of which changes. */
  async getNotifications(options?: RequestOptions): Promise<Notification[]> {
    return this.connection.client.getBucketNotificationConfiguration({ bucket: this.name }, options);
  }

  /** Replaces who is told of which changes; an empty list tells nobody. */
  async setNotifications(notifications: readonly Notification[], options?: RequestOptions): Promise<void> {
    const input = { bucket: this.name, notifications };
    await this.connection.client.putBucketNotificationConfiguration(input, options);
  }
}
