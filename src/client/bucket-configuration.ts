/** The part of a Bucket that reads and changes its settings. */

import { md5Base64 } from "#hash";
import type { CorsRule } from "../s3/cors.ts";
import { checkNames } from "../s3/known-names.ts";
import type { Payer } from "./bucket-settings.ts";
import { CORSConfiguration } from "./cors.ts";
import type { RequestOptions } from "./send.ts";
import { Tags } from "./tags.ts";
import { WebsiteConfiguration } from "./website.ts";
import type { LifecycleRule } from "../s3/lifecycle.ts";
import type { Notification } from "../s3/notification.ts";
import type { Grant } from "./acl.ts";
import { BucketLogging } from "./bucket-logging.ts";
import type { S3Connection } from "./connection.ts";
import { Lifecycle } from "./lifecycle.ts";

/** A bucket's subresources: get, set, delete. */
export abstract class BucketConfiguration {
  abstract readonly connection: S3Connection;
  abstract readonly name: string;

  /** The bucket's region. */
  async getLocation(options?: RequestOptions): Promise<string> {
    return this.connection.client.getBucketLocation({ bucket: this.name }, options);
  }

  /** Whether the bucket keeps versions: `versioning` is absent where it never did. */
  async getVersioningStatus(options?: RequestOptions): Promise<{
    versioning?: "Enabled" | "Suspended" | undefined;
    mfaDelete?: "Enabled" | "Disabled" | undefined;
  }> {
    const { client } = this.connection;
    const { status, mfaDelete } = await client.getBucketVersioning({ bucket: this.name }, options);
    return { versioning: status, mfaDelete };
  }

  /**
   * Has the bucket keep versions, or no more of them.
   *
   * @param options.mfaDelete Whether deleting a version is to want a code; changing it wants `mfa`, a device's serial
   *   number and its code.
   */
  async configureVersioning(
    versioning: boolean,
    options: RequestOptions & {
      readonly mfaDelete?: boolean | undefined;
      readonly mfa?: readonly [serialNumber: string, code: string] | undefined;
    } = {},
  ): Promise<void> {
    checkNames("configureVersioning()", options, { mfaDelete: 1, mfa: 1, signal: 1 });
    const { mfaDelete, mfa, signal } = options;
    await this.connection.client.putBucketVersioning(
      {
        bucket: this.name,
        status: versioning ? "Enabled" : "Suspended",
        mfaDelete: mfaDelete === undefined ? undefined : mfaDelete ? "Enabled" : "Disabled",
        mfa: mfa?.join(" "),
      },
      { signal },
    );
  }

  /** The rules for browsers. Throws S3ResponseError NoSuchCORSConfiguration where there are none. */
  async getCors(options?: RequestOptions): Promise<CORSConfiguration> {
    return CORSConfiguration.fromRules(
      await this.connection.client.getBucketCors({ bucket: this.name }, options),
    );
  }

  async getCorsXml(options?: RequestOptions): Promise<string> {
    return this.getSubresource("cors", "", options);
  }

  /** Replaces the rules for browsers. */
  async setCors(rules: CORSConfiguration | readonly CorsRule[], options?: RequestOptions): Promise<void> {
    await this.connection.client.putBucketCors({ bucket: this.name, rules }, options);
  }

  async setCorsXml(xml: string, options?: RequestOptions): Promise<void> {
    await this.setCors(CORSConfiguration.fromXml(xml), options);
  }

  async deleteCors(options?: RequestOptions): Promise<void> {
    await this.connection.client.deleteBucketCors({ bucket: this.name }, options);
  }

  /** How the bucket is shown as a website. Throws S3ResponseError NoSuchWebsiteConfiguration where it is not. */
  async getWebsiteConfiguration(options?: RequestOptions): Promise<WebsiteConfiguration> {
    return WebsiteConfiguration.from(
      await this.connection.client.getBucketWebsite({ bucket: this.name }, options),
    );
  }

  async getWebsiteConfigurationXml(options?: RequestOptions): Promise<string> {
    return this.getSubresource("website", "", options);
  }

  async setWebsiteConfiguration(
    configuration: WebsiteConfiguration,
    options?: RequestOptions,
  ): Promise<void> {
    const website = configuration.toPlain();
    await this.connection.client.putBucketWebsite({ bucket: this.name, website }, options);
  }

  async setWebsiteConfigurationXml(xml: string, options?: RequestOptions): Promise<void> {
    await this.setWebsiteConfiguration(WebsiteConfiguration.fromXml(xml), options);
  }

  /** Shows the bucket as a website with these index and error pages, redirects and rules. */
  async configureWebsite(
    website: ConstructorParameters<typeof WebsiteConfiguration>[0],
    options?: RequestOptions,
  ): Promise<void> {
    await this.setWebsiteConfiguration(new WebsiteConfiguration(website), options);
  }

  async deleteWebsiteConfiguration(options?: RequestOptions): Promise<void> {
    await this.connection.client.deleteBucketWebsite({ bucket: this.name }, options);
  }

  /** Who is said to pay for requests. */
  async getRequestPayment(options?: RequestOptions): Promise<Payer> {
    return this.connection.client.getBucketRequestPayment({ bucket: this.name }, options);
  }

  async setRequestPayment(payer: Payer = "BucketOwner", options?: RequestOptions): Promise<void> {
    await this.connection.client.putBucketRequestPayment({ bucket: this.name, payer }, options);
  }

  /** The bucket's tags. Throws S3ResponseError NoSuchTagSet where it has none. */
  async getTags(options?: RequestOptions): Promise<Tags> {
    return Tags.fromRecord(await this.connection.client.getBucketTagging({ bucket: this.name }, options));
  }

  async getXmlTags(options?: RequestOptions): Promise<string> {
    return this.getSubresource("tagging", "", options);
  }

  /** Replaces the bucket's tags, at most 50: boto's object, or values by key. */
  async setTags(tags: Tags | Readonly<Record<string, string>>, options?: RequestOptions): Promise<void> {
    const record = tags instanceof Tags ? tags.toRecord() : tags;
    await this.connection.client.putBucketTagging({ bucket: this.name, tags: record }, options);
  }

  async setXmlTags(xml: string, options?: RequestOptions): Promise<void> {
    await this.setTags(Tags.fromXml(xml), options);
  }

  async deleteTags(options?: RequestOptions): Promise<void> {
    await this.connection.client.deleteBucketTagging({ bucket: this.name }, options);
  }

  /** The bucket's policy: JSON, as it was put. Throws S3ResponseError NoSuchBucketPolicy where it has none. */
  async getPolicy(options?: RequestOptions): Promise<string> {
    return this.connection.client.getBucketPolicy({ bucket: this.name }, options);
  }

  /** Replaces the bucket's policy by JSON, or by an object that becomes it. */
  async setPolicy(policy: string | object, options?: RequestOptions): Promise<void> {
    await this.connection.client.putBucketPolicy({ bucket: this.name, policy }, options);
  }

  async deletePolicy(options?: RequestOptions): Promise<void> {
    await this.connection.client.deleteBucketPolicy({ bucket: this.name }, options);
  }

  /** A subresource's document, such as `versioning` or `cors`, of the bucket or a key: the way to what has no method. */
  async getSubresource(subresource: string, keyName = "", options?: RequestOptions): Promise<string> {
    const { body } = await this.connection.client.request(
      { bucket: this.name, key: keyName || undefined, query: { [subresource]: "" } },
      options,
    );
    return body.text();
  }

  /** Puts a subresource's document, with the digest that AWS wants of many. */
  async setSubresource(
    subresource: string,
    document: string,
    keyName = "",
    options?: RequestOptions,
  ): Promise<void> {
    const { body } = await this.connection.client.request(
      {
        method: "PUT",
        bucket: this.name,
        key: keyName || undefined,
        query: { [subresource]: "" },
        headers: { "content-md5": md5Base64(document) },
        body: document,
      },
      options,
    );
    await body.bytes();
  }

  // --------------------------------------------------------------------------------------- what a server does by itself

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
