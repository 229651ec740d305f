/** What may come next on a command line: commands, options, their values, and names that the server is asked for. */

import type { Argument, Command, Flag } from "./command.ts";
import { type ShellWord, shellWords } from "./shell-words.ts";

/** One way to go on. */
export interface Candidate {
  /** The whole word. */
  readonly value: string;
  readonly description?: string;
}

/** All ways to go on. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Whether files of this machine are meant too, which the shell knows itself. */
  readonly files: boolean;
}

/** Where names of buckets and keys come from. */
export interface NameSource {
  buckets(): Promise<readonly string[]>;
  /** Keys that begin with the prefix, and what keys have in common up to the next slash. */
  keys(bucket: string, prefix: string): Promise<readonly string[]>;
}

/** How a {@link NameSource} is reached: as the options say that are on the line already, values by their long names. */
export type OpenNames = (options: Readonly<Record<string, string | true>>) => NameSource;

const nothing: Completion = { candidates: [], files: false };

/** The commands that there are. */
export interface CommandTable {
  readonly commands: readonly Command[];
  /** Descriptions of words that commands stand below, and that are none. */
  readonly groups: Readonly<Record<string, string>>;
}

/**
 * @param line The command line up to the cursor, from the name of the program on.
 */
export async function complete(
  { commands, groups }: CommandTable,
  line: string,
  openNames: OpenNames,
): Promise<Completion> {
  const words = shellWords(line).map(({ text }) => text);
  const current = words.at(-1) ?? "";
  const { path, rest } = commandOf(commands, words.slice(1, -1));
  const command = commands.find((one) => one.path === path);
  const given = readWords(command, rest);
  const { pending, positional, isPlain, isPassed } = given;
  if (isPassed) return { candidates: [], files: true };

  const names = (): NameSource => openNames(given.options);
  if (pending !== undefined) return valuesOf(pending, current, "", names);
  if (!isPlain && current.startsWith("-")) {
    const [name, value] = splitOnce(current, "=");
    const flag = flagOf(command, name);
    if (value !== undefined) {
      return flag === undefined ? nothing : valuesOf(flag, value, `${name}=`, names);
    }
    return listed(flagsOf(command), current);
  }
  const below = positional === 0 ? commandsBelow({ commands, groups }, path) : [];
  const argument = command?.arguments[positional] ?? variadicOf(command);
  const own = argument === undefined ? nothing : await valuesOf(argument, current, "", names);
  return { ...own, candidates: [...listed(below, current).candidates, ...own.candidates] };
}

/** What of a word a shell has set aside already, because it ends words at some characters: bash does at `:` and `=`. */
export function brokenOff(line: string, wordBreaks: string): string {
  const { text, bare } = shellWords(line).at(-1) as ShellWord;
  for (let at = text.length - 1; at >= 0; at--) {
    if (bare[at] === true && /[:=]/.test(text[at] ?? "") && wordBreaks.includes(text[at] ?? "")) {
      return text.slice(0, at + 1);
    }
  }
  return "";
}

function commandOf(
  commands: readonly Command[],
  words: readonly string[],
): { readonly path: string; readonly rest: readonly string[] } {
  let path = "";
  // The help of a command is found as the command itself.
  let at = words[0] === "help" ? 1 : 0;
  for (; at < words.length; at++) {
    const longer = `${path} ${words[at]}`.trimStart();
    if (!commands.some((one) => one.path === longer || one.path.startsWith(`${longer} `))) break;
    path = longer;
  }
  return { path, rest: words.slice(at) };
}

interface Given {
  readonly options: Readonly<Record<string, string | true>>;
  /** An option whose value comes next. */
  readonly pending: Flag | undefined;
  /** How many arguments there are. */
  readonly positional: number;
  /** Whether `--` was among the words. */
  readonly isPlain: boolean;
  /** Whether what follows is another program's. */
  readonly isPassed: boolean;
}

function readWords(command: Command | undefined, words: readonly string[]): Given {
  const options: Record<string, string | true> = {};
  let pending: Flag | undefined;
  let positional = 0;
  let isPlain = false;
  for (const word of words) {
    if (pending !== undefined) {
      options[longName(pending)] = word;
      pending = undefined;
    } else if (!isPlain && word === "--") {
      isPlain = true;
    } else if (!isPlain && word.startsWith("-") && (command?.passThrough !== true || positional === 0)) {
      const [name, value] = splitOnce(word, "=");
      const flag = flagOf(command, name);
      if (flag === undefined) continue;
      if (value !== undefined || !takesValue(flag)) options[longName(flag)] = value ?? true;
      else pending = flag;
    } else {
      positional++;
    }
  }
  const isPassed = command?.passThrough === true && positional > 0;
  return { options, pending, positional, isPlain, isPassed };
}

/** Commands, or the groups that hold them, one word further. */
function commandsBelow({ commands, groups }: CommandTable, path: string): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const command of commands) {
    if (path !== "" && !command.path.startsWith(`${path} `)) continue;
    const [value = "", ...more] = command.path.slice(path === "" ? 0 : path.length + 1).split(" ");
    if (more.length === 0) found.set(value, { value, description: command.summary });
    else if (!found.has(value)) found.set(value, { value, description: groups[value] ?? "" });
  }
  if (path === "") found.set("help", { value: "help", description: "Print the help of a command" });
  return Array.from(found.values());
}

function flagsOf(command: Command | undefined): Candidate[] {
  const own = (command?.flags ?? []).filter(({ hidden }) => hidden !== true);
  return [
    ...own.flatMap((flag) => namesOf(flag).map((value) => ({ value, description: flag.description }))),
    { value: "--help", description: "Print this help" },
    ...(command === undefined ? [{ value: "--version", description: "Print the version" }] : []),
  ];
}

function flagOf(command: Command | undefined, name: string): Flag | undefined {
  return command?.flags.find((flag) => namesOf(flag).includes(name));
}

/** `-n, --dry-run` as its names. */
function namesOf({ flags }: Flag): string[] {
  return flags.split(/[ ,|]+/).filter((word) => word.startsWith("-"));
}

function longName(flag: Flag): string {
  const name = namesOf(flag).at(-1) ?? "";
  return name.replace(/^--?/, "").replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function takesValue({ flags }: Flag): boolean {
  return /[<[]/.test(flags);
}

function variadicOf(command: Command | undefined): Argument | undefined {
  const last = command?.arguments.at(-1);
  return last?.name.includes("...") === true ? last : undefined;
}

/** What stands between the brackets tells what is wanted. */
const wanted: Readonly<Record<string, readonly ("url" | "file")[]>> = {
  url: ["url"],
  file: ["file"],
  dir: ["file"],
  command: ["file"],
  place: ["url", "file"],
};

/** @param before What of the word comes before the value. */
async function valuesOf(
  of: Flag | Argument,
  current: string,
  before: string,
  names: () => NameSource,
): Promise<Completion> {
  if (of.choices !== undefined) {
    return listed(
      of.choices.map((choice) => ({ value: before + choice })),
      before + current,
    );
  }
  const [, placeholder = ""] = /[<[]([a-z-]+)/.exec("flags" in of ? of.flags : of.name) ?? [];
  const kinds = wanted[placeholder] ?? [];
  const isUrl = kinds.includes("url");
  const urls = isUrl ? await urlsOf(current, names) : [];
  return {
    candidates: urls.map((value) => ({ value: before + value })),
    files: kinds.includes("file") && !(isUrl && current.startsWith("s3://")),
  };
}

async function urlsOf(current: string, names: () => NameSource): Promise<string[]> {
  const scheme = "s3://";
  if (!current.startsWith(scheme)) return scheme.startsWith(current) ? [scheme] : [];
  const [bucket, prefix] = splitOnce(current.slice(scheme.length), "/");
  const found =
    prefix === undefined
      ? (await names().buckets()).map((name) => `${scheme}${name}/`)
      : (await names().keys(bucket, prefix)).map((key) => `${scheme}${bucket}/${key}`);
  // Nobody can type what is no character on a line.
  return found.filter((url) => url.startsWith(current) && !/\p{Cc}/u.test(url));
}

function listed(candidates: readonly Candidate[], current: string): Completion {
  return { candidates: candidates.filter(({ value }) => value.startsWith(current)), files: false };
}

function splitOnce(text: string, separator: string): [head: string, tail?: string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
