/** Owner and grants inside a record. The owner of the bucket and a private list, which most have, take no room. */

import type { Grant, Group, Owner, Permission } from "../../s3/acl.ts";
import type { Reader, Writer } from "./codec.ts";

// Stored by their place in these lists: new ones go to the end.
const permissionCodes: readonly Permission[] = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"];
const groupCodes: readonly Group[] = ["AllUsers", "AuthenticatedUsers", "LogDelivery"];

const granteeCode = { owner: 0, user: 1, namedUser: 2, email: 3, group: 4 } as const;

export function sameOwner(a: Owner, b: Owner): boolean {
  return a.id === b.id && a.displayName === b.displayName;
}

/** The list that an object has when nothing is said: its owner may do everything. */
export function privateGrants(owner: Owner): Grant[] {
  return [
    {
      grantee: { type: "user", id: owner.id, displayName: owner.displayName },
      permission: "FULL_CONTROL",
    },
  ];
}

export function isPrivate(grants: readonly Grant[], owner: Owner): boolean {
  const [grant] = grants;
  return (
    grants.length === 1 &&
    grant !== undefined &&
    grant.permission === "FULL_CONTROL" &&
    grant.grantee.type === "user" &&
    grant.grantee.id === owner.id &&
    grant.grantee.displayName === owner.displayName
  );
}

export function writeOwner(writer: Writer, owner: Owner): void {
  writer.string(owner.id);
  writer.string(owner.displayName);
}

export function readOwner(reader: Reader): Owner {
  return { id: reader.string(), displayName: reader.string() };
}

export function writeGrants(writer: Writer, grants: readonly Grant[], owner: Owner): void {
  writer.uint(grants.length);
  for (const { grantee, permission } of grants) {
    writer.u8(permissionCodes.indexOf(permission));
    switch (grantee.type) {
      case "group":
        writer.u8(granteeCode.group);
        writer.u8(groupCodes.indexOf(grantee.group));
        break;
      case "email":
        writer.u8(granteeCode.email);
        writer.string(grantee.email);
        break;
      case "user":
        if (grantee.id === owner.id && grantee.displayName === owner.displayName) {
          writer.u8(granteeCode.owner);
          break;
        }
        writer.u8(grantee.displayName === undefined ? granteeCode.user : granteeCode.namedUser);
        writer.string(grantee.id);
        if (grantee.displayName !== undefined) writer.string(grantee.displayName);
        break;
    }
  }
}

export function readGrants(reader: Reader, owner: Owner): Grant[] {
  const grants: Grant[] = [];
  for (let rest = reader.uint(); rest > 0; rest--) {
    const permission = at(permissionCodes, reader.u8());
    grants.push({ grantee: readGrantee(reader, owner), permission });
  }
  return grants;
}

function readGrantee(reader: Reader, owner: Owner): Grant["grantee"] {
  const code = reader.u8();
  switch (code) {
    case granteeCode.owner:
      return { type: "user", id: owner.id, displayName: owner.displayName };
    case granteeCode.user:
      return { type: "user", id: reader.string() };
    case granteeCode.namedUser:
      return { type: "user", id: reader.string(), displayName: reader.string() };
    case granteeCode.email:
      return { type: "email", email: reader.string() };
    case granteeCode.group:
      return { type: "group", group: at(groupCodes, reader.u8()) };
    default:
      throw new RangeError(`Cannot read a grant: unknown grantee code ${code}`);
  }
}

function at<T>(codes: readonly T[], code: number): T {
  const value = codes[code];
  if (value === undefined) throw new RangeError(`Cannot read a grant: unknown code ${code}`);
  return value;
}
