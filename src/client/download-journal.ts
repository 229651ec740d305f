/**
 * What a download into a file has finished, so that another process can go on with it: a line for what is downloaded, and
 * a line for each range once its bytes are on the disk.
 */

import { type FileHandle, open, readFile, rm } from "node:fs/promises";

/** What is downloaded, and how: ranges of anything else are of no use. */
export interface DownloadIdentity {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  readonly partSize: number;
}

export class DownloadJournal {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #done: Map<number, string>;

  private constructor(path: string, file: FileHandle, done: Map<number, string>) {
    this.#path = path;
    this.#file = file;
    this.#done = done;
  }

  /** Opens it, with what it has of this download. */
  static async open(path: string, identity: DownloadIdentity): Promise<DownloadJournal> {
    // A line without its end was being written when the process ended.
    const [first, ...ranges] = (await textOf(path)).split("\n").slice(0, -1);
    const heading = JSON.stringify(identity);
    const lines = first === heading ? ranges : [];
    const file = await open(path, "w", 0o600);
    await file.write([heading, ...lines, ""].join("\n"));
    return new DownloadJournal(
      path,
      file,
      new Map(lines.map((line) => JSON.parse(line) as [number, string])),
    );
  }

  /** Starts of the ranges that are on the disk, with their checksums; empty ones where nobody computes any. */
  get done(): ReadonlyMap<number, string> {
    return this.#done;
  }

  /** Its bytes are on the disk. */
  async finish(start: number, checksum: string): Promise<void> {
    await this.#file.write(`${JSON.stringify([start, checksum])}\n`);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** The download is whole: there is nothing to go on with. */
  async remove(): Promise<void> {
    await this.close();
    await rm(this.#path);
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
