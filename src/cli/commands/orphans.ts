import { type Command, type Flag, UsageError } from "../command.ts";
import type { OrphansOptions } from "../orphan-files.ts";
import { configFlag } from "../static-flags.ts";

const flags: readonly Flag[] = [
  { flags: "--delete", description: "Delete them" },
  {
    flags: "--older-than <time>",
    description: "Leave out younger files, whose transaction may be under way: 90s, 30m, 24h, 7d",
    default: 24 * 60 * 60,
    defaultText: "24h",
    parse: parseSeconds,
  },
  { flags: "--force", description: "Delete also where the records name no file at all" },
  configFlag,
  { flags: "--json", description: "Print JSON for programs" },
];

/** Lists and deletes files that no record names. */
export const orphans: Command = {
  path: "orphans",
  summary: "List files that no record names, and delete them on demand.",
  details: `A process that ends between storing a file and committing its record leaves such files. The directories are
those of the fields that withFileUses() in stowage.config.ts tells; every field that stores there must be among them.`,
  arguments: [],
  flags,
  environment: [],
  examples: ["orphans", "orphans --older-than 7d --delete"],
  run: async (io, _args, options) => {
    const { printOrphans } = await import("../orphan-files.ts");
    await printOrphans(io, options as unknown as OrphansOptions);
  },
};

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function parseSeconds(text: string): number {
  const [, digits = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (unit !== "") return Number(digits) * units[unit]!;
  throw new UsageError(`"${text}" is no time`, "give it as 90s, 30m, 24h or 7d");
}
