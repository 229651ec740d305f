import type { Command } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { dryRunFlag, filterFlags, jsonFlag, maxDeleteFlag, recursiveFlag } from "../object-flags.ts";
import type { RmOptions } from "../objects/rm.ts";
import { parseS3Url } from "../s3-url.ts";

export const rm: Command = {
  path: "rm",
  summary: "Delete objects.",
  details: `Nothing is asked: a folder or a bucket's contents want --recursive, and --dry-run shows what would go. With --max-delete
all names are read before anything is deleted. In a bucket that keeps versions, stowage undo brings them back.`,
  arguments: [{ name: "<url...>", description: "Such as s3://photos/a.jpg or s3://photos/tmp/**" }],
  flags: [
    recursiveFlag,
    ...filterFlags,
    maxDeleteFlag,
    dryRunFlag,
    { flags: "-q, --quiet", description: "Say nothing but errors" },
    jsonFlag,
    ...connectionFlags,
  ],
  environment: connectionVariables,
  examples: ["rm s3://photos/a.jpg", "rm -r s3://photos/tmp/ --max-delete 100", "rm 's3://photos/**/*.bak'"],
  run: async (io, texts, given) => {
    const options = given as RmOptions & ConnectionOptions;
    const urls = texts.filter((text) => text !== undefined).map(parseS3Url);
    const { withClient } = await import("../s3-connection.ts");
    const objects = await import("../objects/rm.ts");
    await withClient(io.env, options, (client) => objects.rm(io, client, urls, options));
  },
};
