import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { S3Client } from "../../client/s3-client.ts";
import { entriesOf, type SyncPlace } from "../../client/sync/entries.ts";
import { emptySource, planSync, type SyncAction, type SyncPlanOptions } from "../../client/sync/sync.ts";
import type { CannedAcl } from "../../s3/acl.ts";
import { CommandError, type Io, UsageError } from "../command.ts";
import type { CustomerKeys } from "../customer-key.ts";
import { nameFilter, type NameFilter } from "../key-pattern.ts";
import { printable, printJsonLine, printLine } from "../output.ts";
import { folderPrefix, formatS3Url, parsePlace } from "../s3-url.ts";
import { raiseMaxDelete } from "../object-flags.ts";
import { type Deletion, runTransfers, tellPassed, type Transfer, type TransferOptions } from "./transfers.ts";

export interface SyncCommandOptions extends NameFilter, TransferOptions, CustomerKeys {
  readonly checksum?: boolean;
  readonly sizeOnly?: boolean;
  readonly delete?: boolean;
  readonly maxDelete?: number;
  readonly force?: boolean;
  readonly resume?: boolean;
  readonly acl?: CannedAcl;
}

/** A directory or a folder of a bucket, by its address. @throws {UsageError} For standard input and for versions. */
export async function syncPlaceOf(text: string): Promise<SyncPlace> {
  const place = parsePlace(text);
  if (place.type === "stream")
    throw new UsageError("- is no directory", "name a directory or s3://BUCKET/FOLDER");
  if (place.type === "local") {
    const found = await stat(place.path).catch(() => null);
    if (found !== null && !found.isDirectory()) {
      throw new UsageError(`"${place.path}" is a file, not a directory`, "use stowage cp for one file");
    }
    return { directory: place.path };
  }
  const { bucket, key, versionId } = place.url;
  if (versionId !== undefined) throw new UsageError("a version is no folder", "leave out ?versionId=");
  return { bucket, prefix: folderPrefix(key) };
}

export async function syncPlaces(
  io: Io,
  client: S3Client,
  from: string,
  to: string,
  options: SyncCommandOptions,
): Promise<void> {
  const [source, target] = await placesOf(from, to);
  if (options.acl !== undefined && "directory" in target) {
    throw new UsageError("--acl is of objects, and the target is a directory", "leave it out");
  }
  const passed: string[] = [];
  const plan = { ...planOptions(options), onPassed: (name: string) => passed.push(textOf(source, name)) };
  const actions = planSync(client, source, target, plan);
  let done: number;
  try {
    ({ done } = await runTransfers(io, transfersOf(asRefusals(actions), source, target), options));
  } finally {
    tellPassed(io, passed, options);
  }
  if (done > 0 || options.quiet === true || (await hasFiles(client, source, plan))) return;
  io.stderr.write(`stowage: nothing was found at ${printable(from)}\n`);
}

/** Whether there is something that takes part. */
async function hasFiles(client: S3Client, place: SyncPlace, { filter }: SyncPlanOptions): Promise<boolean> {
  for await (const { name } of entriesOf(client, place)) if (filter?.(name) !== false) return true;
  return false;
}

/** What differs, a line each. @returns Whether something does. */
export async function diffPlaces(
  io: Io,
  client: S3Client,
  a: string,
  b: string,
  options: SyncCommandOptions,
): Promise<boolean> {
  const [one, other] = await placesOf(a, b);
  let differs = false;
  const plan = { ...planOptions(options), delete: true, force: true, maxDelete: undefined };
  for await (const action of asRefusals(planSync(client, one, other, plan))) {
    differs = true;
    const isExtra = action.type === "delete";
    const what = isExtra ? "only in the second" : "missing or different in the second";
    for (const { name } of isExtra ? action.files : [action]) {
      if (options.json === true)
        await printJsonLine(io, { name, differs: isExtra ? "extra" : "missing or changed" });
      else await printLine(io, `${isExtra ? "+" : "-"} ${printable(name)}  (${what})`);
    }
  }
  return differs;
}

/** A directory that is the target is made where there is none. @throws {CommandError} For a source that is none. */
async function placesOf(from: string, to: string): Promise<[SyncPlace, SyncPlace]> {
  const [source, target] = [await syncPlaceOf(from), await syncPlaceOf(to)];
  if ("directory" in source && (await stat(source.directory).catch(() => null)) === null) {
    throw new CommandError(`there is no directory "${source.directory}"`, "check the path");
  }
  return [source, target];
}

function planOptions(options: SyncCommandOptions): SyncPlanOptions {
  if (options.checksum === true && options.sizeOnly === true) {
    throw new UsageError("--checksum and --size-only exclude each other", "give one of them");
  }
  return {
    compare: options.checksum === true ? "checksum" : options.sizeOnly === true ? "size" : "time",
    delete: options.delete,
    maxDelete: options.maxDelete,
    force: options.force,
    filter: nameFilter(options),
    resume: options.resume,
    acl: options.acl,
    customerKey: options.customerKey,
    copySourceCustomerKey: options.copySourceCustomerKey,
  };
}

async function* transfersOf(
  actions: AsyncIterable<SyncAction>,
  source: SyncPlace,
  target: SyncPlace,
): AsyncGenerator<Transfer | Deletion> {
  for await (const action of actions) {
    if (action.type === "delete") {
      yield {
        verb: "delete",
        all: action.files.map(({ name }) => textOf(target, name)),
        run: async (signal: AbortSignal) => {
          const failures = await action.run(signal);
          return new Map(failures.map(({ name, error }) => [textOf(target, name), error]));
        },
      };
      continue;
    }
    const { type, name, size } = action;
    yield {
      verb: type,
      from: textOf(source, name),
      to: textOf(target, name),
      size,
      run: (signal, onLoaded) => action.run(signal, onLoaded),
    };
  }
}

/** What the plan refuses is refused to whoever typed the command. */
async function* asRefusals<T>(plan: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* plan;
  } catch (error) {
    if (error instanceof TypeError) {
      throw new UsageError(
        error.message.replace(/\.$/, ""),
        "name a directory and s3://BUCKET/FOLDER, or two folders",
      );
    }
    if (!(error instanceof RangeError)) throw error;
    const isEmpty = (error as { code?: unknown }).code === emptySource;
    throw new CommandError(
      error.message.replace(/\.$/, ""),
      isEmpty ? "check the source, or give --force" : raiseMaxDelete,
      { cause: error },
    );
  }
}

function textOf(place: SyncPlace, name: string): string {
  return "directory" in place
    ? join(place.directory, name)
    : formatS3Url({ bucket: place.bucket, key: `${place.prefix ?? ""}${name}` });
}
