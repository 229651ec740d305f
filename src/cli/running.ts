/** `stowage run`: many command lines in one process. */

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type Readable, Writable } from "node:stream";
import { runParallel } from "../client/parallel.ts";
import { CommandError, type Io } from "./command.ts";
import { printJsonLine } from "./output.ts";
import { shellWords } from "./shell-words.ts";

export interface RunOptions {
  readonly jobs: number;
  readonly json?: boolean;
}

/** What runs a command line; passed in, since the program knows this command. */
export type RunLine = (words: readonly string[], io: Io) => Promise<number>;

/** Commands that do not end, want somebody at the prompt, or would read what is being read. */
const refused: ReadonlySet<string> = new Set(["run", "serve", "dev", "shell", "watch"]);

interface Line {
  readonly number: number;
  readonly text: string;
}

/**
 * Runs the lines of a file, or of standard input for `-`.
 *
 * @throws {CommandError} Where one of them has failed, when all have run, and where a signal has stopped it.
 */
export async function runFile(
  io: Io,
  stdin: Readable,
  file: string,
  { jobs, json = false }: RunOptions,
  runLine: RunLine,
): Promise<void> {
  const name = file === "-" ? "line " : `${file}:`;
  // Of one signal all of them are told; each that asked by itself would add a listener.
  const stop = io.stopSignal();
  let isStopped = false;
  void stop.then(() => (isStopped = true));
  const shared: Io = { ...io, stopSignal: () => stop };
  let failed = 0;
  let count = 0;
  const lines = linesOf(stdin, file, () => isStopped);
  await runParallel(lines, { concurrency: jobs }, async ({ number, text }) => {
    count++;
    const { code, stdout, stderr } = await runOne(shared, text, runLine);
    if (code !== 0) failed++;
    if (json) {
      await printJsonLine(io, { line: number, command: text, code, stdout, stderr });
      return;
    }
    io.stdout.write(stdout);
    const said = stderr.replaceAll(/^stowage: /gm, "").trimEnd();
    if (said !== "") io.stderr.write(`${said.replaceAll(/^/gm, `${name}${number}: `)}\n`);
  });
  if (isStopped) {
    throw new CommandError(
      `stopped after ${count} commands, ${failed} of which failed`,
      "run the others again",
    );
  }
  if (failed === 0) return;
  throw new CommandError(`${failed} of ${count} commands failed`, "mend those lines, and run them again");
}

/** Lines that hold a command, by their numbers. */
async function* linesOf(stdin: Readable, file: string, isStopped: () => boolean): AsyncGenerator<Line> {
  const input = file === "-" ? stdin : createReadStream(file);
  let number = 0;
  try {
    // Errors of the file are those of the stream, which readline does not pass on.
    input.once("error", () => {});
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      number++;
      if (isStopped()) return;
      if (!/^\s*(#|$)/.test(text)) yield { number, text: text.trim() };
    }
    if (input.errored) throw input.errored;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new CommandError(
      `cannot read ${file}: ${code === "ENOENT" ? "no such file" : message}`,
      "give a file of commands, or - for standard input",
      { cause },
    );
  }
}

async function runOne(
  io: Io,
  text: string,
  runLine: RunLine,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const stdout = new Collected();
  const stderr = new Collected();
  const words = shellWords(text)
    .map((word) => word.text)
    .filter((word, at, all) => word !== "" || at < all.length - 1);
  if (words[0] === "stowage") words.shift();
  if (refused.has(words[0] ?? "")) {
    return { code: 2, stdout: "", stderr: `${words[0]} cannot be run from a file; run it by itself\n` };
  }
  const code = await runLine(words, { ...io, stdout, stderr, terminal: false });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** What a command has printed: lines of several that run at once are not mixed. */
class Collected extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
