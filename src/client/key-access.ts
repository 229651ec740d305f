/** The part of a Key that changes what the server has beside the bytes: who may do what, tags, metadata, storage class. */

import type { AccessControlPolicy, CannedAcl, Permission } from "../s3/acl.ts";
import type { Policy } from "./acl.ts";
import type { Bucket } from "./bucket.ts";
import type { ChangeMetadataOptions, MetadataChange } from "./change-metadata.ts";
import type { CustomerKeyInput } from "./inputs.ts";
import { KeyContents } from "./key-contents.ts";
import type { RequestOptions } from "./send.ts";

/** Everything that changes the object that is stored, but for its bytes. */
export abstract class KeyAccess extends KeyContents {
  abstract readonly bucket: Bucket;
  abstract get name(): string;
  abstract versionId: string | undefined;

  /** Asks the server for everything but the bytes. */
  abstract refresh(options?: RequestOptions & CustomerKeyInput): Promise<this>;

  /** Gives the object a canned ACL, or exactly the grants of a policy. */
  async setAcl(acl: CannedAcl | Policy | AccessControlPolicy, options?: RequestOptions): Promise<void> {
    await this.bucket.setAcl(acl, requireName(this.name), { versionId: this.versionId, ...options });
  }

  /** As {@link setAcl}. */
  async setCannedAcl(acl: CannedAcl, options?: RequestOptions): Promise<void> {
    await this.setAcl(acl, options);
  }

  async getAcl(options?: RequestOptions): Promise<Policy> {
    return this.bucket.getAcl(requireName(this.name), { versionId: this.versionId, ...options });
  }

  async getXmlAcl(options?: RequestOptions): Promise<string> {
    return this.bucket.getXmlAcl(requireName(this.name), { versionId: this.versionId, ...options });
  }

  async setXmlAcl(xml: string, options?: RequestOptions): Promise<void> {
    await this.bucket.setXmlAcl(xml, requireName(this.name), { versionId: this.versionId, ...options });
  }

  /** The object's tags, values by key. */
  async getTags(options?: RequestOptions): Promise<Readonly<Record<string, string>>> {
    return this.bucket.connection.client.getObjectTagging(this.#subject(), options);
  }

  /** Replaces the object's tags, at most 10. */
  async setTags(tags: Readonly<Record<string, string>>, options?: RequestOptions): Promise<void> {
    await this.bucket.connection.client.putObjectTagging({ ...this.#subject(), tags }, options);
  }

  async deleteTags(options?: RequestOptions): Promise<void> {
    await this.bucket.connection.client.deleteObjectTagging(this.#subject(), options);
  }

  /** Where a website sends who asks for this object, or undefined. */
  async getRedirect(options?: RequestOptions): Promise<string | undefined> {
    const { websiteRedirectLocation } = await this.bucket.connection.client.headObject(
      this.#subject(),
      options,
    );
    return websiteRedirectLocation;
  }

  /**
   * Makes the key an empty object from which a website sends its visitors elsewhere.
   *
   * @param redirectLocation A path such as `/new.html`, or a URL.
   */
  async setRedirect(redirectLocation: string, options?: RequestOptions): Promise<void> {
    await this.bucket.connection.client.putObject(
      {
        bucket: this.bucket.name,
        key: requireName(this.name),
        body: "",
        websiteRedirectLocation: redirectLocation,
      },
      options,
    );
  }

  /**
   * Changes metadata and content headers of the object that is stored, as {@link S3Client.changeMetadata}.
   *
   * @param plus What is set. @param minus Names of what is taken away.
   */
  async setRemoteMetadata(
    plus: Readonly<Record<string, string>>,
    minus: readonly string[] = [],
    options?: ChangeMetadataOptions,
  ): Promise<void> {
    await this.#change({ set: plus, remove: minus }, options);
  }

  /** Moves the object to another storage class, with everything it has, as {@link S3Client.changeMetadata}. */
  async changeStorageClass(storageClass: string, options?: ChangeMetadataOptions): Promise<void> {
    await this.#change({ storageClass }, options);
  }

  async #change(change: MetadataChange, options: ChangeMetadataOptions = {}): Promise<void> {
    await this.bucket.connection.client.changeMetadata(this.#subject(), change, options);
    // The key is what stands under the name now, whatever version it was before.
    this.versionId = undefined;
    const { signal, customerKey } = options;
    await this.refresh({ signal, customerKey });
  }

  /**
   * Brings the object back from the archive.
   *
   * @param days How long it is to be at hand.
   */
  async restore(days: number, options?: RequestOptions): Promise<void> {
    await this.bucket.connection.client.restoreObject({ ...this.#subject(), days }, options);
  }

  #subject(): { readonly bucket: string; readonly key: string; readonly versionId: string | undefined } {
    return { bucket: this.bucket.name, key: requireName(this.name), versionId: this.versionId };
  }

  /** Everybody may read the object. */
  async makePublic(options?: RequestOptions): Promise<void> {
    await this.setAcl("public-read", options);
  }

  /** Adds a grant for a user by e-mail address; the other grants stay. */
  async addEmailGrant(permission: Permission, emailAddress: string, options?: RequestOptions): Promise<void> {
    const policy = await this.getAcl(options);
    policy.acl.addEmailGrant(permission, emailAddress);
    await this.setAcl(policy, options);
  }

  /** Adds a grant for a user by canonical id; the other grants stay. */
  async addUserGrant(permission: Permission, userId: string, options?: RequestOptions): Promise<void> {
    const policy = await this.getAcl(options);
    policy.acl.addUserGrant(permission, userId);
    await this.setAcl(policy, options);
  }
}

/** Without a name, what is meant for a key would reach its bucket. Throws TypeError. */
export function requireName(name: string): string {
  if (name === "") throw new TypeError("The key has no name yet: set key.name, or new Key(bucket, name).");
  return name;
}
