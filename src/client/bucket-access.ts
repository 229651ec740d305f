/** The part of the client that reads and changes who may use a bucket, beside its ACL. */

import type { ObjectOwnership } from "../s3/documents/ownership-controls.ts";
import type { PublicAccessBlock } from "../s3/documents/public-access-block.ts";
import type { ClientCore } from "./core.ts";
import type * as inputs from "./inputs.ts";
import { settingsRequests } from "./load-seldom.ts";
import type { RequestOptions } from "./send.ts";

/** A bucket's policy, public access block and ownership controls, an operation each. */
export abstract class BucketAccess {
  abstract readonly core: ClientCore;

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
}
