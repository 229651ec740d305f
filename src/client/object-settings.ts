/** The part of the client that reads and changes what stands beside an object's bytes: attributes, tags, versions, locks. */

import type { ObjectAttributesResult } from "../s3/documents/object-attributes.ts";
import type { Tags } from "../s3/tags.ts";
import { BucketSettings } from "./bucket-settings.ts";
import type * as inputs from "./inputs.ts";
import { settingsRequests } from "./load-seldom.ts";
import type { RequestOptions } from "./send.ts";
import { checkNames } from "../s3/known-names.ts";
import type { ListedVersion, ObjectVersionList } from "../s3/documents/list-versions.ts";
import type { VersioningConfiguration } from "../s3/documents/versioning.ts";
import type { DefaultRetention, LegalHold, ObjectLock, Retention } from "../s3/object-lock.ts";
import { Listing } from "./listing.ts";
import type { Versioned } from "./outputs.ts";
import type { ObjectVersion } from "./restore-version.ts";
import type { PlanUndoOptions, Undoing, UndoScope } from "./undo-changes.ts";

/** An object's subresources and versions, an operation each. */
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

  // ------------------------------------------------------------------------------------------------- versions and locks

  /** Whether the bucket keeps versions. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html */
  async getBucketVersioning(
    input: inputs.BucketInput,
    options?: RequestOptions,
  ): Promise<VersioningConfiguration> {
    return (await settingsRequests()).getBucketVersioning(this.core, input, options);
  }

  /**
   * Has the bucket keep versions, or no more of them: those that are there stay.
   *
   * @param input.mfa The serial number of a device and its code, where MFA delete is changed.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html
   */
  async putBucketVersioning(
    input: inputs.BucketInput & {
      readonly status: "Enabled" | "Suspended";
      readonly mfaDelete?: "Enabled" | "Disabled" | undefined;
      readonly mfa?: string | undefined;
    },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putBucketVersioning(this.core, input, options);
  }

  /**
   * A page of versions and delete markers: by key, and of each key the newest first.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
   */
  async listObjectVersions(
    input: inputs.ListObjectVersionsInput,
    options?: RequestOptions,
  ): Promise<ObjectVersionList> {
    return (await settingsRequests()).listObjectVersions(this.core, input, options);
  }

  /**
   * Every version and delete marker, page after page; the next page is fetched while one is read.
   *
   * @example
   * for await (const { key, versionId, isLatest } of client.listVersions({ bucket: "mybucket" })) {
   *   console.log(key, versionId, isLatest);
   * }
   */
  listVersions(
    input: inputs.ListObjectVersionsInput,
    options?: RequestOptions,
  ): Listing<ObjectVersionList, ListedVersion> {
    return new Listing(async (next) => {
      // Two markers say where the next page begins: they travel as one text.
      const [keyMarker, versionIdMarker] =
        next === undefined
          ? [input.keyMarker, input.versionIdMarker]
          : (JSON.parse(next) as [string, string | undefined]);
      const page = await this.listObjectVersions({ ...input, keyMarker, versionIdMarker }, options);
      const { isTruncated, nextKeyMarker, nextVersionIdMarker } = page;
      const more = nextKeyMarker === undefined ? "" : JSON.stringify([nextKeyMarker, nextVersionIdMarker]);
      return { page, entries: page.versions, next: isTruncated ? more : undefined };
    });
  }

  /**
   * Makes an older version the newest: it is copied in front of the others, with everything that it has but its locks. No
   * version is removed.
   *
   * @returns The id of the copy.
   */
  async restoreVersion(
    version: ObjectVersion,
    options?: RequestOptions & inputs.CustomerKeyInput,
  ): Promise<Versioned> {
    return (await import("./object-changes.ts")).restoreVersion(this.core, version, options);
  }

  /**
   * What would take changes back in a bucket that keeps versions, key by key: each key's last change, or with `sinceMs` all of
   * its changes after that moment. Nothing is changed before {@link undo} is called.
   *
   * @example
   * const sinceMs = Date.now() - 3_600_000;
   * for await (const undoing of client.planUndo({ bucket: "letters", prefix: "2026/" }, { sinceMs })) {
   *   console.log(undoing.action, undoing.key);
   *   await client.undo("letters", undoing);
   * }
   */
  async *planUndo(
    { matches, ...scope }: UndoScope,
    options: PlanUndoOptions = {},
  ): AsyncGenerator<Undoing, void, undefined> {
    checkNames("planUndo()", options, { sinceMs: 1, signal: 1 });
    const { sinceMs, signal } = options;
    const { planUndo } = await import("./object-changes.ts");
    yield* planUndo(this.listVersions(scope, { signal }), { matches, sinceMs });
  }

  /**
   * Takes back what {@link planUndo} has found. What was deleted is there again, what was overwritten is copied in front as
   * {@link restoreVersion} does, what was new is deleted. No version is removed but delete markers, so that it can be undone.
   */
  async undo(
    bucket: string,
    undoing: Undoing,
    options?: RequestOptions & inputs.CustomerKeyInput,
  ): Promise<void> {
    return (await import("./object-changes.ts")).undo(this.core, bucket, undoing, options);
  }

  /**
   * The bucket's object lock. Throws S3ResponseError ObjectLockConfigurationNotFoundError where it has none.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html
   */
  async getObjectLockConfiguration(input: inputs.BucketInput, options?: RequestOptions): Promise<ObjectLock> {
    return (await settingsRequests()).getObjectLockConfiguration(this.core, input, options);
  }

  /**
   * Turns object lock on, for good, in a bucket that keeps versions, and sets what every new object gets.
   *
   * @param input.defaultRetention Absent: new objects get none of their own accord.
   * @example
   * await client.putObjectLockConfiguration({ bucket: "mybucket", defaultRetention: { mode: "GOVERNANCE", days: 30 } });
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html
   */
  async putObjectLockConfiguration(
    input: inputs.BucketInput & { readonly defaultRetention?: DefaultRetention | undefined },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putObjectLockConfiguration(this.core, input, options);
  }

  /**
   * Until when a version is kept. Throws S3ResponseError NoSuchObjectLockConfiguration where that was never said.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html
   */
  async getObjectRetention(input: inputs.ObjectInput, options?: RequestOptions): Promise<Retention> {
    return (await settingsRequests()).getObjectRetention(this.core, input, options);
  }

  /**
   * Sets until when a version is kept. To take away or shorten GOVERNANCE wants `bypassGovernanceRetention`; COMPLIANCE
   * can only be made longer.
   *
   * @param input.retention `null` takes it away.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
   */
  async putObjectRetention(
    input: inputs.ObjectInput & inputs.BypassInput & { readonly retention: Retention | null },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putObjectRetention(this.core, input, options);
  }

  /**
   * Whether a version is under legal hold. Throws S3ResponseError NoSuchObjectLockConfiguration where that was never said.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLegalHold.html
   */
  async getObjectLegalHold(input: inputs.ObjectInput, options?: RequestOptions): Promise<LegalHold> {
    return (await settingsRequests()).getObjectLegalHold(this.core, input, options);
  }

  /** Puts a version under legal hold, or takes that back. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLegalHold.html */
  async putObjectLegalHold(
    input: inputs.ObjectInput & { readonly legalHold: LegalHold },
    options?: RequestOptions,
  ): Promise<void> {
    return (await settingsRequests()).putObjectLegalHold(this.core, input, options);
  }
}
