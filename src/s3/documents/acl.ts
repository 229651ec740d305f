/** AccessControlPolicy: an owner and grants, as `?acl` gives and takes them. */

import {
  type AccessControlPolicy,
  type Grant,
  type Grantee,
  groupUris,
  maxGrants,
  parseGroupUri,
  permissions,
} from "../acl.ts";
import { S3Error } from "../errors.ts";
import {
  childOf,
  element,
  malformed,
  parseXml,
  requiredText,
  textOf,
  xmlDocument,
  type XmlElement,
} from "../xml.ts";
import { ownerXml, readOwner } from "./elements.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html */
export function accessControlPolicyXml({ owner, grants }: AccessControlPolicy): string {
  return xmlDocument(
    "AccessControlPolicy",
    `${ownerXml("Owner", owner)}<AccessControlList>${grants.map(grantXml).join("")}</AccessControlList>`,
  );
}

/** A `<Grant>`. */
export function grantXml({ grantee, permission }: Grant): string {
  // boto 2 looks the attribute up as "xsi:type", prefix and all.
  const type = typeNames[grantee.type];
  return `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}">${granteeXml(grantee)}</Grantee><Permission>${permission}</Permission></Grant>`;
}

const typeNames = { user: "CanonicalUser", email: "AmazonCustomerByEmail", group: "Group" } as const;

function granteeXml(grantee: Grantee): string {
  switch (grantee.type) {
    case "user":
      return element("ID", grantee.id) + element("DisplayName", grantee.displayName || undefined);
    case "email":
      return element("EmailAddress", grantee.email);
    default:
      return element("URI", groupUris[grantee.group]);
  }
}

/**
 * Reads the access control policy of a request.
 *
 * @throws {S3Error} `MalformedACLError` for what is not one, has no owner or more than 100 grants; `InvalidArgument`
 *   for the URI of a group that does not exist, or an empty id.
 */
export function parseAccessControlPolicy(xml: string | Uint8Array): AccessControlPolicy {
  const policy = parseAccessControlAnswer(xml);
  for (const { grantee } of policy.grants)
    if (grantee.type === "user" && grantee.id === "") throw invalidId();
  return policy;
}

/**
 * Reads the access control policy of an answer. A user may be without an id: Ceph's RGW answers so after a bucket was
 * made with `bucket-owner-read`.
 *
 * @throws {S3Error} `MalformedACLError` for what is not one.
 */
export function parseAccessControlAnswer(xml: string | Uint8Array): AccessControlPolicy {
  try {
    return readPolicy(parseXml(xml, "AccessControlPolicy"));
  } catch (error) {
    if (!(error instanceof S3Error) || error.code !== "MalformedXML") throw error;
    throw new S3Error("MalformedACLError", { message: error.message, cause: error });
  }
}

function readPolicy(root: XmlElement): AccessControlPolicy {
  const owner = readOwner(root, "Owner");
  const list = childOf(root, "AccessControlList");
  if (owner === undefined || owner.id === "") throw malformed("the owner is missing");
  if (list === undefined) throw malformed("<AccessControlList> is missing");
  const stranger = list.children.find((child) => child.name !== "Grant");
  if (stranger !== undefined) throw malformed(`<${stranger.name}> in <AccessControlList>`);
  if (list.children.length > maxGrants) {
    throw malformed(`${list.children.length} grants are more than ${maxGrants}`);
  }
  return { owner, grants: list.children.map(readGrant) };
}

/** A grant out of its element. */
export function readGrant(grant: XmlElement): Grant {
  const grantee = childOf(grant, "Grantee");
  const name = requiredText(grant, "Permission").trim();
  const permission = permissions.find((known) => known === name);
  if (grantee === undefined) throw malformed("<Grantee> is missing in <Grant>");
  if (permission === undefined) throw malformed(`<Permission> is ${JSON.stringify(name)}`);
  return { grantee: readGrantee(grantee), permission };
}

function readGrantee(grantee: XmlElement): Grantee {
  const type = grantee.attributes.get("type");
  switch (type) {
    case "CanonicalUser":
      return readUser(grantee);
    case "AmazonCustomerByEmail":
      return { type: "email", email: requiredText(grantee, "EmailAddress").trim() };
    case "Group":
      return { type: "group", group: parseGroupUri(requiredText(grantee, "URI").trim()) };
    default:
      throw malformed(`the type of <Grantee> is ${type === undefined ? "missing" : JSON.stringify(type)}`);
  }
}

function readUser(grantee: XmlElement): Grantee {
  const id = requiredText(grantee, "ID").trim();
  const displayName = textOf(grantee, "DisplayName");
  return { type: "user", id, ...(displayName === undefined ? {} : { displayName }) };
}

function invalidId(): S3Error {
  return new S3Error("InvalidArgument", {
    message: "Invalid id",
    details: { ArgumentName: "CanonicalUser/ID", ArgumentValue: "" },
  });
}
