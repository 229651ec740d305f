/**
 * The commands of the `stowage` program as records. Parser, help and reference derive from them; what a command does
 * is its `run`. This room reads arguments and environment and prints; it stores nothing itself.
 */

import type { Writable } from "node:stream";

/** What a command may touch of the process, passed in so that tests own it. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Results, for people and programs. */
  readonly stdout: Writable;
  /** Everything else. */
  readonly stderr: Writable;
  /** Whether a person watches standard error. */
  readonly terminal: boolean;
  /** Resolves at the first SIGTERM or SIGINT to its name; a second one ends the process at once. */
  readonly stopSignal: () => Promise<string>;
}

/** An option such as `--port <number>`. */
export interface Flag {
  /** As commander reads it: `--port <number>`, `--admin`. */
  readonly flags: string;
  readonly description: string;
  readonly default?: unknown;
  /** What the help shows instead of the default itself. */
  readonly defaultText?: string;
  /** The only values that are taken. */
  readonly choices?: readonly string[];
  /** Whether the help says nothing of it. */
  readonly hidden?: boolean;
  /** Checks and converts; throws {@link UsageError}. Given the value so far, for options that repeat. */
  readonly parse?: (text: string, previous: unknown) => unknown;
}

/** A positional argument. */
export interface Argument {
  /** `<name>` must be given, `[name]` may; of `<name...>` and `[name...]` several. */
  readonly name: string;
  readonly description: string;
  /** The only values that are taken. */
  readonly choices?: readonly string[];
}

/** An environment variable that a command reads. */
export interface Variable {
  readonly name: string;
  readonly description: string;
}

/** A command of the program. */
export interface Command {
  /** Words after `stowage`, such as `user add`. */
  readonly path: string;
  /** One sentence. */
  readonly summary: string;
  /** What else its help says. */
  readonly details?: string;
  readonly arguments: readonly Argument[];
  readonly flags: readonly Flag[];
  readonly environment: readonly Variable[];
  /** Command lines that work, without the leading `stowage`. */
  readonly examples: readonly string[];
  /** Whether what begins with a hyphen behind the first argument belongs to the arguments. */
  readonly passThrough?: boolean;
  /**
   * @param args Positional arguments, in order; those of `<name...>` one by one.
   * @param options Options by their long name in camelCase, as `flags` made them.
   * @returns The exit code, where it is not 0.
   */
  readonly run: (
    io: Io,
    args: readonly (string | undefined)[],
    options: Readonly<Record<string, unknown>>,
  ) => Promise<number | void>;
}

/** What went wrong, for whoever typed the command. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
  /** The way out, in the imperative, such as `choose another with --port`. */
  readonly fix: string;
  readonly exitCode: number = 1;

  constructor(message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.fix = fix;
  }
}

/** The command itself was wrong: exit code 2, as shells have it. */
export class UsageError extends CommandError {
  override readonly name: string = "UsageError";
  override readonly exitCode: number = 2;
}
