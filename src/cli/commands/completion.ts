import { basename } from "node:path";
import { type Command, UsageError } from "../command.ts";
import { type Shell, shells } from "../completion-scripts.ts";

/** Completion of command lines. */
export const completion: Command = {
  path: "completion",
  summary: "Print what a shell needs to complete command lines.",
  details: `Commands, options and their values are completed, and behind s3:// the names of buckets and keys, for which the server
is asked with the keys of the environment and the options that are on the line.

bash 4, in ~/.bashrc: source <(stowage completion bash)

zsh, in ~/.zshrc behind compinit: source <(stowage completion zsh)

fish: stowage completion fish > ~/.config/fish/completions/stowage.fish`,
  arguments: [{ name: "[shell]", description: "Which shell (default: that of SHELL)", choices: shells }],
  flags: [
    {
      flags: "--complete <line>",
      description: "Answer a shell: what may come next on the line",
      hidden: true,
    },
    {
      flags: "--word-breaks <characters>",
      description: "Characters behind which the shell begins a new word",
      default: "",
      hidden: true,
    },
  ],
  environment: [{ name: "SHELL", description: "Path of the shell that is used" }],
  examples: ["completion bash", "completion fish > ~/.config/fish/completions/stowage.fish"],
  run: async (io, [given], options) => {
    const { complete: line, wordBreaks } = options as { complete?: string; wordBreaks: string };
    if (line === undefined) {
      const { completionScripts } = await import("../completion-scripts.ts");
      io.stdout.write(completionScripts[shellOf(given ?? basename(io.env["SHELL"] ?? ""))]);
      return;
    }
    const { brokenOff, complete } = await import("../completion.ts");
    const { completionNames } = await import("../completion-names.ts");
    const table = await import("./index.ts");
    const { candidates, files } = await complete(table, line, (given) => completionNames(io.env, given));
    const done = brokenOff(line, wordBreaks).length;
    for (const { value, description = "" } of candidates) {
      io.stdout.write(`${value.slice(done)}\t${description}\n`);
    }
    if (files) io.stdout.write(":files\n");
  },
};

function shellOf(name: string): Shell {
  const shell = shells.find((one) => one === name);
  if (shell !== undefined) return shell;
  throw new UsageError(
    name === "" ? "no shell was named" : `there is no completion for "${name}"`,
    `give one of ${shells.join(", ")}`,
  );
}
