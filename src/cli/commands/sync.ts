import type { Command } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { copyKeyFlags, customerKeyDetails, readCustomerKeys } from "../customer-key.ts";
import { aclFlag, dryRunFlag, jsonFlag, maxDeleteFlag, nameFlags, transferFlags } from "../object-flags.ts";
import type { SyncCommandOptions } from "../objects/sync.ts";

const compareFlags = [
  { flags: "--size-only", description: "The same size is the same file" },
  { flags: "--checksum", description: "Compare bytes by their checksums instead of times" },
] as const;

export const sync: Command = {
  path: "sync",
  summary: "Bring a directory or a folder of a bucket to what another is.",
  details: `From this machine to S3, from S3 to this machine, or within S3. A file is sent where its size differs, or where the target
is older than the source; the same rule holds in every direction, and what was sent is not sent again. Nothing is deleted without
--delete, and never before the source was read whole. Names that --exclude leaves out are neither sent nor deleted.

${customerKeyDetails}`,
  arguments: [
    { name: "<source>", description: "A directory, or s3://BUCKET/FOLDER" },
    { name: "<target>", description: "The same" },
  ],
  flags: [
    ...compareFlags,
    ...nameFlags,
    { flags: "--delete", description: "Delete what only the target has" },
    maxDeleteFlag,
    { flags: "--force", description: "Let an empty source empty the target" },
    { flags: "--resume", description: "Go on with large files where an earlier command stopped" },
    dryRunFlag,
    aclFlag,
    ...copyKeyFlags,
    ...transferFlags,
    jsonFlag,
    ...connectionFlags,
  ],
  environment: connectionVariables,
  examples: [
    "sync site/ s3://www --delete --acl public-read",
    "sync s3://photos pictures/",
    "sync s3://photos s3://backup/photos -n",
  ],
  run: async (io, [source = "", target = ""], given) => {
    const keys = await readCustomerKeys(io.env, given);
    const options = { ...(given as SyncCommandOptions & ConnectionOptions), ...keys, isTransfer: true };
    const { withClient } = await import("../s3-connection.ts");
    const { syncPlaces } = await import("../objects/sync.ts");
    await withClient(io.env, options, (client) => syncPlaces(io, client, source, target, options));
  },
};

export const diff: Command = {
  path: "diff",
  summary: "Show what differs between a directory and a bucket, or two buckets.",
  details: `Compares as sync does, and sends nothing. The exit code is 1 where something differs.`,
  arguments: [
    { name: "<one>", description: "A directory, or s3://BUCKET/FOLDER" },
    { name: "<other>", description: "The same" },
  ],
  flags: [...compareFlags, ...nameFlags, jsonFlag, ...connectionFlags],
  environment: connectionVariables,
  examples: ["diff site/ s3://www --checksum"],
  run: async (io, [one = "", other = ""], given) => {
    const options = given as SyncCommandOptions & ConnectionOptions;
    const { withClient } = await import("../s3-connection.ts");
    const { diffPlaces } = await import("../objects/sync.ts");
    const differs = await withClient(io.env, options, (client) =>
      diffPlaces(io, client, one, other, options),
    );
    return differs ? 1 : 0;
  },
};
