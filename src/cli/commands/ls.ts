import type { Command } from "../command.ts";
import { filterFlags, jsonFlag, recursiveFlag } from "../object-flags.ts";
import type { LsOptions } from "../objects/ls.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { parseS3Url } from "../s3-url.ts";

/** Lists buckets, or what is in one. */
export const ls: Command = {
  path: "ls",
  summary: "List buckets, or what is in one.",
  details: `Without an address it lists buckets. A folder is what keys have in common up to a slash; with --recursive, or with
wildcards, all keys are listed. Where there is nothing of that name the exit code is 1; an empty bucket is listed as such.`,
  arguments: [{ name: "[url]", description: "Such as s3://photos/2026/ or s3://photos/**/*.jpg" }],
  flags: [
    recursiveFlag,
    ...filterFlags,
    { flags: "--bytes", description: "Sizes to the byte" },
    jsonFlag,
    ...connectionFlags,
  ],
  environment: connectionVariables,
  examples: ["ls", "ls s3://photos/2026/", "ls 's3://photos/**/*.jpg' --json"],
  run: async (io, [text], given) => {
    const options = given as LsOptions & ConnectionOptions;
    const url = text === undefined ? null : parseS3Url(text);
    const { withClient } = await import("../s3-connection.ts");
    const { lsBuckets, lsObjects } = await import("../objects/ls.ts");
    await withClient(io.env, options, (client) =>
      url === null ? lsBuckets(io, client, options) : lsObjects(io, client, url, options),
    );
  },
};
