/** The part of the client that reads and changes what is set of an object beside its bytes. */

import type { ObjectAttributesResult } from "../s3/documents/object-attributes.ts";
import type { Tags } from "../s3/tags.ts";
import { BucketSettings } from "./bucket-settings.ts";
import type * as inputs from "./inputs.ts";
import { settingsRequests } from "./load-seldom.ts";
import type { RequestOptions } from "./send.ts";

/** An object's subresources, an operation each. */
export abstract class ObjectSettings extends BucketSettings {
  /**
   * What is asked for of an object: its ETag, checksum, parts, storage class and size.
   *
   * @example
   * const attributes = ["ObjectSize", "ObjectParts"] as const;
   * const { objectParts } = await client.getObjectAttributes({ bucket: "mybucket", key: "film.mp4", attributes });
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
   */
  async getObjectAttributes(
    input: inputs.GetObjectAttributesInput,
    options?: RequestOptions,
  ): Promise<ObjectAttributesResult> {
    return (await settingsRequests()).getObjectAttributes(this.core, input, options);
  }

  /**
   * Gives an object another key in its bucket, in one step and without touching its bytes. AWS does it in directory buckets,
   * Stowage in every bucket that keeps no versions.
   *
   * @param input.key The new key; `ifNoneMatch: "*"` keeps an object that has it.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_RenameObject.html
   */
  async renameObject(
    input: inputs.BucketInput & inputs.WriteConditions & { readonly key: string; readonly sourceKey: string },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).renameObject(this.core, input, options);
  }

  /**
   * Brings an object back from the archive for some days.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
   */
  async restoreObject(
    input: inputs.ObjectInput & { readonly days: number },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).restoreObject(this.core, input, options);
  }

  /** The object's tags: none is an empty object. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
  async getObjectTagging(input: inputs.ObjectInput, options?: RequestOptions): Promise<Tags> {
    return (await settingsRequests()).getObjectTagging(this.core, input, options);
  }

  /** Replaces the object's tags, at most 10. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html */
  async putObjectTagging(
    input: inputs.ObjectInput & { readonly tags: Tags },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putObjectTagging(this.core, input, options);
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
  async deleteObjectTagging(input: inputs.ObjectInput, options?: RequestOptions): Promise<void> {
    return (await settingsRequests()).deleteObjectTagging(this.core, input, options);
  }
}
