import type { EventOrigin } from "../s3/event.ts";
import type { Context } from "./context.ts";

/** Who asked for a change, for the events that tell of it. */
export function originOf({ identity, request, requestId }: Context): EventOrigin {
  return { requestId, principalId: identity.owner.id, sourceIpAddress: request.remoteAddress };
}
