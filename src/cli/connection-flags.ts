/** How commands on S3 are told where it is and who asks. */

import type { Flag, Variable } from "./command.ts";
import { parseEndpoint } from "./flags.ts";

/** What the options of {@link connectionFlags} come to. */
export interface ConnectionOptions {
  readonly endpoint?: URL;
  readonly region?: string;
  readonly profile?: string;
  readonly data?: string;
  readonly anon?: boolean;
}

export const connectionFlags: readonly Flag[] = [
  {
    flags: "--endpoint <url>",
    description: "Address of a server (default: Amazon's)",
    parse: parseEndpoint,
  },
  { flags: "--region <name>", description: "Its region (default: AWS_REGION, then us-east-1)" },
  { flags: "--profile <name>", description: "Profile of the files that AWS's tools share" },
  {
    flags: "--data <dir>",
    description:
      "Use the administrator's keys in this data directory; without --endpoint, http://127.0.0.1:9000",
  },
  { flags: "--anon", description: "Sign nothing: what everybody may" },
];

export const connectionVariables: readonly Variable[] = [
  {
    name: "AWS_ACCESS_KEY_ID",
    description: "The access key; or a profile, as every client of S3 has them",
  },
  { name: "AWS_SECRET_ACCESS_KEY", description: "Its secret key" },
  { name: "AWS_ENDPOINT_URL_S3", description: "Address of a server, for --endpoint" },
];
