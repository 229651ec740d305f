/** A run of collectstatic for a person: the question before it, the progress, what is said of each file, the summary. */

import { SingleBar } from "cli-progress";
import { type CollectEvent, collectStatic, isDestinationEmpty } from "../static/collect.ts";
import { destinationOf, type StaticSite } from "../static/site.ts";
import { summaryOf } from "../static/summary.ts";
import { CommandError, type Io } from "./command.ts";
import { askQuestion } from "./question.ts";
import { foreseen, openSite } from "./static-flags.ts";

/** What `stowage collectstatic` was given. */
export interface CollectingOptions {
  readonly noinput?: boolean;
  readonly input: boolean;
  readonly postProcess: boolean;
  readonly ignore?: readonly string[];
  readonly dryRun?: boolean;
  readonly clear?: boolean;
  readonly link?: boolean;
  readonly defaultIgnore: boolean;
  readonly verbosity: number;
  readonly config?: string;
}

/** @throws {CommandError} For what was foreseen, and when the person says no. */
export async function collectAndTell(io: Io, options: CollectingOptions): Promise<void> {
  const { noinput = false, dryRun = false, clear = false, link = false, verbosity, config } = options;
  const site = await openSite(config);
  const bar = io.terminal && verbosity === 1 ? createBar(io) : null;
  try {
    if (options.input && !noinput && !(await foreseen(() => isDestinationEmpty(site)))) {
      await confirm(io, question(site, { dryRun, clear }));
    }
    const collected = await foreseen(() =>
      collectStatic(site, {
        ignore: options.ignore ?? [],
        defaultIgnore: options.defaultIgnore,
        postProcess: options.postProcess,
        clear,
        link,
        dryRun,
        onEvent: (event) => {
          if (event.type === "progress") bar?.show(event.done, event.total);
          else if (event.type === "warning") {
            bar?.stop();
            io.stderr.write(`${event.message}\n`);
          } else if (verbosity >= levelOf(event, dryRun)) io.stdout.write(`${sentenceOf(event, dryRun)}\n`);
        },
      }),
    );
    bar?.stop();
    if (verbosity >= 1) io.stdout.write(`\n${summaryOf(collected)}\n`);
  } finally {
    bar?.stop();
    await site.storage.close();
  }
}

/** Django's question. */
function question(
  site: StaticSite,
  { dryRun, clear }: { readonly dryRun: boolean; readonly clear: boolean },
): string {
  const destination = destinationOf(site);
  return [
    dryRun ? "\nYou have activated the --dry-run option so no files will be modified.\n" : "",
    "\nYou have requested to collect static files at the destination\nlocation as specified in your settings",
    destination === null ? ".\n\n" : `:\n\n    ${destination}\n\n`,
    clear ? "This will DELETE ALL FILES in this location!\n" : "This will overwrite existing files!\n",
    "Are you sure you want to do this?\n\nType 'yes' to continue, or 'no' to cancel: ",
  ].join("");
}

async function confirm(io: Io, text: string): Promise<void> {
  if ((await askQuestion(text, { output: io.stderr })).trim() === "yes") return;
  throw new CommandError("Collecting static files cancelled", "answer 'yes', or give --noinput");
}

/** From which verbosity on something is said. */
function levelOf({ type }: CollectEvent, dryRun: boolean): number {
  return dryRun && (type === "copied" || type === "linked") ? 1 : 2;
}

function sentenceOf(event: CollectEvent, dryRun: boolean): string {
  switch (event.type) {
    case "copied":
      return dryRun ? `Pretending to copy '${event.place}'` : `Copying '${event.place}'`;
    case "linked":
      return dryRun ? `Pretending to link '${event.place}'` : `Linking '${event.place}'`;
    case "deleted":
      return dryRun ? `Pretending to delete '${event.name}'` : `Deleting '${event.name}'`;
    case "unmodified":
      return `Skipping '${event.name}' (not modified)`;
    case "post-processed":
      return `Post-processed '${event.name}' as '${event.hashed}'`;
    case "skipped":
      return (
        `Found another file with the destination path '${event.name}'. It will be ignored since only the first ` +
        "encountered file is collected. If this is not what you want, make sure every static file has a unique path."
      );
    default:
      return "";
  }
}

interface Bar {
  show(done: number, total: number): void;
  stop(): void;
}

function createBar(io: Io): Bar {
  const bar = new SingleBar({
    format: "  {bar} {percentage}% | {value} of {total} files | {eta} s left",
    stream: io.stderr,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 200,
    fps: 10,
  });
  let runs = false;
  return {
    show(done, total) {
      if (!runs) bar.start(total, done);
      runs = true;
      bar.update(done);
    },
    stop() {
      if (runs) bar.stop();
      runs = false;
    },
  };
}
