/** Uploads under way. They go on while the person looks at other pages. */

import type { S3Client } from "stowage/client";
import { codeOf } from "./format.ts";

export interface Upload {
  readonly id: number;
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly loadedBytes: number;
  /** `exists`: there is an object of that key, and the person has not said that it is to be replaced. */
  readonly state: "waiting" | "running" | "exists" | "done" | "failed" | "cancelled";
  readonly replaces: boolean;
  readonly error: unknown;
}

/** A file, and its name with the folders in which it was chosen or dropped. */
export interface ChosenFile {
  readonly file: File;
  readonly path: string;
}

/** How many files go up at once; a large one takes four connections for its parts. */
const mostRunning = 3;

export class Uploads {
  readonly #client: S3Client;
  readonly #onStored: (bucket: string) => void;
  readonly #listeners = new Set<() => void>();
  readonly #files = new Map<number, { readonly file: File; readonly abort: AbortController }>();
  #all: readonly Upload[] = [];
  #count = 0;

  /** @param onStored Told of each object that has arrived. */
  constructor(client: S3Client, onStored: (bucket: string) => void) {
    this.#client = client;
    this.#onStored = onStored;
  }

  /** Newest last. Another array after each change. */
  readonly all = (): readonly Upload[] => this.#all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(bucket: string, prefix: string, files: readonly ChosenFile[]): void {
    const added = files.map(({ file, path }): Upload => {
      const id = this.#count++;
      this.#files.set(id, { file, abort: new AbortController() });
      return {
        id,
        bucket,
        key: prefix + path,
        sizeBytes: file.size,
        loadedBytes: 0,
        state: "waiting",
        replaces: false,
        error: null,
      };
    });
    this.#set([...this.#all, ...added]);
    this.#startNext();
  }

  cancel(id: number): void {
    this.#files.get(id)?.abort.abort();
    if (this.#all.some((one) => one.id === id && (one.state === "waiting" || one.state === "exists"))) {
      this.#change(id, { state: "cancelled" });
    }
  }

  /** Stops all that are under way or wait. */
  stop(): void {
    for (const { id, state } of this.#all) {
      if (state === "waiting") this.#change(id, { state: "cancelled" });
    }
    for (const { abort } of this.#files.values()) abort.abort();
  }

  /** Begins one again that failed. */
  retry(id: number): void {
    this.#change(id, { state: "waiting", loadedBytes: 0, error: null });
    this.#startNext();
  }

  /** Lets them take the places of the objects that are there. */
  replace(ids: readonly number[]): void {
    for (const id of ids) this.#change(id, { state: "waiting", loadedBytes: 0, replaces: true });
    this.#startNext();
  }

  /** Forgets those that ended. */
  clear(): void {
    this.#set(this.#all.filter(({ state }) => state === "waiting" || state === "running"));
    const left = new Set(this.#all.map(({ id }) => id));
    for (const id of this.#files.keys()) if (!left.has(id)) this.#files.delete(id);
  }

  #startNext(): void {
    while (this.#all.filter(({ state }) => state === "running").length < mostRunning) {
      const next = this.#all.find(({ state }) => state === "waiting");
      if (next === undefined) return;
      this.#change(next.id, { state: "running" });
      void this.#run(next);
    }
  }

  async #run({ id, bucket, key, replaces }: Upload): Promise<void> {
    const { file, abort } = this.#files.get(id)!;
    try {
      if (!replaces && (await this.#isThere(bucket, key, abort.signal))) {
        this.#change(id, { state: "exists" });
        return;
      }
      await this.#client.upload(
        {
          bucket,
          key,
          body: file,
          ...(file.type === "" ? {} : { contentType: file.type }),
          ...(replaces ? {} : { ifNoneMatch: "*" }),
        },
        {
          signal: abort.signal,
          onProgress: ({ loadedBytes }) => this.#change(id, { loadedBytes }),
        },
      );
      this.#files.delete(id);
      this.#change(id, { state: "done", loadedBytes: file.size });
      this.#onStored(bucket);
    } catch (error) {
      if (abort.signal.aborted) this.#change(id, { state: "cancelled" });
      else if (!replaces && codeOf(error) === "PreconditionFailed") this.#change(id, { state: "exists" });
      else this.#change(id, { state: "failed", error });
    } finally {
      this.#startNext();
    }
  }

  /** Asked before the bytes are sent. Who may write and not list is told by the write itself. */
  async #isThere(bucket: string, key: string, signal: AbortSignal): Promise<boolean> {
    try {
      const { objects } = await this.#client.listObjectsV2({ bucket, prefix: key, maxKeys: 1 }, { signal });
      return objects[0]?.key === key;
    } catch (error) {
      if (codeOf(error) === "AccessDenied") return false;
      throw error;
    }
  }

  #change(id: number, change: Partial<Upload>): void {
    this.#set(this.#all.map((one) => (one.id === id ? { ...one, ...change } : one)));
  }

  #set(all: readonly Upload[]): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}

/** What was dropped, folders with all that is in them. */
export async function droppedFiles(transfer: DataTransfer): Promise<ChosenFile[]> {
  // The list is empty after the first wait: the entries must be taken before.
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const found: ChosenFile[] = [];
  for (const entry of entries) await collect(entry, "", found);
  return found;
}

async function collect(entry: FileSystemEntry, folder: string, found: ChosenFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ file, path: `${folder}${entry.name}` });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A hundred at a time, until there are none.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return;
    for (const one of entries) await collect(one, `${folder}${entry.name}/`, found);
  }
}

/** What was chosen in a file input. */
export function chosenFiles(files: FileList | null): ChosenFile[] {
  return [...(files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}
