import { type Command, UsageError } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { filterFlags, jsonFlag, recursiveFlag } from "../object-flags.ts";
import type { WatchOptions } from "../objects/watch.ts";
import { parseS3Url } from "../s3-url.ts";

/** Prints changes as they come. */
export const watch: Command = {
  path: "watch",
  summary: "Print what is created, changed and removed in a bucket or a folder, as it happens.",
  details: `The listing is fetched again and again and compared, which works on every S3. What comes and goes between two of them is not
seen, and a line a key is kept in memory. A server of your own can tell changes the moment they happen: events to webhooks.`,
  arguments: [{ name: "<url>", description: "A bucket, a folder, an object or a pattern" }],
  flags: [
    {
      flags: "--interval <seconds>",
      description: "Time between two listings",
      default: 2,
      parse: (text) => {
        const seconds = Number(text);
        if (seconds >= 0.1 && seconds <= 86_400) return seconds;
        throw new UsageError(`"${text}" is no time between listings`, "give seconds from 0.1 to 86400");
      },
    },
    recursiveFlag,
    ...filterFlags,
    jsonFlag,
    ...connectionFlags,
  ],
  environment: connectionVariables,
  examples: ["watch s3://inbox", "watch 's3://inbox/**/*.csv' --interval 10 --json"],
  run: async (io, [text = ""], given) => {
    const options = given as unknown as ConnectionOptions & WatchOptions;
    const url = parseS3Url(text);
    const { withClient } = await import("../s3-connection.ts");
    const { watch: print } = await import("../objects/watch.ts");
    await withClient(io.env, options, (client) => print(io, client, url, options));
  },
};
