import type { Command } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { customerKeyDetails, customerKeyFlag, readCustomerKeys } from "../customer-key.ts";
import { jsonFlag } from "../object-flags.ts";
import { parseS3Url } from "../s3-url.ts";

/** All that is known of a bucket or an object. */
export const stat: Command = {
  path: "stat",
  summary: "Show all that is known of a bucket or an object.",
  details: `Of an object: size, type, time, ETag, checksum, headers, metadata, version, encryption, locks, storage class and
tags. Of a bucket: region, owner, versioning, object lock, policy and tags, as far as these keys may see them.

${customerKeyDetails}`,
  arguments: [
    {
      name: "<url>",
      description: "Such as s3://photos, s3://photos/cat.jpg or s3://photos/cat.jpg?versionId=ID",
    },
  ],
  flags: [customerKeyFlag, jsonFlag, ...connectionFlags],
  environment: connectionVariables,
  examples: ["stat s3://photos/cat.jpg", "stat s3://photos --json"],
  run: async (io, [text = ""], given) => {
    const keys = await readCustomerKeys(io.env, given);
    const options = { ...(given as ConnectionOptions & { json?: boolean }), ...keys };
    const url = parseS3Url(text);
    const { withClient } = await import("../s3-connection.ts");
    const { stat: show } = await import("../objects/stat.ts");
    await withClient(io.env, options, (client) => show(io, client, url, options));
  },
};
