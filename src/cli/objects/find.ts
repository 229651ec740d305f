import type { S3Client } from "../../client/s3-client.ts";
import type { Io } from "../command.ts";
import { printable, printJsonLine, printLine } from "../output.ts";
import { formatS3Url, type S3Url } from "../s3-url.ts";
import { findObjects, type FindOptions, type FoundObject, selectionOf } from "./find-objects.ts";

export interface FindCommandOptions extends FindOptions {
  readonly larger?: number;
  readonly smaller?: number;
  /** Milliseconds. */
  readonly newer?: number;
  /** Milliseconds. */
  readonly older?: number;
  readonly json?: boolean;
  /** What separates them. */
  readonly print0?: boolean;
}

/** The addresses of objects that fit. */
export async function find(io: Io, client: S3Client, url: S3Url, options: FindCommandOptions): Promise<void> {
  const { bucket } = url;
  const { larger = -1, smaller = Infinity, newer = Infinity, older = -Infinity } = options;
  const now = Date.now();
  const fits = ({ size, lastModifiedMs }: FoundObject): boolean =>
    size > larger && size < smaller && now - lastModifiedMs < newer && now - lastModifiedMs > older;
  const selection = selectionOf(url, { ...options, recursive: true });
  for await (const object of findObjects(client, bucket, selection)) {
    if (!fits(object)) continue;
    const { key, size, lastModifiedMs, etag } = object;
    const text = formatS3Url({ bucket, key });
    if (options.json === true) {
      await printJsonLine(io, { url: text, size, modified: new Date(lastModifiedMs).toISOString(), etag });
    } else if (options.print0 === true) io.stdout.write(`${text}\0`);
    else await printLine(io, printable(text));
  }
}
