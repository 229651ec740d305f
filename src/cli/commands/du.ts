import { type Command, UsageError } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { jsonFlag, nameFlags } from "../object-flags.ts";
import type { DuOptions } from "../objects/du.ts";
import { parseS3Url } from "../s3-url.ts";

export const du: Command = {
  path: "du",
  summary: "Show how much a bucket or a folder holds.",
  arguments: [{ name: "<url>", description: "Such as s3://photos or s3://photos/2026" }],
  flags: [
    { flags: "--depth <levels>", description: "Folders below, so deep", default: 0, parse: parseDepth },
    ...nameFlags,
    { flags: "--bytes", description: "Sizes to the byte" },
    jsonFlag,
    ...connectionFlags,
  ],
  environment: connectionVariables,
  examples: ["du s3://photos --depth 1"],
  run: async (io, [text = ""], given) => {
    const options = given as DuOptions & ConnectionOptions;
    const url = parseS3Url(text);
    const { withClient } = await import("../s3-connection.ts");
    const objects = await import("../objects/du.ts");
    await withClient(io.env, options, (client) => objects.du(io, client, url, options));
  },
};

function parseDepth(text: string): number {
  const depth = Number(text);
  if (!/^\d+$/.test(text) || depth > 1024) {
    throw new UsageError(`"${text}" is no number of levels`, "give a whole number from 0 up");
  }
  return depth;
}
