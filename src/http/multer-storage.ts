/** A storage behind multer: `multer({ storage: stowageStorage(storage) })`. */

import { basename } from "node:path/posix";
import { callbackify } from "node:util";
import type { Request } from "express";
import type { StorageEngine } from "multer";
import { generateFilename } from "../storage/default-storages.ts";
import type { Storage } from "../storage/storage.ts";
import { displayName, repairLatin1, unescapeName } from "./file-names.ts";
import { refusalOf } from "./refusal.ts";

/** What multer's `file` tells beside its own `fieldname`, `originalname`, `encoding` and `mimetype`. */
export interface MulterFile {
  /** The name in the storage: keep this one. */
  readonly path: string;
  /** The same without its directories. */
  readonly filename: string;
  readonly destination: string;
  readonly size: number;
  /** As the person sees it: UTF-8, also where multer was not told so, without directories and control characters. */
  readonly originalname: string;
}

export interface MulterStorageOptions {
  /** A name for the storage. Default: the file's own, made valid. One that is taken gets seven characters more. */
  readonly name?: ((request: Request, file: Express.Multer.File) => string | Promise<string>) | undefined;
  /** The longest name in the storage, in characters. Default: any. */
  readonly maxLength?: number | undefined;
  /** Whether a file of the same name is replaced. Default: false, however the storage is set: it may be somebody else's. */
  readonly overwrite?: boolean | undefined;
}

/**
 * A storage engine for multer 2. Files stream into the storage; what multer refuses, it removes again.
 *
 * Multer's own limits count: give `limits`, for it has none by default.
 *
 * @see https://github.com/expressjs/multer/blob/main/StorageEngine.md
 * @example
 * const upload = multer({ storage: stowageStorage(storage), limits: { fileSize: 10_000_000, files: 1 } });
 * app.post("/photos", upload.single("photo"), (request, response) => response.json(request.file.path));
 */
export function stowageStorage(storage: Storage, options: MulterStorageOptions = {}): StorageEngine {
  const save = callbackify(store);
  const remove = callbackify(async (path: string) => storage.delete(path, { recursive: false }));
  return {
    _handleFile(request, file, done) {
      save(storage, options, request, file, done);
    },
    _removeFile(_request, file, done) {
      remove(file.path, done);
    },
  };
}

async function store(
  storage: Storage,
  { name, maxLength, overwrite = false }: MulterStorageOptions,
  request: Request,
  file: Express.Multer.File,
): Promise<MulterFile> {
  const { stream } = file;
  // Multer's "aborted" may end the stream while nobody listens yet.
  stream.on("error", () => {});
  const originalname = displayName(unescapeName(repairLatin1(file.originalname)));
  let size = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      yield chunk;
    }
    // Multer cuts at its limit and says so afterwards: half a file is not stored even for that moment.
    if ("truncated" in stream && stream.truncated === true)
      throw new Error("The file is larger than the limit.");
  }
  let path: string;
  try {
    const wanted = await generateFilename(
      storage,
      (await name?.(request, { ...file, originalname })) ?? originalname,
    );
    path = await storage.save(wanted, counted(), { maxLength, overwrite });
  } catch (error) {
    throw refusalOf(error, { field: file.fieldname, filename: originalname });
  }
  const filename = basename(path);
  return { path, filename, destination: path.slice(0, -filename.length), size, originalname };
}
