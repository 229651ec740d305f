import { resolve } from "node:path";
import { type Command, CommandError } from "../command.ts";
import { openDataDirectory } from "../data-directory.ts";
import { printJson } from "../table.ts";

/** Reads everything in a data directory and verifies it. */
export const check: Command = {
  path: "check",
  summary: "Read everything in a stopped data directory and verify it.",
  details: `Verifies every row of the index, every record against what it names, and every block of every file, and says what
is damaged, and what takes room without being named. Nothing is changed. It needs no keys: what is encrypted has checksums of
what is stored. The exit code is 1 when something is damaged.`,
  arguments: [],
  flags: [
    { flags: "--data <dir>", description: "Data directory", default: ".stowage" },
    { flags: "--json", description: "Print JSON for programs" },
  ],
  environment: [],
  examples: ["check --data /srv/stowage"],
  run: async (io, _args, options) => {
    const { data, json } = options as { data: string; json?: boolean };
    // Loaded here, as the store is by every command that opens it.
    const { check: checkStore } = await import("../../engine/check.ts");
    const engine = await openDataDirectory(resolve(data), { as: "visitor" });
    let findings;
    try {
      findings = await checkStore(engine);
    } finally {
      await engine.close();
    }
    if (json === true) printJson(io, { findings });
    else {
      for (const { kind, subject, problem } of findings) {
        io.stdout.write(`${kind}: ${subject}: ${problem}\n`);
      }
      if (findings.length === 0) io.stdout.write("everything is sound\n");
    }
    const damaged = findings.filter(({ kind }) => kind === "damage").length;
    if (damaged > 0) {
      throw new CommandError(
        `${damaged} ${damaged === 1 ? "thing is" : "things are"} damaged`,
        "restore what is damaged from a backup; all else can be served",
      );
    }
  },
};
