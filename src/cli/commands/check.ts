import { resolve } from "node:path";
import type { Finding } from "../../engine/check.ts";
import { checkApart } from "../check-apart.ts";
import { type Command, CommandError } from "../command.ts";
import { printJson } from "../table.ts";

/** Reads everything in a data directory and verifies it. */
export const check: Command = {
  path: "check",
  summary: "Read everything in a stopped data directory and verify it.",
  details: `Verifies every row of the index, every record against what it names, and every block of every file, and says what
is damaged, and what takes room without being named. Nothing is changed. It needs no keys: what is encrypted has checksums of
what is stored. Pages of the index that are damaged can end the process that reads them: that is told as damage too. The exit code is 1 when something is damaged.`,
  arguments: [],
  flags: [
    { flags: "--data <dir>", description: "Data directory", default: ".stowage" },
    { flags: "--json", description: "Print JSON for programs" },
  ],
  environment: [],
  examples: ["check --data /srv/stowage"],
  run: async (io, _args, options) => {
    const { data, json } = options as { data: string; json?: boolean };
    const findings: Finding[] = [];
    await checkApart(resolve(data), (finding) => {
      findings.push(finding);
      if (json !== true) io.stdout.write(`${finding.kind}: ${finding.subject}: ${finding.problem}\n`);
    });
    if (json === true) printJson(io, { findings });
    else if (findings.length === 0) io.stdout.write("everything is sound\n");
    const damaged = findings.filter(({ kind }) => kind === "damage").length;
    if (damaged > 0) {
      throw new CommandError(
        `${damaged} ${damaged === 1 ? "thing is" : "things are"} damaged`,
        "restore what is damaged from a backup, all of the directory where the index or a table is",
      );
    }
  },
};
