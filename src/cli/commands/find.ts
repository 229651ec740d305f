import { type Command, UsageError } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { filterFlags, jsonFlag, parseRate } from "../object-flags.ts";
import type { FindCommandOptions } from "../objects/find.ts";
import { parseS3Url } from "../s3-url.ts";

export const find: Command = {
  path: "find",
  summary: "Find objects by name, size and age.",
  arguments: [{ name: "<url>", description: "Where to look, such as s3://photos/2026, also with wildcards" }],
  flags: [
    ...filterFlags,
    { flags: "--larger <size>", description: "Larger than that, such as 10M", parse: parseRate },
    { flags: "--smaller <size>", description: "Smaller than that", parse: parseRate },
    { flags: "--newer <age>", description: "Changed within that time, such as 12h or 7d", parse: parseAge },
    { flags: "--older <age>", description: "Not changed within that time", parse: parseAge },
    { flags: "--print0", description: "End names with NUL, for xargs -0" },
    jsonFlag,
    ...connectionFlags,
  ],
  environment: connectionVariables,
  examples: ["find s3://photos --include '*.jpg' --larger 10M", "find s3://backup --older 30d --print0"],
  run: async (io, [text = ""], given) => {
    const options = given as FindCommandOptions & ConnectionOptions;
    const url = parseS3Url(text);
    const { withClient } = await import("../s3-connection.ts");
    const objects = await import("../objects/find.ts");
    await withClient(io.env, options, (client) => objects.find(io, client, url, options));
  },
};

const ages: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A time such as `12h`, in milliseconds. */
function parseAge(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
  if (number === undefined) throw new UsageError(`"${text}" is no time`, "give it as 30m, 12h, 7d or 4w");
  return Number(number) * (ages[unit] ?? 0);
}
