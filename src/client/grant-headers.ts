/** The grants of an object, as headers that give them to its copy. */

import { type AccessControlPolicy, writeGrantHeaders } from "../s3/acl.ts";
import type { ClientCore } from "./core.ts";
import { S3ResponseError } from "./errors.ts";
import type { ObjectInput } from "./inputs.ts";
import { settingsRequests } from "./load-seldom.ts";

/** Nothing where the copy has them by itself: the owner's alone, as every object has where lists do not count. */
export async function grantHeadersOf(
  core: ClientCore,
  object: ObjectInput,
  signal?: AbortSignal,
): Promise<Record<string, string>> {
  let policy: AccessControlPolicy;
  try {
    policy = await (await settingsRequests()).getObjectAcl(core, object, { signal });
  } catch (error) {
    // Some servers have no lists.
    if (error instanceof S3ResponseError && [405, 501].includes(error.status)) return {};
    throw error;
  }
  const { owner, grants } = policy;
  const [only] = grants;
  const isOwners =
    grants.length === 1 &&
    only?.permission === "FULL_CONTROL" &&
    only.grantee.type === "user" &&
    only.grantee.id === owner.id;
  return isOwners ? {} : writeGrantHeaders(grants);
}
