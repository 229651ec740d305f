/** That the options of a server are some that there are: JavaScript has no types that say so. */

import { checkNames, type NamesOf } from "../s3/known-names.ts";
import type { ServerOptions } from "./listen.ts";

const optionNames: NamesOf<ServerOptions> = {
  engine: 1,
  host: 1,
  port: 1,
  region: 1,
  domains: 1,
  kmsKeys: 1,
  customerKeysOverHttp: 1,
  websiteDomains: 1,
  externalUrl: 1,
  trustedProxies: 1,
  console: 1,
  tls: 1,
  log: 1,
  bodyPace: 1,
  maxBuckets: 1,
  drainMs: 1,
  webhooks: 1,
  background: 1,
  metricsToken: 1,
  metrics: 1,
};

/** @throws TypeError for an option that there is not, and without an engine. */
export function checkServerOptions(options: ServerOptions): void {
  checkNames("createServer()", options, optionNames);
  if (typeof options.engine !== "object") {
    throw new TypeError("createServer() needs engine: await openEngine({ … }), or createMemoryEngine().");
  }
}
