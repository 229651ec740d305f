import type { Command } from "../command.ts";
import { cannedAclFlag } from "../acl-flags.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { jsonFlag } from "../object-flags.ts";
import type { MbOptions } from "../objects/buckets.ts";
import { parseBucketUrl } from "../s3-url.ts";

/** Makes buckets. */
export const mb: Command = {
  path: "mb",
  summary: "Make buckets.",
  arguments: [{ name: "<url...>", description: "Such as s3://photos" }],
  flags: [
    cannedAclFlag,
    {
      flags: "--location <region>",
      description: "Region that they are to be in (default: the connection's)",
    },
    { flags: "--versions", description: "Keep versions from the beginning" },
    {
      flags: "--lock",
      description: "With object lock, which keeps versions too; it cannot be added later on AWS",
    },
    jsonFlag,
    ...connectionFlags,
  ],
  environment: connectionVariables,
  examples: ["mb s3://photos", "mb s3://letters --versions"],
  run: async (io, texts, given) => {
    const options = given as ConnectionOptions & MbOptions;
    const buckets = texts.map((text = "") => parseBucketUrl(text));
    const { withClient } = await import("../s3-connection.ts");
    const { makeBucket } = await import("../objects/buckets.ts");
    await withClient(io.env, options, async (client) => {
      for (const bucket of buckets) await makeBucket(io, client, bucket, options);
    });
  },
};
