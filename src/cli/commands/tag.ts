import { type Argument, type Command, type Flag, UsageError } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { parsePairs } from "../pairs.ts";
import { filterFlags, jsonFlag, recursiveFlag } from "../object-flags.ts";
import type { FindOptions } from "../objects/find-objects.ts";
import { parseS3Url } from "../s3-url.ts";

type TagOptions = ConnectionOptions & FindOptions & { json?: boolean };

const url: Argument = {
  name: "<url>",
  description: "A bucket or an object; with wildcards or --recursive many objects",
};
const changeFlags: readonly Flag[] = [recursiveFlag, ...filterFlags, jsonFlag, ...connectionFlags];

/** Shows tags. */
export const tag: Command = {
  path: "tag",
  summary: "Show the tags of a bucket or an object, or change them.",
  arguments: [{ name: "<url>", description: "A bucket, an object or a version of one" }],
  flags: [jsonFlag, ...connectionFlags],
  environment: connectionVariables,
  examples: ["tag s3://photos/cat.jpg"],
  run: async (io, [text = ""], given) => {
    const options = given as TagOptions;
    const subject = parseS3Url(text);
    const { withClient } = await import("../s3-connection.ts");
    const { showTags } = await import("../objects/tag.ts");
    await withClient(io.env, options, (client) => showTags(io, client, subject, options));
  },
};

/** Adds tags. */
export const tagSet: Command = {
  path: "tag set",
  summary: "Set tags. The other tags stay.",
  arguments: [url, { name: "<tag...>", description: "NAME=VALUE" }],
  flags: changeFlags,
  environment: connectionVariables,
  examples: ["tag set s3://photos/cat.jpg animal=cat year=2026", "tag set -r s3://photos/2026/ year=2026"],
  run: async (io, [text = "", ...pairs], given) => {
    const options = given as TagOptions;
    const subject = parseS3Url(text);
    const tags = parsePairs(pairs);
    const { withClient } = await import("../s3-connection.ts");
    const { setTags } = await import("../objects/tag.ts");
    await withClient(io.env, options, (client) => setTags(io, client, subject, tags, options));
  },
};

/** Removes tags. */
export const tagRm: Command = {
  path: "tag rm",
  summary: "Remove tags by name, or all of them with --all.",
  arguments: [url, { name: "[name...]", description: "Names of tags" }],
  flags: [{ flags: "--all", description: "All tags" }, ...changeFlags],
  environment: connectionVariables,
  examples: ["tag rm s3://photos/cat.jpg year", "tag rm --all s3://photos"],
  run: async (io, [text = "", ...names], given) => {
    const options = given as TagOptions & { all?: boolean };
    const subject = parseS3Url(text);
    if ((names.length === 0) !== (options.all === true)) {
      throw new UsageError("it is not clear which tags to remove", "name them, or give --all");
    }
    const { withClient } = await import("../s3-connection.ts");
    const { removeTags } = await import("../objects/tag.ts");
    const wanted = names.filter((name) => name !== undefined);
    await withClient(io.env, options, (client) => removeTags(io, client, subject, wanted, options));
  },
};
