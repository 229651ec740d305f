/** The part of the client that reads and changes what is set of a bucket, beside its ACL. */

import type { CorsRule } from "../s3/cors.ts";
import type { BucketEncryption } from "../s3/server-side-encryption.ts";
import type { Tags } from "../s3/tags.ts";
import type { WebsiteConfiguration } from "../s3/website.ts";
import type * as inputs from "./inputs.ts";
import { settingsRequests } from "./load-seldom.ts";
import type { RequestOptions } from "./send.ts";
import type { ObjectOwnership } from "../s3/documents/ownership-controls.ts";
import type { PublicAccessBlock } from "../s3/documents/public-access-block.ts";
import type { ClientCore } from "./core.ts";
import type { LifecycleConfiguration } from "../s3/lifecycle.ts";
import type { BucketLogging } from "../s3/logging.ts";
import type { Notification } from "../s3/notification.ts";

/** Who pays for a bucket's requests. */
export type Payer = "BucketOwner" | "Requester";

/** A bucket's subresources, an operation each. */
export abstract class BucketSettings {
  abstract readonly core: ClientCore;

  /**
   * The bucket's rules for browsers. Throws S3ResponseError NoSuchCORSConfiguration where it has none.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html
   */
  async getBucketCors(input: inputs.BucketInput, options?: RequestOptions): Promise<CorsRule[]> {
    return (await settingsRequests()).getBucketCors(this.core, input, options);
  }

  /**
   * Replaces the bucket's rules for browsers.
   *
   * @example
   * const rules = [{ allowedOrigins: ["https://example.com"], allowedMethods: ["PUT"], exposeHeaders: ["ETag"] }] as const;
   * await client.putBucketCors({ bucket: "mybucket", rules });
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html
   */
  async putBucketCors(
    input: inputs.BucketInput & { readonly rules: readonly CorsRule[] },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putBucketCors(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketCors.html */
  async deleteBucketCors(input: inputs.BucketInput, options?: RequestOptions): Promise<void> {
    return (await settingsRequests()).deleteBucketCors(this.core, input, options);
  }

  /**
   * How the bucket is shown as a website. Throws S3ResponseError NoSuchWebsiteConfiguration where it is not.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html
   */
  async getBucketWebsite(input: inputs.BucketInput, options?: RequestOptions): Promise<WebsiteConfiguration> {
    return (await settingsRequests()).getBucketWebsite(this.core, input, options);
  }

  /**
   * Shows the bucket as a website.
   *
   * @example
   * const website = { indexSuffix: "index.html", errorKey: "404.html" };
   * await client.putBucketWebsite({ bucket: "mysite", website });
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html
   */
  async putBucketWebsite(
    input: inputs.BucketInput & { readonly website: WebsiteConfiguration },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putBucketWebsite(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketWebsite.html */
  async deleteBucketWebsite(input: inputs.BucketInput, options?: RequestOptions): Promise<void> {
    return (await settingsRequests()).deleteBucketWebsite(this.core, input, options);
  }

  /** Who is said to pay for requests. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketRequestPayment.html */
  async getBucketRequestPayment(input: inputs.BucketInput, options?: RequestOptions): Promise<Payer> {
    return (await settingsRequests()).getBucketRequestPayment(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html */
  async putBucketRequestPayment(
    input: inputs.BucketInput & { readonly payer: Payer },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putBucketRequestPayment(this.core, input, options);
  }

  /**
   * How the bucket encrypts what says nothing. Throws S3ResponseError ServerSideEncryptionConfigurationNotFoundError where
   * it does not.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html
   */
  async getBucketEncryption(input: inputs.BucketInput, options?: RequestOptions): Promise<BucketEncryption> {
    return (await settingsRequests()).getBucketEncryption(this.core, input, options);
  }

  /**
   * Encrypts from now on what says nothing.
   *
   * @example
   * await client.putBucketEncryption({ bucket: "mybucket", encryption: { algorithm: "AES256" } });
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html
   */
  async putBucketEncryption(
    input: inputs.BucketInput & { readonly encryption: BucketEncryption },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putBucketEncryption(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketEncryption.html */
  async deleteBucketEncryption(input: inputs.BucketInput, options?: RequestOptions): Promise<void> {
    return (await settingsRequests()).deleteBucketEncryption(this.core, input, options);
  }

  /**
   * The bucket's tags. Throws S3ResponseError NoSuchTagSet where it has none.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html
   */
  async getBucketTagging(input: inputs.BucketInput, options?: RequestOptions): Promise<Tags> {
    return (await settingsRequests()).getBucketTagging(this.core, input, options);
  }

  /**
   * Replaces the bucket's tags, at most 50.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
   */
  async putBucketTagging(
    input: inputs.BucketInput & { readonly tags: Tags },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putBucketTagging(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketTagging.html */
  async deleteBucketTagging(input: inputs.BucketInput, options?: RequestOptions): Promise<void> {
    return (await settingsRequests()).deleteBucketTagging(this.core, input, options);
  }

  // ----------------------------------------------------------------------------------------------------- who may use it

  /**
   * The bucket's policy, as it was put: JSON. Throws S3ResponseError NoSuchBucketPolicy where it has none.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html
   */
  async getBucketPolicy(input: inputs.BucketInput, options?: RequestOptions): Promise<string> {
    return (await settingsRequests()).getBucketPolicy(this.core, input, options);
  }

  /**
   * Replaces the bucket's policy. Throws S3ResponseError MalformedPolicy for one that the server does not understand.
   *
   * @param input.policy JSON, or an object that becomes it.
   * @example
   * const Statement = [
   *   { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::mybucket/public/*" },
   * ];
   * await client.putBucketPolicy({ bucket: "mybucket", policy: { Version: "2012-10-17", Statement } });
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
   */
  async putBucketPolicy(input: inputs.PutBucketPolicyInput, options?: RequestOptions): Promise<void> {
    return (await settingsRequests()).putBucketPolicy(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html */
  async deleteBucketPolicy(input: inputs.BucketInput, options?: RequestOptions): Promise<void> {
    return (await settingsRequests()).deleteBucketPolicy(this.core, input, options);
  }

  /**
   * Whether the bucket is public. AWS throws NoSuchBucketPolicy for a bucket without a policy.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html
   */
  async getBucketPolicyStatus(
    input: inputs.BucketInput,
    options?: RequestOptions,
  ): Promise<{ isPublic: boolean }> {
    return (await settingsRequests()).getBucketPolicyStatus(this.core, input, options);
  }

  /**
   * The switches over the bucket's ACLs and policy. Throws S3ResponseError NoSuchPublicAccessBlockConfiguration where
   * there are none.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html
   */
  async getPublicAccessBlock(
    input: inputs.BucketInput,
    options?: RequestOptions,
  ): Promise<PublicAccessBlock> {
    return (await settingsRequests()).getPublicAccessBlock(this.core, input, options);
  }

  /**
   * Sets the switches; those that are not named are off.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html
   */
  async putPublicAccessBlock(
    input: inputs.BucketInput & Partial<PublicAccessBlock>,
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putPublicAccessBlock(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletePublicAccessBlock.html */
  async deletePublicAccessBlock(input: inputs.BucketInput, options?: RequestOptions): Promise<void> {
    return (await settingsRequests()).deletePublicAccessBlock(this.core, input, options);
  }

  /**
   * Who owns what others write into the bucket. Throws S3ResponseError OwnershipControlsNotFoundError where nobody has
   * said.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html
   */
  async getBucketOwnershipControls(
    input: inputs.BucketInput,
    options?: RequestOptions,
  ): Promise<ObjectOwnership> {
    return (await settingsRequests()).getBucketOwnershipControls(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketOwnershipControls.html */
  async putBucketOwnershipControls(
    input: inputs.BucketInput & { readonly objectOwnership: ObjectOwnership },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putBucketOwnershipControls(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketOwnershipControls.html */
  async deleteBucketOwnershipControls(input: inputs.BucketInput, options?: RequestOptions): Promise<void> {
    return (await settingsRequests()).deleteBucketOwnershipControls(this.core, input, options);
  }

  // --------------------------------------------------------------------------------------- what a server does by itself

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
