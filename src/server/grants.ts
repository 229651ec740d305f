/** Grants as a client names them become grants as they are stored: by canonical user id. */

import type { Engine } from "../engine/types.ts";
import { findGrantee, findUserByEmail } from "../engine/users.ts";
import type { Grant, Grantee, Owner } from "../s3/acl.ts";
import { S3Error } from "../s3/errors.ts";

/**
 * Looks every grantee up. A grant by e-mail address is stored by the id of the user who has it now. One who was removed is
 * a grantee still, so that a list that names one can be changed and copied.
 *
 * @param known Who needs no looking up: owners, who may be nobody.
 * @throws {S3Error} `UnresolvableGrantByEmailAddress`; `InvalidArgument` for an id that no user has had.
 */
export function resolveGrants(
  engine: Engine,
  grants: readonly Grant[],
  known: readonly Owner[],
): Promise<Grant[]> {
  return Promise.all(
    grants.map(async ({ grantee, permission }) => ({
      grantee: await resolveGrantee(engine, grantee, known),
      permission,
    })),
  );
}

async function resolveGrantee(engine: Engine, grantee: Grantee, known: readonly Owner[]): Promise<Grantee> {
  if (grantee.type === "group") return grantee;
  if (grantee.type === "email") {
    const user = await findUserByEmail(engine, grantee.email);
    if (user !== null) return { type: "user", id: user.id, displayName: user.name };
    throw new S3Error("UnresolvableGrantByEmailAddress", { details: { Email: grantee.email } });
  }
  const user = known.find(({ id }) => id === grantee.id) ?? (await findGrantee(engine, grantee.id));
  if (user !== null) return { type: "user", ...user };
  throw new S3Error("InvalidArgument", {
    message: "Invalid id",
    details: { ArgumentName: "CanonicalUser/ID", ArgumentValue: grantee.id },
  });
}
