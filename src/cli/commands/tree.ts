import type { Command } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import type { NameFilter } from "../key-pattern.ts";
import { nameFlags } from "../object-flags.ts";
import { parseS3Url } from "../s3-url.ts";

export const tree: Command = {
  path: "tree",
  summary: "Draw what is in a bucket or a folder.",
  arguments: [{ name: "<url>", description: "Such as s3://photos" }],
  flags: [...nameFlags, { flags: "--sizes", description: "With sizes and times" }, ...connectionFlags],
  environment: connectionVariables,
  examples: ["tree s3://photos --exclude '*.tmp'"],
  run: async (io, [text = ""], given) => {
    const options = given as NameFilter & { readonly sizes?: boolean } & ConnectionOptions;
    const url = parseS3Url(text);
    const { withClient } = await import("../s3-connection.ts");
    const objects = await import("../objects/tree.ts");
    await withClient(io.env, options, (client) => objects.tree(io, client, url, options));
  },
};
