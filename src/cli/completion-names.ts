/** Names of buckets and keys for completion, asked for as the line says. */

import type { S3Client } from "../client/s3-client.ts";
import type { Io } from "./command.ts";
import type { NameSource } from "./completion.ts";
import type { ConnectionOptions } from "./connection-flags.ts";
import { parseEndpoint } from "./flags.ts";
import { withClient } from "./s3-connection.ts";

/** @param given The options on the line. @returns What answers with nothing where it cannot ask: a line is being typed. */
export function completionNames(env: Io["env"], given: Readonly<Record<string, string | true>>): NameSource {
  const ask = async (work: (client: S3Client) => Promise<string[]>): Promise<string[]> => {
    try {
      const endpoint = typeof given["endpoint"] === "string" ? parseEndpoint(given["endpoint"]) : undefined;
      const options = { ...given, endpoint } as ConnectionOptions;
      return await withClient({ ...env, AWS_MAX_ATTEMPTS: "1" }, options, work);
    } catch {
      return [];
    }
  };
  return {
    buckets: () => ask(async (client) => (await client.listBuckets({})).buckets.map(({ name }) => name)),
    keys: (bucket, prefix) =>
      ask(async (client) => {
        const page = await client.listObjectsV2({ bucket, prefix, delimiter: "/" });
        return [...page.commonPrefixes, ...page.objects.map(({ key }) => key)];
      }),
  };
}
