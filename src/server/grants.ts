/** Grants as a client names them become grants as they are stored: by canonical user id. */

import type { Engine } from "../engine/types.ts";
import { findUserByEmail, findUserById } from "../engine/users.ts";
import type { Grant, Grantee, Owner } from "../s3/acl.ts";
import { S3Error } from "../s3/errors.ts";

/**
 * Looks every grantee up. A grant by e-mail address is stored by the id of the user who has it now.
 *
 * @param known Who needs no looking up: owners, whose user may be anonymous or removed, and {@link granteesOf} a list that
 *   is changed or copied, where a user who was removed may stand.
 * @throws {S3Error} `UnresolvableGrantByEmailAddress`; `InvalidArgument` for an id that no user has.
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

/** The users whom a list names. */
export function granteesOf(grants: readonly Grant[]): Owner[] {
  return grants.flatMap(({ grantee }) =>
    grantee.type === "user" ? [{ id: grantee.id, displayName: grantee.displayName ?? "" }] : [],
  );
}

async function resolveGrantee(engine: Engine, grantee: Grantee, known: readonly Owner[]): Promise<Grantee> {
  if (grantee.type === "group") return grantee;
  const owner = grantee.type === "user" ? known.find(({ id }) => id === grantee.id) : undefined;
  if (owner !== undefined) return { type: "user", ...owner };
  const user =
    grantee.type === "user"
      ? await findUserById(engine, grantee.id)
      : await findUserByEmail(engine, grantee.email);
  if (user !== null) return { type: "user", id: user.id, displayName: user.name };
  if (grantee.type === "email") {
    throw new S3Error("UnresolvableGrantByEmailAddress", { details: { Email: grantee.email } });
  }
  throw new S3Error("InvalidArgument", {
    message: "Invalid id",
    details: { ArgumentName: "CanonicalUser/ID", ArgumentValue: grantee.id },
  });
}
