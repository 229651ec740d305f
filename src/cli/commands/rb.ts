import type { Command } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { dryRunFlag, jsonFlag } from "../object-flags.ts";
import type { RbOptions } from "../objects/buckets.ts";
import { parseBucketUrl } from "../s3-url.ts";

/** Removes buckets. */
export const rb: Command = {
  path: "rb",
  summary: "Remove buckets.",
  details: `An empty bucket is removed. With --force all objects and unfinished uploads are deleted first; a bucket that keeps
versions wants --all-versions too, since nothing brings them back.`,
  arguments: [{ name: "<url...>", description: "Such as s3://photos" }],
  flags: [
    { flags: "--force", description: "Delete what is in it first" },
    { flags: "--all-versions", description: "Delete old versions and delete markers too" },
    dryRunFlag,
    jsonFlag,
    ...connectionFlags,
  ],
  environment: connectionVariables,
  examples: ["rb s3://photos", "rb --force --all-versions --dry-run s3://letters"],
  run: async (io, texts, given) => {
    const options = given as ConnectionOptions & RbOptions;
    const buckets = texts.map((text = "") => parseBucketUrl(text));
    const { withClient } = await import("../s3-connection.ts");
    const { removeBucket } = await import("../objects/buckets.ts");
    await withClient(io.env, options, async (client) => {
      for (const bucket of buckets) await removeBucket(io, client, bucket, options);
    });
  },
};
