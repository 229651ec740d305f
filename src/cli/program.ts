/** From the table of commands to a program: parsing, help and the one place where an error is printed. */

import { Argument as ParserArgument, Command as Parser, CommanderError, Option } from "commander";
import { type Argument, type Command, CommandError, type Flag, type Io, UsageError } from "./command.ts";
import { commands, groups, headings, usualHeading } from "./commands/index.ts";
import { version } from "./version.ts";

const helpWidth = 100;

/**
 * Runs a command line.
 *
 * @param argv What follows `stowage`.
 * @returns The exit code: 0, 1 for a failure, 2 for a wrong command line.
 */
export async function runProgram(argv: readonly string[], io: Io): Promise<number> {
  const outcome = { code: 0 };
  try {
    const program = createProgram(io, outcome);
    checkName(program, argv[0] ?? "");
    await program.parseAsync([...argv], { from: "user" });
    return outcome.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    // Whoever reads the output has seen enough, as head has.
    if ((error as NodeJS.ErrnoException | null)?.code === "EPIPE") return 0;
    return printError(error, io);
  }
}

/** What other tools call what is here; commander finds what is only spelt wrongly. */
const otherNames: Readonly<Record<string, string>> = {
  copy: "cp",
  delete: "rm",
  del: "rm",
  download: "cp",
  get: "cp",
  head: "stat",
  info: "stat",
  list: "ls",
  "make-bucket": "mb",
  mkdir: "mb",
  move: "mv",
  put: "cp",
  remove: "rm",
  rename: "mv",
  "remove-bucket": "rb",
  rmdir: "rb",
  server: "serve",
  sign: "presign",
  signurl: "presign",
  start: "serve",
  upload: "cp",
  url: "presign",
};

function checkName(program: Parser, name: string): void {
  const meant = Object.hasOwn(otherNames, name) ? otherNames[name] : undefined;
  if (meant !== undefined) program.error(`error: unknown command '${name}'\n(Did you mean ${meant}?)`);
}

/** What the command that ran has come to. */
interface Outcome {
  code: number;
}

function createProgram(io: Io, outcome: Outcome): Parser {
  const program = dress(new Parser("stowage"), "", io)
    .description("An S3 server of your own, and the tools around it.")
    .version(version, "-V, --version", "Print the version")
    .helpCommand("help [command]", "Print the help of a command");
  const parsers = new Map([["", program]]);
  for (const command of commands) {
    const words = command.path.split(" ");
    const name = words.pop() as string;
    const group = words.join(" ");
    let parent = parsers.get(group);
    if (parent === undefined) {
      parent = dress(program.command(group), group, io)
        .description(groups[group] ?? "")
        .helpCommand(false);
      parsers.set(group, parent);
    }
    const parser = dress(parent.command(name), command.path, io).helpCommand(false);
    parsers.set(command.path, parser);
    addCommand(parser, command, io, outcome);
  }
  for (const command of program.createHelp().visibleCommands(program)) {
    const [heading = usualHeading] =
      Object.entries(headings).find(([, names]) => names.includes(command.name())) ?? [];
    command.helpGroup(heading);
  }
  return program;
}

function addCommand(parser: Parser, command: Command, io: Io, outcome: Outcome): void {
  const { summary, details, passThrough = false } = command;
  // The help is wrapped where it is printed: a single line break is the source's own.
  const paragraphs = details?.replaceAll(/(?<!\n)\n(?!\n)/g, " ");
  parser.summary(summary).description(paragraphs === undefined ? summary : `${summary}\n\n${paragraphs}`);
  for (const argument of command.arguments) parser.addArgument(argumentOf(argument));
  for (const flag of command.flags) parser.addOption(optionOf(flag));
  parser.addHelpText("after", notesOf(command)).passThroughOptions(passThrough);
  // A command with others below it judges by itself: one too many may be the name of none of them.
  parser.allowExcessArguments(commands.some(({ path }) => path.startsWith(`${command.path} `)));
  parser.action(async (...given: unknown[]) => {
    checkSubcommand(parser);
    const options = given.at(-2) as Record<string, unknown>;
    const args = given.slice(0, -2).flat() as (string | undefined)[];
    outcome.code = (await command.run(io, args, options)) ?? 0;
  });
}

/** `acl ste s3://bucket private`: commander takes what is no command below `acl` for an argument of `acl` itself. */
function checkSubcommand(parser: Parser): void {
  const { args, commands: below, registeredArguments: taken } = parser;
  const [word = ""] = args;
  if (below.length === 0) return;
  if (/^[a-z-]+$/.test(word)) {
    const names = below.map((command) => command.name()).join(", ");
    parser.error(`error: unknown command '${word}'\n(Did you mean ${names}, or s3://${word}?)`);
  }
  if (args.length > taken.length && taken.at(-1)?.variadic !== true) {
    parser.error(`error: too many arguments for '${parser.name()}'`);
  }
}

function argumentOf({ name, description, choices }: Argument): ParserArgument {
  const argument = new ParserArgument(name, description);
  if (choices === undefined) return argument;
  return argument.choices(choices).argParser((text) => {
    if (choices.includes(text)) return text;
    throw new UsageError(`"${text}" is no ${name}`, `give one of ${choices.join(", ")}`);
  });
}

function optionOf(flag: Flag): Option {
  const option = new Option(flag.flags, flag.description).hideHelp(flag.hidden === true);
  if (flag.choices !== undefined) option.choices(flag.choices);
  if (flag.default !== undefined) option.default(flag.default, flag.defaultText);
  const { parse } = flag;
  if (parse !== undefined) {
    option.argParser((text, previous) => {
      try {
        return parse(text, previous);
      } catch (error) {
        throw error instanceof UsageError
          ? new UsageError(`${option.long}: ${error.message}`, error.fix, { cause: error })
          : error;
      }
    });
  }
  return option;
}

function notesOf({ environment, examples }: Command): string {
  const column = Math.max(0, ...environment.map(({ name }) => name.length));
  const variables = environment.map(({ name, description }) =>
    wrapped(`  ${name.padEnd(column)}  `, description),
  );
  const parts = [
    ...(variables.length === 0 ? [] : ["", "Environment:", ...variables]),
    ...(examples.length === 0
      ? []
      : ["", "Examples:", ...examples.map((example) => `  $ stowage ${example}`)]),
  ];
  return parts.join("\n");
}

/** A description beside what it is of, in lines no longer than the help. */
function wrapped(head: string, description: string): string {
  const lines = [head];
  for (const word of description.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line.length + word.length > helpWidth) lines.push(`${" ".repeat(head.length)}${word} `);
    else lines[lines.length - 1] = `${line}${word} `;
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}

/** @param path Words after `stowage`. */
function dress(parser: Parser, path: string, io: Io): Parser {
  return parser
    .exitOverride()
    .enablePositionalOptions()
    .helpOption("-h, --help", "Print this help")
    .showHelpAfterError(`(${["stowage", path, "--help"].filter(Boolean).join(" ")} lists what there is)`)
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "stowage: ")),
      getOutHelpWidth: () => helpWidth,
      getErrHelpWidth: () => helpWidth,
    });
}

/** Loaded here: most commands speak to no S3. */
async function fromS3(error: unknown): Promise<unknown> {
  const { commandErrorOf } = await import("./s3-failure.ts");
  return commandErrorOf(error) ?? error;
}

/** What the operating system refuses, such as to write to a full disk, is no fault of the program. */
function fromSystem(error: unknown): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  return new CommandError(error.message, "look at the disk, the rights and the limits of this machine", {
    cause: error,
  });
}

/** A failure that was foreseen is one line; anything else is a fault of the program and shows where. */
async function printError(thrown: unknown, io: Io): Promise<number> {
  const error = thrown instanceof CommandError ? thrown : fromSystem(await fromS3(thrown));
  if (error instanceof CommandError) {
    io.stderr.write(`stowage: ${error.message}; ${error.fix}\n`);
    if (io.env["STOWAGE_LOG_LEVEL"] === "debug" && error.stack !== undefined)
      io.stderr.write(`${error.stack}\n`);
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`stowage: this should not have happened: ${stack}\n`);
  return 1;
}
