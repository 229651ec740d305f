/**
 * What the web console's page may do: send signed requests from its own origin, and read the answers. It says nothing of
 * who may do what: every request is signed with the keys of whoever signed in.
 */

import type { Site } from "./context.ts";
import type { S3Request } from "./request.ts";

/** Where the web console is. */
export interface ConsolePlace {
  /** On the host that the request is sent to. */
  readonly port: number;
  /** Where browsers reach it through a proxy, such as `https://console.example.com`. */
  readonly url?: string | undefined;
}

const headerNames = /^[\w-]+(?:\s*,\s*[\w-]+)*$/;

/** Headers for an answer to the console's page; null for a request that is not its. */
export function consoleCorsHeaders(
  { console: place }: Site,
  { headers, secure }: S3Request,
): Record<string, string> | null {
  const { origin, host = "" } = headers;
  if (place === undefined || origin === undefined || !isConsole(place, origin, host, secure)) return null;
  const asked = headers["access-control-request-headers"] ?? "";
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET, HEAD, PUT, POST, DELETE",
    ...(headerNames.test(asked) ? { "access-control-allow-headers": asked } : {}),
    "access-control-expose-headers": "*",
    "access-control-max-age": "3600",
    vary: "Origin, Access-Control-Request-Headers",
  };
}

function isConsole({ port, url }: ConsolePlace, origin: string, host: string, secure: boolean): boolean {
  const asked = URL.canParse(origin) ? new URL(origin) : null;
  // As browsers write it, of a page that came by HTTP; and by TLS, where this request did.
  if (asked?.origin !== origin || !/^https?:$/.test(asked.protocol)) return false;
  if (url !== undefined && origin === new URL(url).origin) return true;
  if (secure && asked.protocol !== "https:") return false;
  const here = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
  return asked.hostname === here?.hostname && portOf(asked) === port;
}

function portOf({ port, protocol }: URL): number {
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
