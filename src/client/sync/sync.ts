/**
 * Brings a directory or a bucket to what another is: local to S3, S3 to local, S3 to S3. Both are read as streams in one
 * order, so that memory does not grow with them. Node only.
 */

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CannedAcl } from "../../s3/acl.ts";
import { checkNames, type KnownNames, type NamesOf } from "../../s3/known-names.ts";
import { contentTypeOf } from "../content-type.ts";
import type { S3Client } from "../s3-client.ts";
import { runParallel } from "../parallel.ts";
import { type DeleteAction, deleteActions, type SyncedFile, type SyncFailure } from "./delete-extra.ts";
import {
  type BucketPlace,
  entriesOf,
  keyIn,
  mergeEntries,
  type SyncEntry,
  type SyncPlace,
} from "./entries.ts";
import { type Comparison, isSame } from "./is-same.ts";
import { pathWithoutLinks } from "./local-path.ts";
import { uploadFile } from "./upload-file.ts";

export interface SyncPlanOptions {
  /** What tells that nothing is to be sent. Default: `time`. */
  readonly compare?: Comparison | undefined;
  /** Whether what only the target has is deleted from it. Default: false. */
  readonly delete?: boolean | undefined;
  /** Where more than that would be deleted, nothing is. Default: no limit. */
  readonly maxDelete?: number | undefined;
  /** Whether an empty source may empty the target. Default: false. */
  readonly force?: boolean | undefined;
  /**
   * Told of what is passed over in a directory that is the source: links to directories and to nothing, and what is no file. A name,
   * or one with a slash behind it for all that is below. Such names are not deleted from the target.
   */
  readonly onPassed?: ((name: string) => void) | undefined;
  /** Which names take part; of others nothing is sent and nothing deleted. Default: all. */
  readonly filter?: ((name: string) => boolean) | undefined;
  /** Large files go on where an earlier attempt stopped. Default: false. */
  readonly resume?: boolean | undefined;
  /** Canned ACL of what is sent to a bucket; what is not sent keeps its own. Default: private. */
  readonly acl?: CannedAcl | undefined;
  /** The customer's key of what is read from S3, or written there: 32 bytes, or those in base64. */
  readonly customerKey?: Uint8Array | string | undefined;
  /** Of the sources of copies within S3. */
  readonly copySourceCustomerKey?: Uint8Array | string | undefined;
}

export interface SyncOptions extends SyncPlanOptions {
  /** Only tells what would be done. Default: false. */
  readonly dryRun?: boolean | undefined;
  /** Transfers at once. Default: 8. */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of each file that was sent or deleted, or would be. */
  readonly onAction?: ((done: SyncedFile & Pick<SyncAction, "type">) => void) | undefined;
}

const planNames: NamesOf<SyncPlanOptions> = {
  compare: 1,
  delete: 1,
  maxDelete: 1,
  force: 1,
  onPassed: 1,
  filter: 1,
  resume: 1,
  acl: 1,
  customerKey: 1,
  copySourceCustomerKey: 1,
};

const optionNames: NamesOf<SyncOptions> = {
  ...planNames,
  dryRun: 1,
  concurrency: 1,
  signal: 1,
  onAction: 1,
};

/** A misspelt prefix would be the whole bucket. */
const placeNames: KnownNames = { directory: 1, bucket: 1, prefix: 1 };

/** The `code` of the RangeError for a source that is empty and would empty the target; `force` lets it. */
export const emptySource = "EmptySource";

/** One thing to be done: a file to be sent, or what is to be deleted. */
export type SyncAction = SendAction | DeleteAction;

/** A file to be sent. */
export interface SendAction extends SyncedFile {
  readonly type: "upload" | "download" | "copy";
  /** @param onLoaded Told how many bytes have gone so far. */
  run(signal?: AbortSignal, onLoaded?: (bytes: number) => void): Promise<void>;
}

export interface SyncResult {
  readonly sent: number;
  readonly sentBytes: number;
  readonly deleted: number;
  readonly failures: readonly SyncFailure[];
}

/**
 * What is to be done, found while it is asked for: first what is to be sent; then, when the source was read whole and all
 * that was sent has arrived, what is to be deleted. Where a send fails, nothing is deleted. The names of what is to go are
 * kept in memory until then.
 *
 * @throws TypeError for two directories, for places of which one holds the other, and for an ACL of files; RangeError where the source is empty
 *   and would empty the target, or more than `maxDelete` would go; as S3Client.list() and the file system do for what cannot
 *   be read.
 */
export async function* planSync(
  client: S3Client,
  source: SyncPlace,
  target: SyncPlace,
  options: SyncPlanOptions = {},
): AsyncGenerator<SyncAction> {
  checkNames("planSync()", options, planNames);
  for (const place of [source, target]) checkNames("A place", place, placeNames);
  refuseOverlap(source, target);
  if (options.acl !== undefined && "directory" in target) {
    throw new TypeError("An acl is of objects, and the target is a directory: leave it out.");
  }
  const { compare = "time", maxDelete = Infinity, filter = () => true } = options;
  const passed: string[] = [];
  const extra: SyncEntry[] = [];
  const sends = new Sends();
  let sources = 0;
  const entries = entriesOf(client, source, (name) => {
    passed.push(name);
    if (filter(name)) options.onPassed?.(name);
  });
  for await (const { name, source: from, target: to } of mergeEntries(
    entries,
    targetEntries(client, target),
  )) {
    if (!filter(name)) continue;
    if (from === undefined) {
      // What stands in the source and is no file there, as a link to a directory, is not missing from it.
      const isPassed = passed.some((one) => one === name || (one.endsWith("/") && name.startsWith(one)));
      if (options.delete === true && to !== undefined && !isPassed) extra.push(to);
      continue;
    }
    sources++;
    const { partSizeBytes } = client.core.settings;
    const isThere =
      to !== undefined &&
      (await isSame(compare, { place: source, entry: from }, { place: target, entry: to }, partSizeBytes));
    if (!isThere) yield sends.watch(sendAction(client, source, target, from, options));
  }
  if (extra.length === 0) return;
  if (sources === 0 && options.force !== true) {
    throw Object.assign(
      new RangeError(`The source is empty, and ${files(extra.length)} of the target would be deleted.`),
      { code: emptySource },
    );
  }
  if (extra.length > maxDelete) {
    throw new RangeError(
      `${files(extra.length)} would be deleted, which is more than ${maxDelete}: nothing was deleted.`,
    );
  }
  if (await sends.haveArrived()) yield* deleteActions(client, target, extra);
}

function files(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

/** What of the actions that were given out runs and has failed. */
class Sends {
  readonly #running = new Set<Promise<void>>();
  #haveFailed = false;

  watch(action: SendAction): SendAction {
    const run: SendAction["run"] = async (signal, onLoaded) => {
      const running = action.run(signal, onLoaded);
      const settled = running.catch(() => {
        this.#haveFailed = true;
      });
      this.#running.add(settled);
      await running.finally(() => this.#running.delete(settled));
    };
    return { ...action, run };
  }

  async haveArrived(): Promise<boolean> {
    await Promise.all(this.#running);
    return !this.#haveFailed;
  }
}

function refuseOverlap(source: SyncPlace, target: SyncPlace): void {
  if ("directory" in source && "directory" in target) {
    throw new TypeError("Both places are of this machine: one of them must be a bucket.");
  }
  if (!("bucket" in source && "bucket" in target) || source.bucket !== target.bucket) return;
  const [a, b] = [source.prefix ?? "", target.prefix ?? ""];
  if (a.startsWith(b) || b.startsWith(a)) {
    throw new TypeError("One place is in the other: name two of which none holds the other.");
  }
}

/**
 * Does what {@link planSync} finds. A file that fails does not stop the others.
 *
 * @example
 * const { sent, failures } = await sync(client, { directory: "site" }, { bucket: "www" }, { delete: true });
 */
export async function sync(
  client: S3Client,
  source: SyncPlace,
  target: SyncPlace,
  options: SyncOptions = {},
): Promise<SyncResult> {
  checkNames("sync()", options, optionNames);
  const { dryRun = false, concurrency = 8, signal, onAction, ...plan } = options;
  const failures: SyncFailure[] = [];
  let [sent, sentBytes, deleted] = [0, 0, 0];
  const actions = planSync(client, source, target, plan);
  await runParallel(actions, { concurrency, signal }, async (action, stop) => {
    if (action.type === "delete") {
      const refused = dryRun ? [] : await action.run(stop);
      failures.push(...refused);
      const left = new Set(refused.map(({ name }) => name));
      const gone = action.files.filter(({ name }) => !left.has(name));
      deleted += gone.length;
      for (const { name, size } of gone) onAction?.({ type: "delete", name, size });
      return;
    }
    const { type, name, size } = action;
    try {
      if (!dryRun) await action.run(stop);
    } catch (error) {
      if (stop.aborted) throw error;
      failures.push({ name, error });
      return;
    }
    sent++;
    sentBytes += size;
    onAction?.({ type, name, size });
  });
  return { sent, sentBytes, deleted, failures };
}

/** A directory that is not there yet is an empty target, and what of it cannot be read is left as it is. */
async function* targetEntries(client: S3Client, target: SyncPlace): AsyncGenerator<SyncEntry> {
  try {
    for await (const entry of entriesOf(client, target)) if (entry.error === undefined) yield entry;
  } catch (error) {
    if (!("directory" in target) || (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function sendAction(
  client: S3Client,
  source: SyncPlace,
  target: SyncPlace,
  { name, size, error }: SyncEntry,
  { resume, acl, customerKey, copySourceCustomerKey }: SyncPlanOptions,
): SendAction {
  if ("directory" in source && "bucket" in target) {
    const path = join(source.directory, name);
    return {
      type: "upload",
      name,
      size,
      run: async (signal, onLoaded) => {
        if (error !== undefined) throw error;
        await uploadFile(
          client,
          path,
          {
            bucket: target.bucket,
            key: keyIn(target, name),
            contentType: contentTypeOf(name),
            acl,
            customerKey,
          },
          { signal, resume, onProgress: ({ loadedBytes }) => onLoaded?.(loadedBytes) },
        );
      },
    };
  }
  if ("bucket" in source && "directory" in target) {
    return {
      type: "download",
      name,
      size,
      run: async (signal, onLoaded) => {
        const path = await pathWithoutLinks(target.directory, name);
        await mkdir(dirname(path), { recursive: true });
        await client.downloadFile({ bucket: source.bucket, key: keyIn(source, name), customerKey }, path, {
          signal,
          resume,
          keepModified: true,
          onProgress: ({ loadedBytes }) => onLoaded?.(loadedBytes),
        });
      },
    };
  }
  const [from, to] = [source, target] as [BucketPlace, BucketPlace];
  return {
    type: "copy",
    name,
    size,
    run: async (signal) => {
      const copySource = { bucket: from.bucket, key: keyIn(from, name) };
      const keys = { customerKey, copySourceCustomerKey };
      await client.copy({ bucket: to.bucket, key: keyIn(to, name), copySource, acl, ...keys }, { signal });
    },
  };
}
