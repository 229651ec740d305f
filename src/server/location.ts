import type { Context } from "./context.ts";
import { urlOfObject } from "./proxy.ts";
import { bucketOfHost } from "./route.ts";

/** The URL of the object that a request makes, as its client addresses it. */
export function locationOf({ site, request, bucketName, key }: Context): string {
  const isHosted = bucketOfHost(request.headers["host"] ?? "", site.domains) !== null;
  return urlOfObject(site.front, request, isHosted, { bucketName, key });
}
