import { type Command, CommandError } from "../command.ts";
import { configFlag, foreseen, openSite, verbosityFlag } from "../static-flags.ts";

interface Options {
  readonly first?: boolean;
  readonly verbosity: number;
  readonly config?: string;
}

/** Tells where a static file is, as Django's command of the same name. */
export const findstatic: Command = {
  path: "findstatic",
  summary: "Show where a static file comes from.",
  details: "The first place is the one that is collected.",
  arguments: [{ name: "<name>", description: "Name of the static file, such as css/site.css" }],
  flags: [{ flags: "--first", description: "Show only the first place" }, verbosityFlag, configFlag],
  environment: [],
  examples: ["findstatic css/site.css", "findstatic css/site.css --first -v 0"],
  run: async (io, [name = ""], given) => {
    const { first = false, verbosity, config } = given as unknown as Options;
    const site = await openSite(config);
    try {
      const { findAllStatic } = await import("../../static/finders.ts");
      const all = await foreseen(() => findAllStatic(site.finders, name));
      const places = (first ? all.slice(0, 1) : all).map(({ place }) => place);
      const looked = site.finders.map(({ location }) => `  ${location}\n`).join("");
      if (places.length === 0) {
        if (verbosity >= 2) io.stderr.write(`Looking in the following locations:\n${looked}`);
        throw new CommandError(
          `No matching file found for '${name}'`,
          "stowage findstatic -v 2 shows where it looks",
        );
      }
      if (verbosity === 0) io.stdout.write(`${places.join("\n")}\n`);
      else io.stdout.write(`Found '${name}' here:\n${places.map((place) => `  ${place}\n`).join("")}`);
      if (verbosity >= 2) io.stdout.write(`Looking in the following locations:\n${looked}`);
    } finally {
      await site.storage.close();
    }
  },
};
