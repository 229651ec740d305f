/** An object that was opened: its bytes come from the answer that opened it, or from requests for ranges. */

import type { ObjectBody } from "../../client/object-body.ts";
import type { ObjectInfo } from "../../client/outputs.ts";
import type { S3Client } from "../../client/s3-client.ts";
import { S3Error } from "../../s3/errors.ts";
import { contentTypeOfName, defaultContentType } from "../content-type.ts";
import { FileNotFoundError, fileChanged } from "../errors.ts";
import { type FileBytes, StorageFile } from "../file.ts";
import { decompressed, sizeFromTrailer, trailerBytes } from "../gzip.ts";
import type { OpenOptions } from "../call-options.ts";
import { storageErrorOf } from "./s3-errors.ts";

/** What is opened. `headers` go with each request. */
export interface ObjectToOpen {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether what is compressed with gzip is read as it was before. */
  readonly decompress: boolean;
}

/** Opens an object. @throws FileNotFoundError */
export async function openObject(object: ObjectToOpen, options: OpenOptions): Promise<StorageFile> {
  const { client, bucket, key, name, headers } = object;
  const { lazy = false, signal } = options;
  let info: ObjectInfo;
  let body: ObjectBody | null = null;
  try {
    if (lazy) info = await client.headObject({ bucket, key, headers }, { signal });
    else {
      const answer = await client.getObject({ bucket, key, headers }, { signal });
      info = answer;
      ({ body } = answer);
    }
  } catch (error) {
    throw isNotFound(error) ? new FileNotFoundError(name, { cause: error }) : storageErrorOf(error);
  }

  /** Bytes as they are stored. The first reading of all takes the answer that is there. */
  let taken = false;
  const read = (start: number, end: number): FileBytes => {
    const whole = start === 0 && end === info.size;
    if (body === null || taken || !whole) return readRange(object, info, { start, end, signal });
    taken = true;
    return body;
  };
  const init = {
    name,
    contentType: info.contentType ?? (await contentTypeOfName(name)) ?? defaultContentType,
    lastModified: new Date(info.lastModifiedMs),
    etag: info.etag === "" ? undefined : info.etag,
    close: () => body?.cancel(),
  };
  if (!object.decompress || info.contentEncoding !== "gzip" || info.size < trailerBytes) {
    return new StorageFile({ ...init, contentEncoding: info.contentEncoding, size: info.size, read });
  }
  const trailer: Uint8Array[] = [];
  const last = { start: info.size - trailerBytes, end: info.size, signal };
  for await (const chunk of readRange(object, info, last)) trailer.push(chunk);
  return new StorageFile({
    ...init,
    size: sizeFromTrailer(Buffer.concat(trailer)),
    read: (start, end) => decompressed(read(0, info.size), { start, end }),
  });
}

interface RangeToRead {
  readonly start: number;
  readonly end: number;
  readonly signal?: AbortSignal | undefined;
}

async function* readRange(
  { client, bucket, key, name, headers }: ObjectToOpen,
  { etag }: ObjectInfo,
  { start, end, signal }: RangeToRead,
): AsyncGenerator<Uint8Array> {
  const ifMatch = etag === "" ? undefined : etag;
  const range = `bytes=${start}-${end - 1}`;
  let body: ObjectBody;
  try {
    ({ body } = await client.getObject({ bucket, key, headers, range, ifMatch }, { signal }));
  } catch (error) {
    if (isNotFound(error)) throw new FileNotFoundError(name, { cause: error });
    if (!(error instanceof S3Error) || error.status !== 412) throw storageErrorOf(error);
    throw fileChanged(name, error);
  }
  yield* body;
}

/** Whether a key is not there. A bucket that is not there is another matter, where the server tells the two apart. */
export function isNotFound(error: unknown): boolean {
  return error instanceof S3Error && error.status === 404 && error.code !== "NoSuchBucket";
}

/** Whether a write that may replace nothing met something. 409: somebody writes the same key at this moment, as AWS says it. */
export function isTaken(error: unknown): boolean {
  return error instanceof S3Error && (error.status === 412 || error.status === 409);
}
