import type { Command } from "../command.ts";
import type { CollectingOptions } from "../collecting.ts";
import { configFlag, verbosityFlag } from "../static-flags.ts";

/** Collects static files, as Django's command of the same name. */
export const collectstatic: Command = {
  path: "collectstatic",
  summary: "Collect static files in their storage.",
  details: `Stores the static files of stowage.config.ts that are not there yet, under names with their hash,
and staticfiles.json. Asks first where the destination has something in it.`,
  arguments: [],
  flags: [
    { flags: "--noinput", description: "Ask nothing" },
    { flags: "--no-input", description: "The same" },
    { flags: "--no-post-process", description: "Leave names and references as they are" },
    {
      flags: "-i, --ignore <pattern>",
      description: "Leave out files and directories of this pattern; repeatable",
      parse: (text, previous) => [...((previous as string[] | undefined) ?? []), text],
    },
    { flags: "-n, --dry-run", description: "Change nothing, and say what would be" },
    { flags: "-c, --clear", description: "Remove everything from the destination first" },
    { flags: "-l, --link", description: "Make symbolic links instead of copies" },
    { flags: "--no-default-ignore", description: "Do not leave out CVS, .* and *~" },
    verbosityFlag,
    configFlag,
  ],
  environment: [],
  examples: ["collectstatic", "collectstatic --noinput -i '*.scss'", "collectstatic --dry-run -v 2"],
  run: async (io, _args, options) => {
    const { collectAndTell } = await import("../collecting.ts");
    await collectAndTell(io, options as unknown as CollectingOptions);
  },
};
