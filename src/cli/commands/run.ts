import { type Command, UsageError } from "../command.ts";
import type { RunOptions } from "../running.ts";

/** Runs a file of commands. */
export const run: Command = {
  path: "run",
  summary: "Run the commands in a file, one a line, several at once.",
  details: `Each line is a command of this program, with or without stowage before it; quotes and backslashes are as in a shell, and
nothing is expanded. Empty lines and those that begin with # are left out. What a command prints comes when it has ended. They
end in any order: --jobs 1 has one follow the other. Errors are told with the number of the line, the other commands run all
the same, and the exit code is 1.`,
  arguments: [{ name: "<file>", description: "File of commands; -: standard input" }],
  flags: [
    {
      flags: "--jobs <number>",
      description: "Commands at once",
      default: 8,
      parse: (text) => {
        const jobs = Number(text);
        if (/^\d+$/.test(text) && jobs >= 1 && jobs <= 256) return jobs;
        throw new UsageError(`"${text}" is no number of commands`, "give a whole number from 1 to 256");
      },
    },
    { flags: "--json", description: "Print an object a command: line, command, code, stdout, stderr" },
  ],
  environment: [],
  examples: ["run commands.txt", "run - --jobs 1"],
  run: async (io, [file = ""], given) => {
    const { runFile } = await import("../running.ts");
    const { runProgram } = await import("../program.ts");
    await runFile(io, process.stdin, file, given as unknown as RunOptions, (words, own) =>
      runProgram(words, own),
    );
  },
};
