/** The part of the client that reads and changes what is set of a bucket. */

import type { CorsRule } from "../s3/cors.ts";
import type { BucketEncryption } from "../s3/server-side-encryption.ts";
import type { Tags } from "../s3/tags.ts";
import type { WebsiteConfiguration } from "../s3/website.ts";
import { BucketUpkeep } from "./bucket-upkeep.ts";
import type * as inputs from "./inputs.ts";
import { settingsRequests } from "./load-seldom.ts";
import type { RequestOptions } from "./send.ts";

/** Who pays for a bucket's requests. */
export type Payer = "BucketOwner" | "Requester";

/** A bucket's subresources, an operation each. */
export abstract class BucketSettings extends BucketUpkeep {
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
}
