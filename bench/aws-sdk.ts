/** AWS's own client, to compare with: it is not among the project's packages. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { npmFolder } from "../test/clients/install.ts";

/** Where `test/clients/run.js --install` has brought it; null where it has not. */
export function awsSdk(): string | null {
  if (!existsSync(join(npmFolder, "node_modules", "@aws-sdk", "client-s3"))) return null;
  return createRequire(join(npmFolder, "package.json")).resolve("@aws-sdk/client-s3");
}
