import { type Command, UsageError } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { parseMoment } from "../moments.ts";
import { dryRunFlag, filterFlags, jsonFlag, recursiveFlag } from "../object-flags.ts";
import type { UndoCommandOptions } from "../objects/versions.ts";
import { parseBucketUrl, parseObjectUrl, parseS3Url } from "../s3-url.ts";

type Options = ConnectionOptions & UndoCommandOptions;

/** Lists versions. */
export const versions: Command = {
  path: "versions",
  summary: "List the versions and delete markers of objects, the newest of each first.",
  arguments: [{ name: "<url>", description: "An object, a folder, a bucket, or a pattern" }],
  flags: [recursiveFlag, ...filterFlags, jsonFlag, ...connectionFlags],
  environment: connectionVariables,
  examples: ["versions s3://letters/draft.txt", "versions s3://letters --json"],
  run: async (io, [text = ""], given) => {
    const options = given as Options;
    const url = parseS3Url(text);
    const { withClient } = await import("../s3-connection.ts");
    const { listVersions } = await import("../objects/versions.ts");
    await withClient(io.env, options, (client) => listVersions(io, client, url, options));
  },
};

/** Makes an older version the newest. */
export const versionsRestore: Command = {
  path: "versions restore",
  summary: "Make an older version the newest again.",
  details: `It is copied in front of the others, with everything it has but its locks. No version is removed.`,
  arguments: [{ name: "<url>", description: "Such as s3://letters/draft.txt?versionId=ID" }],
  flags: [jsonFlag, ...connectionFlags],
  environment: connectionVariables,
  examples: ["versions restore 's3://letters/draft.txt?versionId=ID'"],
  run: async (io, [text = ""], given) => {
    const options = given as Options;
    const url = parseObjectUrl(text);
    if (url.versionId === undefined) {
      throw new UsageError("no version was named", `add ?versionId=ID; stowage versions ${text} shows them`);
    }
    const { withClient } = await import("../s3-connection.ts");
    const { restore } = await import("../objects/versions.ts");
    await withClient(io.env, options, (client) => restore(io, client, url, options));
  },
};

const switches = {
  on: ["Enabled", "Have a bucket keep versions."],
  off: ["Suspended", "Have a bucket keep no new versions. Those that are there stay."],
} as const;

function switchCommand(word: keyof typeof switches): Command {
  const [status, summary] = switches[word];
  return {
    path: `versions ${word}`,
    summary,
    arguments: [{ name: "<url>", description: "Such as s3://letters" }],
    flags: [jsonFlag, ...connectionFlags],
    environment: connectionVariables,
    examples: [`versions ${word} s3://letters`],
    run: async (io, [text = ""], given) => {
      const options = given as Options;
      const bucket = parseBucketUrl(text);
      const { withClient } = await import("../s3-connection.ts");
      const { switchVersions } = await import("../objects/versions.ts");
      await withClient(io.env, options, (client) => switchVersions(io, client, bucket, status, options));
    },
  };
}

export const versionsOn: Command = switchCommand("on");
export const versionsOff: Command = switchCommand("off");

/** Takes changes back. */
export const undo: Command = {
  path: "undo",
  summary: "Take back the last change of an object in a bucket that keeps versions.",
  details: `What was deleted is there again, what was overwritten is as it was before, and what was new is deleted. No version is
removed but delete markers, so that an undo can be undone. With --since all that was done after a moment is taken back: with
--recursive the whole bucket is as it was then. Where a bucket keeps no new versions any more, deletions are taken back, and what would
replace the version null is refused.`,
  arguments: [{ name: "<url>", description: "An object; with wildcards or --recursive many" }],
  flags: [
    {
      flags: "--since <time>",
      description: "Take back everything after a time ago, such as 90s, 10m, 2h or 3d, or after a date",
      parse: (text) => parseMoment(text, Date.now()),
    },
    dryRunFlag,
    recursiveFlag,
    ...filterFlags,
    jsonFlag,
    ...connectionFlags,
  ],
  environment: connectionVariables,
  examples: ["undo s3://letters/draft.txt", "undo -r s3://letters --since 10m --dry-run"],
  run: async (io, [text = ""], given) => {
    const options = given as Options;
    const url = parseS3Url(text);
    const { withClient } = await import("../s3-connection.ts");
    const { undoChanges } = await import("../objects/versions.ts");
    await withClient(io.env, options, (client) => undoChanges(io, client, url, options));
  },
};
