import type { Command, Io } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { copyKeyFlags, customerKeyDetails, readCustomerKeys } from "../customer-key.ts";
import {
  dryRunFlag,
  filterFlags,
  jsonFlag,
  propertyFlags,
  recursiveFlag,
  transferFlags,
} from "../object-flags.ts";
import type { Kind } from "../objects/cp.ts";
import type { CpOptions } from "../objects/cp-options.ts";

const shared = {
  arguments: [{ name: "<place...>", description: "Sources, and the target: paths, or s3://BUCKET/KEY" }],
  flags: [
    recursiveFlag,
    ...filterFlags,
    { flags: "--no-clobber", description: "Leave what is there already, and say so" },
    { flags: "--resume", description: "Go on with large files where an earlier command stopped" },
    dryRunFlag,
    ...propertyFlags,
    ...copyKeyFlags,
    ...transferFlags,
    jsonFlag,
    ...connectionFlags,
  ],
  environment: connectionVariables,
} as const;

export const cp: Command = {
  ...shared,
  path: "cp",
  summary: "Copy files and objects.",
  details: `From this machine to S3, from S3 to this machine, or within S3, where the server copies. The last place is the target.
A target that ends in a slash, a bucket and a directory take the sources under their names; with --recursive, or wildcards, what is
in a source keeps its way from there. A file is replaced only by a whole one.
Within S3 a copy keeps the source's type, headers, metadata and tags, but for what options name; not its grants, and nothing of how
it is encrypted or where a website redirects it.

${customerKeyDetails}`,
  examples: [
    "cp photo.jpg s3://photos/2026/",
    "cp -r site/ s3://www --exclude .DS_Store",
    "cp 's3://photos/**/*.jpg' pictures/",
    "cp s3://photos/a.jpg s3://backup/a.jpg",
  ],
  run: (io, places, options) => run(io, places, options, "copy"),
};

export const mv: Command = {
  ...shared,
  path: "mv",
  summary: "Move or rename files and objects.",
  details: `As cp, and each source is removed when it is at its target, unless it is another meanwhile. Within a bucket of a Stowage
server that keeps no versions an object gets its other key in one step, with its time, grants and all it has; elsewhere it is copied,
and deleted on the condition that it is the same still. A server that overlooks conditions on deletions, as older ones do, deletes
what somebody writes in that moment.`,
  examples: ["mv s3://photos/a.jpg s3://photos/b.jpg", "mv -r inbox/ s3://photos/inbox"],
  run: (io, places, options) => run(io, places, options, "move"),
};

async function run(
  io: Io,
  places: readonly (string | undefined)[],
  given: Readonly<Record<string, unknown>>,
  kind: Kind,
): Promise<void> {
  const keys = await readCustomerKeys(io.env, given);
  const passed: string[] = [];
  const onPassed = (path: string): unknown => passed.push(path);
  const options = { ...(given as CpOptions & ConnectionOptions), ...keys, onPassed, isTransfer: true };
  const { withClient } = await import("../s3-connection.ts");
  const { cpTransfers } = await import("../objects/cp.ts");
  const { runTransfers, tellPassed } = await import("../objects/transfers.ts");
  await withClient(io.env, options, async (client) => {
    const texts = places.filter((place) => place !== undefined);
    try {
      await runTransfers(io, await cpTransfers(client, texts, options, kind), options);
    } finally {
      tellPassed(io, passed, options);
    }
  });
}
