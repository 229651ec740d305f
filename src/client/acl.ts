/** boto's objects for access control lists. They can be changed, and go back with `setAcl`. */

import {
  type AccessControlPolicy,
  type CannedAcl,
  type Grant as PlainGrant,
  type Group,
  type Permission,
  groupUris,
  parseGroupUri,
} from "../s3/acl.ts";
import { accessControlPolicyXml, parseAccessControlAnswer } from "../s3/documents/acl.ts";
import { User } from "./user.ts";

/**
 * The canned ACLs, each of which stands for the owner's FULL_CONTROL and the grants named here.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
 */
export const CannedACL: {
  readonly private: "private";
  readonly publicRead: "public-read";
  readonly publicReadWrite: "public-read-write";
  readonly authenticatedRead: "authenticated-read";
  readonly bucketOwnerRead: "bucket-owner-read";
  readonly bucketOwnerFullControl: "bucket-owner-full-control";
  readonly logDeliveryWrite: "log-delivery-write";
} = {
  /** Nobody else. The default. */
  private: "private",
  /** Everybody may read. */
  publicRead: "public-read",
  /** Everybody may read and write. */
  publicReadWrite: "public-read-write",
  /** Everybody with an account may read. */
  authenticatedRead: "authenticated-read",
  /** Of an object: the bucket's owner may read. */
  bucketOwnerRead: "bucket-owner-read",
  /** Of an object: the bucket's owner may do everything. */
  bucketOwnerFullControl: "bucket-owner-full-control",
  /** Of a bucket: the delivery of access logs may write, and read the ACL. */
  logDeliveryWrite: "log-delivery-write",
} satisfies Record<string, CannedAcl>;

/** How boto names the kinds of grantees. */
const botoTypes = { user: "CanonicalUser", email: "AmazonCustomerByEmail", group: "Group" } as const;

export interface GrantOptions {
  readonly permission: Permission;
  /** Canonical id of a user. */
  readonly id?: string | undefined;
  readonly displayName?: string | undefined;
  readonly emailAddress?: string | undefined;
  /** URI of a group, or its name. */
  readonly uri?: string | undefined;
}

/** One permission for one grantee. */
export class Grant {
  permission: Permission;
  /** `CanonicalUser`, `AmazonCustomerByEmail` or `Group`. */
  readonly type: "CanonicalUser" | "AmazonCustomerByEmail" | "Group";
  readonly id: string | undefined;
  readonly displayName: string | undefined;
  readonly emailAddress: string | undefined;
  readonly uri: string | undefined;

  /** @throws TypeError unless exactly one of `id`, `emailAddress` and `uri` is given. */
  constructor({ permission, id, displayName, emailAddress, uri }: GrantOptions) {
    const given = [id, emailAddress, uri].filter((value) => value !== undefined);
    if (given.length !== 1) throw new TypeError("A grant is for one of id, emailAddress and uri.");
    this.permission = permission;
    this.type = id !== undefined ? botoTypes.user : uri !== undefined ? botoTypes.group : botoTypes.email;
    this.id = id;
    this.displayName = displayName;
    this.emailAddress = emailAddress;
    this.uri = uri !== undefined && uri in groupUris ? groupUris[uri as Group] : uri;
  }

  static from({ grantee, permission }: PlainGrant): Grant {
    switch (grantee.type) {
      case "user":
        return new Grant({ permission, id: grantee.id, displayName: grantee.displayName });
      case "email":
        return new Grant({ permission, emailAddress: grantee.email });
      default:
        return new Grant({ permission, uri: groupUris[grantee.group] });
    }
  }

  /** Who it is, to be read by people: the name of a user or a group, else the id or the e-mail address. */
  get grantee(): string {
    if (this.uri !== undefined) return this.uri.slice(this.uri.lastIndexOf("/") + 1);
    return this.emailAddress ?? (this.displayName || this.id || "");
  }

  /** Throws S3Error InvalidArgument for the URI of no group. */
  toPlain(): PlainGrant {
    const { permission, id, displayName, emailAddress, uri } = this;
    if (uri !== undefined) return { permission, grantee: { type: "group", group: parseGroupUri(uri) } };
    if (emailAddress !== undefined) return { permission, grantee: { type: "email", email: emailAddress } };
    const named = displayName === undefined ? {} : { displayName };
    return { permission, grantee: { type: "user", id: id ?? "", ...named } };
  }

  toXml(): string {
    return within("Grant", new ACL([this]).toXml());
  }
}

/** The grants of a {@link Policy}. */
export class ACL {
  grants: Grant[];

  constructor(grants: readonly (Grant | PlainGrant)[] = []) {
    this.grants = grants.map((grant) => (grant instanceof Grant ? grant : Grant.from(grant)));
  }

  addGrant(grant: Grant | PlainGrant): void {
    this.grants.push(grant instanceof Grant ? grant : Grant.from(grant));
  }

  addEmailGrant(permission: Permission, emailAddress: string): void {
    this.grants.push(new Grant({ permission, emailAddress }));
  }

  addUserGrant(permission: Permission, userId: string, displayName?: string): void {
    this.grants.push(new Grant({ permission, id: userId, displayName }));
  }

  toXml(): string {
    return within("AccessControlList", new Policy(new User(), this).toXml());
  }
}

/** Owner and grants of a bucket or an object: what `getAcl` gives and `setAcl` takes. */
export class Policy {
  owner: User;
  acl: ACL;

  constructor(owner: User = new User(), acl: ACL = new ACL()) {
    this.owner = owner;
    this.acl = acl;
  }

  static from({ owner, grants }: AccessControlPolicy): Policy {
    return new Policy(new User(owner.id, owner.displayName), new ACL(grants));
  }

  /** Throws S3Error MalformedACLError. */
  static fromXml(xml: string): Policy {
    return Policy.from(parseAccessControlAnswer(xml));
  }

  toPlain(): AccessControlPolicy {
    return { owner: this.owner.toPlain(), grants: this.acl.grants.map((grant) => grant.toPlain()) };
  }

  toXml(): string {
    return accessControlPolicyXml(this.toPlain());
  }
}

function within(element: string, xml: string): string {
  return xml.slice(xml.indexOf(`<${element}>`), xml.lastIndexOf(`</${element}>`) + element.length + 3);
}
