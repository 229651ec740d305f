/**
 * Access control lists: who may read or write a bucket or an object, and read or write its list.
 *
 * The XML of a list is read and written in `documents/acl.ts`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
 */

import { S3Error } from "./errors.ts";

export type Permission = "FULL_CONTROL" | "READ" | "WRITE" | "READ_ACP" | "WRITE_ACP";

/** A predefined group: everybody, everybody with an account, or the delivery of server access logs. */
export type Group = "AllUsers" | "AuthenticatedUsers" | "LogDelivery";

/** Who is granted something. A server resolves `email` to a `user` before it stores the grant, as AWS does. */
export type Grantee =
  | { readonly type: "user"; readonly id: string; readonly displayName?: string }
  | { readonly type: "email"; readonly email: string }
  | { readonly type: "group"; readonly group: Group };

export interface Grant {
  readonly grantee: Grantee;
  readonly permission: Permission;
}

/** The owner of a bucket or an object, by canonical user id. */
export interface Owner {
  readonly id: string;
  /** Empty where the other side does not tell it: AWS has ceased to. */
  readonly displayName: string;
}

/** An owner and the grants on what is owned: the whole list, as `?acl` gives and takes it. */
export interface AccessControlPolicy {
  readonly owner: Owner;
  readonly grants: readonly Grant[];
}

/** A predefined list of grants, as the header `x-amz-acl` names it. */
export type CannedAcl =
  | "private"
  | "public-read"
  | "public-read-write"
  | "authenticated-read"
  | "aws-exec-read"
  | "bucket-owner-read"
  | "bucket-owner-full-control"
  | "log-delivery-write";

/** Who asks: nobody known when `id` is absent. */
export interface GranteeIdentity {
  /** Canonical user id. Absent for an anonymous request. */
  readonly id?: string | undefined;
  /** True for the server's own delivery of access logs. */
  readonly logDelivery?: boolean | undefined;
}

/** Every permission, in the order in which the grant headers are read. */
export const permissions: readonly Permission[] = ["READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"];

/** Every canned ACL. */
export const cannedAcls: readonly CannedAcl[] = [
  "private",
  "public-read",
  "public-read-write",
  "authenticated-read",
  "aws-exec-read",
  "bucket-owner-read",
  "bucket-owner-full-control",
  "log-delivery-write",
];

/** The most grants that one list holds. */
export const maxGrants = 100;

/** The URIs that stand for the groups in XML and headers. */
export const groupUris: Readonly<Record<Group, string>> = {
  AllUsers: "http://acs.amazonaws.com/groups/global/AllUsers",
  AuthenticatedUsers: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
  LogDelivery: "http://acs.amazonaws.com/groups/s3/LogDelivery",
};

const groupByUri = new Map(Object.entries(groupUris).map(([group, uri]) => [uri, group as Group]));

/**
 * The group that a URI stands for.
 *
 * @throws S3Error InvalidArgument for any other URI.
 */
export function parseGroupUri(uri: string): Group {
  const group = groupByUri.get(uri);
  if (group === undefined) throw invalidArgument("Invalid group uri", "uri", uri);
  return group;
}

/**
 * The value of `x-amz-acl`.
 *
 * @throws S3Error InvalidArgument for a name that is not a canned ACL.
 */
export function parseCannedAcl(value: string): CannedAcl {
  const acl = cannedAcls.find((name) => name === value);
  if (acl === undefined) throw invalidArgument(`Unknown canned ACL "${value}"`, "x-amz-acl", value);
  return acl;
}

/**
 * The grants that a canned ACL stands for.
 *
 * @param of.owner The owner of the bucket or object that gets the grants.
 * @param of.bucketOwner For an object, the owner of its bucket. Without it the grants are a bucket's, and the two
 *   `bucket-owner-…` lists are ignored, as AWS does when a bucket is created.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
 */
export function cannedGrants(
  acl: CannedAcl,
  of: { readonly owner: Owner; readonly bucketOwner?: Owner | undefined },
): Grant[] {
  const grants: Grant[] = [];
  const add = (grantee: Grantee, permission: Permission): void => {
    grants.push({ grantee, permission });
  };
  // Whoever owns both has everything already; AWS repeats nothing for them.
  const otherBucketOwner =
    of.bucketOwner === undefined || of.bucketOwner.id === of.owner.id ? undefined : of.bucketOwner;
  switch (acl) {
    case "private":
    // EC2 would get READ to fetch machine images; there is no EC2 here.
    case "aws-exec-read":
      break;
    case "public-read":
      add({ type: "group", group: "AllUsers" }, "READ");
      break;
    case "public-read-write":
      add({ type: "group", group: "AllUsers" }, "READ");
      add({ type: "group", group: "AllUsers" }, "WRITE");
      break;
    case "authenticated-read":
      add({ type: "group", group: "AuthenticatedUsers" }, "READ");
      break;
    case "bucket-owner-read":
      if (otherBucketOwner !== undefined) add(userGrantee(otherBucketOwner), "READ");
      break;
    case "bucket-owner-full-control":
      if (otherBucketOwner !== undefined) add(userGrantee(otherBucketOwner), "FULL_CONTROL");
      break;
    case "log-delivery-write":
      add({ type: "group", group: "LogDelivery" }, "WRITE");
      add({ type: "group", group: "LogDelivery" }, "READ_ACP");
      break;
    default:
      acl satisfies never;
  }
  // The owner comes last, as on Ceph, whose tests compare lists in order; to everybody else the order means nothing.
  add(userGrantee(of.owner), "FULL_CONTROL");
  return grants;
}

function userGrantee(owner: Owner): Grantee {
  return { type: "user", id: owner.id, displayName: owner.displayName };
}

const grantHeaders: readonly (readonly [header: string, permission: Permission])[] = [
  ["x-amz-grant-read", "READ"],
  ["x-amz-grant-write", "WRITE"],
  ["x-amz-grant-read-acp", "READ_ACP"],
  ["x-amz-grant-write-acp", "WRITE_ACP"],
  ["x-amz-grant-full-control", "FULL_CONTROL"],
];

/**
 * The grants of the headers `x-amz-grant-read`, `-write`, `-read-acp`, `-write-acp` and `-full-control`.
 *
 * @returns null when none of them is there.
 * @throws S3Error InvalidArgument for a value that is not a list of `id="…"`, `emailAddress="…"` and `uri="…"`.
 * @example
 * parseGrantHeaders({ "x-amz-grant-read": 'emailAddress="ann@example.com"' });
 * // [{ grantee: { type: "email", email: "ann@example.com" }, permission: "READ" }]
 */
export function parseGrantHeaders(headers: Readonly<Record<string, string>>): Grant[] | null {
  const grants: Grant[] = [];
  for (const [header, permission] of grantHeaders) {
    const value = headers[header];
    if (value === undefined) continue;
    for (const grantee of parseGrantees(header, value)) grants.push({ grantee, permission });
  }
  if (grants.length > maxGrants) {
    throw new S3Error("InvalidRequest", {
      message: `The grant headers hold ${grants.length} grants; an access control list holds at most ${maxGrants}.`,
    });
  }
  return grants.length === 0 ? null : grants;
}

/** The reverse of {@link parseGrantHeaders}: a header for each permission that is granted. */
export function writeGrantHeaders(grants: readonly Grant[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [header, permission] of grantHeaders) {
    const values = grants.filter((g) => g.permission === permission).map((g) => granteeValue(g.grantee));
    if (values.length > 0) headers[header] = values.join(", ");
  }
  return headers;
}

function granteeValue(grantee: Grantee): string {
  if (grantee.type === "user") return `id="${grantee.id}"`;
  if (grantee.type === "email") return `emailAddress="${grantee.email}"`;
  return `uri="${groupUris[grantee.group]}"`;
}

/** The quotes are optional: Ceph's tests and several clients leave them out. */
const granteePattern = /\s*([A-Za-z]+)=(?:"([^"]*)"|([^\s,"]+))\s*(?:,|$)/y;

function parseGrantees(header: string, value: string): Grantee[] {
  const grantees: Grantee[] = [];
  const text = value.trim();
  granteePattern.lastIndex = 0;
  while (granteePattern.lastIndex < text.length) {
    const match = granteePattern.exec(text);
    const grantee = match && parseGrantee(match[1] ?? "", match[2] ?? match[3] ?? "");
    if (!grantee) throw invalidArgument("Argument format not recognized", header, value);
    grantees.push(grantee);
  }
  return grantees;
}

function parseGrantee(kind: string, value: string): Grantee | null {
  switch (kind.toLowerCase()) {
    case "id":
      if (value === "") throw invalidArgument("Invalid id", "id", value);
      return { type: "user", id: value };
    case "emailaddress":
      return { type: "email", email: value };
    case "uri":
      return { type: "group", group: parseGroupUri(value) };
    default:
      return null;
  }
}

/**
 * The grants that a request asks for by `x-amz-acl` or by `x-amz-grant-…`. Grants by header stand alone: the owner
 * gets nothing that they do not say, as on AWS.
 *
 * @returns null when the request has none of these headers.
 * @throws S3Error InvalidRequest when it has both kinds; InvalidArgument as the parsers of each do.
 */
export function parseAclHeaders(
  headers: Readonly<Record<string, string>>,
  of: { readonly owner: Owner; readonly bucketOwner?: Owner | undefined },
): Grant[] | null {
  const canned = headers["x-amz-acl"];
  const granted = parseGrantHeaders(headers);
  if (canned === undefined) return granted;
  if (granted !== null) {
    throw new S3Error("InvalidRequest", {
      message: "Specifying both Canned ACLs and Header Grants is not allowed",
    });
  }
  return cannedGrants(parseCannedAcl(canned), of);
}

/** Whether the request has any header that {@link parseAclHeaders} reads. */
export function hasAclHeaders(headers: Readonly<Record<string, string>>): boolean {
  return headers["x-amz-acl"] !== undefined || grantHeaders.some(([name]) => headers[name] !== undefined);
}

/**
 * Whether the grants give a permission to whoever asks, by themselves, by a group, or as part of FULL_CONTROL.
 *
 * An owner may always read and write the list itself, whatever it grants: {@link aclAllows} knows that.
 */
export function grantsAllow(
  grants: readonly Grant[],
  identity: GranteeIdentity,
  permission: Permission,
): boolean {
  return grants.some(
    (grant) =>
      (grant.permission === permission || grant.permission === "FULL_CONTROL") &&
      isGrantee(grant.grantee, identity),
  );
}

/** Whether an access control list gives a permission: by its grants, or to its owner the list itself. */
export function aclAllows(
  policy: AccessControlPolicy,
  identity: GranteeIdentity,
  permission: Permission,
): boolean {
  if (identity.id !== undefined && identity.id === policy.owner.id) {
    if (permission === "READ_ACP" || permission === "WRITE_ACP") return true;
  }
  return grantsAllow(policy.grants, identity, permission);
}

function isGrantee(grantee: Grantee, identity: GranteeIdentity): boolean {
  switch (grantee.type) {
    case "user":
      return grantee.id === identity.id;
    case "email":
      // Not resolved to a user, so nobody: comparing e-mail addresses here would outlive a change of address.
      return false;
    case "group":
      if (grantee.group === "AllUsers") return true;
      if (grantee.group === "AuthenticatedUsers") return identity.id !== undefined;
      return identity.logDelivery === true;
    default:
      return false;
  }
}

function invalidArgument(message: string, name: string, value: string): S3Error {
  return new S3Error("InvalidArgument", {
    message,
    details: { ArgumentName: name, ArgumentValue: value },
  });
}
