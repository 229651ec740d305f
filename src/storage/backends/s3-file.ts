/** An object that was opened: its bytes come from the answer that opened it, or from requests for ranges. */

import type { ObjectBody } from "../../client/object-body.ts";
import type { ObjectInfo } from "../../client/outputs.ts";
import type { S3Client } from "../../client/s3-client.ts";
import { S3Error } from "../../s3/errors.ts";
import { contentTypeOfName, defaultContentType } from "../content-type.ts";
import { FileNotFoundError, StorageError } from "../errors.ts";
import { StorageFile } from "../file.ts";
import { decompressed, sizeFromTrailer, trailerBytes } from "../gzip.ts";
import type { OpenOptions } from "../storage.ts";

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
    else ({ body, ...info } = await client.getObject({ bucket, key, headers }, { signal }));
  } catch (error) {
    throw isNotFound(error) ? new FileNotFoundError(name, { cause: error }) : error;
  }

  /** Bytes as they are stored. The first reading of all takes the answer that is there. */
  const read = async function* (start: number, end: number): AsyncGenerator<Uint8Array> {
    if (body !== null && start === 0 && end === info.size) {
      const first = body;
      body = null;
      yield* first;
      return;
    }
    yield* await readRange(object, info, { start, end, signal });
  };
  const close = (): void => body?.cancel();
  const init = {
    name,
    contentType: info.contentType ?? (await contentTypeOfName(name)) ?? defaultContentType,
    lastModified: new Date(info.lastModifiedMs),
    etag: info.etag === "" ? undefined : info.etag,
    close,
  };
  if (!object.decompress || info.contentEncoding !== "gzip" || info.size < trailerBytes) {
    return new StorageFile({ ...init, size: info.size, read });
  }
  const trailer = await readRange(object, info, { start: info.size - trailerBytes, end: info.size, signal });
  return new StorageFile({
    ...init,
    size: sizeFromTrailer(await trailer.bytes()),
    read: (start, end) => decompressed(read(0, info.size), { start, end }),
  });
}

interface RangeToRead {
  readonly start: number;
  readonly end: number;
  readonly signal?: AbortSignal | undefined;
}

async function readRange(
  { client, bucket, key, name, headers }: ObjectToOpen,
  { etag }: ObjectInfo,
  { start, end, signal }: RangeToRead,
): Promise<ObjectBody> {
  const ifMatch = etag === "" ? undefined : etag;
  const range = `bytes=${start}-${end - 1}`;
  try {
    const { body } = await client.getObject({ bucket, key, headers, range, ifMatch }, { signal });
    return body;
  } catch (error) {
    if (isNotFound(error)) throw new FileNotFoundError(name, { cause: error });
    if (!(error instanceof S3Error) || error.status !== 412) throw error;
    throw new StorageError(
      "FileChanged",
      `The file ${JSON.stringify(name)} was replaced since it was opened.`,
      {
        fix: "Open it again.",
        cause: error,
      },
    );
  }
}

/** Whether a key is not there. A bucket that is not there is another matter, where the server tells the two apart. */
export function isNotFound(error: unknown): boolean {
  return error instanceof S3Error && error.status === 404 && error.code !== "NoSuchBucket";
}
