/** Runs transfers and deletions, some at once, and tells how far they are: a bar where a person watches, else a line each. */

import { runParallel } from "../../client/parallel.ts";
import { CommandError, type Io } from "../command.ts";
import { formatBytes, printable, printJsonLine, printLine } from "../output.ts";
import { type Progress, ProgressBar } from "../progress-bar.ts";
import { commandErrorOf } from "../s3-failure.ts";

/** One file or object on its way. */
export interface Transfer {
  /** What is done, such as `upload`. */
  readonly verb: string;
  /** For people: an address or a path. */
  readonly from: string;
  readonly to?: string | undefined;
  /** Bytes, as far as they are known. */
  readonly size?: number | undefined;
  /** @param onLoaded Told how many bytes have gone so far. */
  run(signal: AbortSignal, onLoaded: (bytes: number) => void): Promise<void>;
}

/** Files or objects that are deleted together. */
export interface Deletion {
  readonly verb: "delete";
  /** For people: addresses or paths. */
  readonly all: readonly string[];
  /** @returns Why what is still there is, by its address. */
  run(signal: AbortSignal): Promise<ReadonlyMap<string, unknown>>;
}

export interface TransferOptions {
  readonly jobs?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** What became of all of them. */
export interface TransferSummary {
  readonly done: number;
  readonly bytes: number;
  readonly failed: number;
}

/**
 * Runs transfers as their source names them. One that fails is told and does not stop the others.
 *
 * @throws {CommandError} At the end where some failed, or where the person stopped it.
 */
export async function runTransfers(
  io: Io,
  transfers: AsyncIterable<Transfer | Deletion> | Iterable<Transfer | Deletion>,
  options: TransferOptions,
): Promise<TransferSummary> {
  const { jobs = 8, quiet = false, json = false, dryRun = false } = options;
  const stop = new AbortController();
  void io.stopSignal().then((signal) => stop.abort(signal));
  const showsBar = io.terminal && !quiet && !json && !dryRun;
  const progress = new TransferProgress(io, showsBar);
  const startedMs = performance.now();
  let failed = 0;
  const tellDone = async (done: Told): Promise<void> => {
    if (json) await printJsonLine(io, lineOf(done, dryRun));
    else if (!quiet && !showsBar) await printLine(io, sentenceOf(done, dryRun));
  };
  const tellFailed = async (told: Told, error: unknown): Promise<void> => {
    failed++;
    await tellFailure(io, progress, told, error, json);
  };
  try {
    await runParallel(
      transfers,
      { concurrency: dryRun ? 1 : jobs, signal: stop.signal },
      async (work, signal) => {
        if ("all" in work) {
          const left = dryRun ? new Map<string, unknown>() : await work.run(signal);
          for (const from of work.all) {
            const told = { verb: work.verb, from };
            if (left.has(from)) await tellFailed(told, left.get(from));
            else {
              progress.begin(0).done();
              await tellDone(told);
            }
          }
          return;
        }
        try {
          const track = progress.begin(work.size ?? 0);
          if (!dryRun) await work.run(signal, track.loaded);
          track.done();
        } catch (error) {
          if (signal.aborted) throw error;
          await tellFailed(work, error);
          return;
        }
        await tellDone(work);
      },
    );
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new CommandError(
      `stopped after ${counted(progress.doneCount)}`,
      "the same command does what is left, and sync sends only that",
      { cause: error },
    );
  } finally {
    progress.end();
  }
  const { doneCount: done, doneBytes: bytes } = progress;
  if (showsBar) {
    const seconds = (performance.now() - startedMs) / 1000;
    await printLine(io, `${counted(done)}, ${formatBytes(bytes)} in ${seconds.toFixed(1)} s`);
  }
  if (failed > 0) {
    throw new CommandError(`${failed} of ${done + failed} failed`, "see the lines above");
  }
  return { done, bytes, failed };
}

/** What a directory has and no command sends: nobody is to believe that it went with the others. */
export function tellPassed(io: Io, paths: readonly string[], { quiet = false }: TransferOptions): void {
  if (quiet) return;
  for (const path of paths)
    io.stderr.write(`stowage: passed over ${printable(path)}, which is no file, nor a link to one\n`);
}

function counted(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

type Told = Pick<Transfer, "verb" | "from" | "to" | "size">;

function lineOf({ verb, from, to, size }: Told, dryRun: boolean): object {
  return { verb, from, to, size, ...(dryRun ? { dryRun } : {}) };
}

function sentenceOf({ verb, from, to }: Told, dryRun: boolean): string {
  const target = to === undefined ? "" : ` to ${printable(to)}`;
  return `${dryRun ? "(dry run) " : ""}${verb}: ${printable(from)}${target}`;
}

async function tellFailure(
  io: Io,
  progress: TransferProgress,
  { verb, from, to }: Told,
  error: unknown,
  json: boolean,
): Promise<void> {
  const known = commandErrorOf(error) ?? (error instanceof CommandError ? error : null);
  const message = known === null ? messageOf(error) : `${known.message}; ${known.fix}`;
  progress.pause();
  if (json) await printJsonLine(io, { verb, from, to, error: message });
  else io.stderr.write(`stowage: ${verb} of ${printable(from)}: ${message}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Counts, and shows it. */
class TransferProgress {
  doneCount = 0;
  doneBytes = 0;
  #knownBytes = 0;
  #loadedBytes = 0;
  readonly #bar: ProgressBar | null;
  readonly #startedMs = performance.now();

  constructor(io: Io, showsBar: boolean) {
    this.#bar = showsBar ? new ProgressBar(io, () => this.#progress()) : null;
  }

  begin(size: number): { readonly loaded: (bytes: number) => void; readonly done: () => void } {
    this.#knownBytes += size;
    let counted = 0;
    const loaded = (bytes: number): void => {
      this.#loadedBytes += bytes - counted;
      counted = bytes;
    };
    return {
      loaded,
      done: () => {
        // A source of unknown size told how much it was; a copy on the server tells nothing in between.
        const bytes = Math.max(size, counted);
        this.#knownBytes += bytes - size;
        loaded(bytes);
        this.doneCount++;
        this.doneBytes += bytes;
      },
    };
  }

  /** Takes the bar away, so that a line can be written. */
  pause(): void {
    this.#bar?.pause();
  }

  end(): void {
    this.#bar?.end();
  }

  #progress(): Progress {
    const rate = this.#loadedBytes / ((performance.now() - this.#startedMs) / 1000);
    const left = rate === 0 ? "" : `, ${Math.ceil((this.#knownBytes - this.#loadedBytes) / rate)} s left`;
    return {
      done: this.#loadedBytes,
      total: this.#knownBytes,
      text: `${this.doneCount} done, ${formatBytes(this.#loadedBytes)} of ${formatBytes(this.#knownBytes)}, ${formatBytes(rate)}/s${left}`,
    };
  }
}
