/** The files of a form into a storage. */

import { generateFilename } from "../storage/default-storages.ts";
import { checkOptions } from "../storage/options.ts";
import type { Storage } from "../storage/storage.ts";
import { checkType, checkTypes, typeByName } from "./check-type.ts";
import { quote, uploadedName } from "./file-names.ts";
import { type FormFile, readForm, type UploadRequest } from "./read-form.ts";
import { refusalOf } from "./refusal.ts";
import { sniffBytes } from "./sniff.ts";
import { UploadError } from "./upload-error.ts";
import { limitNames, type Limits, readLimits, type UploadLimits } from "./upload-limits.ts";

/** A file on its way in. Its bytes can be read once. */
export interface IncomingFile extends AsyncIterable<Uint8Array> {
  /** The form's field. */
  readonly field: string;
  /** As the person sees it: without directories, control characters and marks of direction. */
  readonly filename: string;
  /** By the name; by the bytes too where they were checked. What the client says of it is not believed. */
  readonly contentType: string;
}

/** A file that was taken. */
export interface UploadedFile {
  readonly field: string;
  /** As the person sees it. */
  readonly filename: string;
  /** In the storage: keep this one. Empty where a callback took the file. */
  readonly name: string;
  readonly size: number;
  readonly contentType: string;
}

export interface UploadOptions extends UploadLimits {
  /** Where files go. Either this or onFile. */
  readonly storage?: Storage | undefined;
  /** A name for the storage. Default: the file's name, made valid. One that is taken gets seven characters more. */
  readonly name?: ((file: IncomingFile) => string) | undefined;
  /** The longest name in the storage, in characters. Default: any. */
  readonly maxLength?: number | undefined;
  /**
   * Whether a file of the same name is replaced. Default: false, however the storage is set: it may be somebody else's,
   * and could not come back where the request fails.
   */
  readonly overwrite?: boolean | undefined;
  /** Takes a file instead of a storage, and reads it to its end before it resolves. */
  readonly onFile?: ((file: IncomingFile) => Promise<void>) | undefined;
  /** The fields that may hold files. Default: any. */
  readonly fields?: readonly string[] | undefined;
  /**
   * The types that are taken, such as `image/*` and `application/pdf`; SVG must be named. Checked by the first bytes.
   * Default: any.
   */
  readonly types?: readonly string[] | undefined;
  /** Whether a file's first bytes must agree with its name. Default: where `types` are given. */
  readonly checkType?: boolean | undefined;
  /** Whether a file may have no bytes. Default: false. */
  readonly allowEmpty?: boolean | undefined;
  /** Stops it; nothing is left behind. */
  readonly signal?: AbortSignal | undefined;
}

const optionNames = [
  ...limitNames,
  "storage",
  "name",
  "maxLength",
  "overwrite",
  "onFile",
  "fields",
  "types",
  "checkType",
  "allowEmpty",
  "signal",
] as const satisfies (keyof UploadOptions)[];

/** A form that was read. */
export interface Uploads {
  /** The fields that are no files, in their order; a field may come several times. */
  readonly fields: URLSearchParams;
  /** In their order. */
  readonly files: readonly UploadedFile[];
  /** Deletes the files from the storage again: where what comes after fails. */
  discard(): Promise<void>;
  /** From now on {@link discard} does nothing: a record names the files. `withFiles({ uploads })` says so by itself. */
  keep(): void;
}

/**
 * Reads a form with files; each goes straight into the storage, none is held in memory. File inputs that were left empty
 * are no files.
 *
 * When anything of it is refused or fails, or the client goes away, nothing stays in the storage.
 *
 * @param request A web-standard Request, or node's. Nothing may have read its body.
 * @throws UploadError with a status for the answer and a message for the person; TypeError where neither a storage nor
 *   a callback is given, ImproperlyConfigured for an option that there is not.
 * @example
 * const form = await parseUploads(request, { storage, types: ["image/*"], maxFileBytes: 10_000_000 });
 * console.log(form.fields.get("title"), form.files[0]?.name);
 */
export async function parseUploads(request: UploadRequest, options: UploadOptions): Promise<Uploads> {
  // A limit by another name would be none.
  checkOptions("parseUploads", options, optionNames);
  checkTypes(options.types);
  const { storage, onFile, signal } = options;
  if ((storage === undefined) === (onFile === undefined)) {
    throw new TypeError("Files go into a storage or to onFile: give parseUploads() one of the two.");
  }
  const limits = readLimits(options);
  const fields = new URLSearchParams();
  const files: (UploadedFile | undefined)[] = [];
  const stored: string[] = [];
  const discard = async (): Promise<void> => {
    const names = stored.splice(0);
    // Never a directory that has the name by now.
    if (storage !== undefined)
      await Promise.all(names.map((name) => storage.delete(name, { recursive: false })));
  };
  const take = async (form: FormFile): Promise<void> => {
    const place = files.push(undefined) - 1;
    const file = await openFile(form, limits, options);
    if (file === null) return;
    if (files.filter((other) => other !== undefined).length >= limits.maxFiles) throw tooManyFiles(limits);
    const { field, filename, contentType } = file;
    files[place] = { field, filename, contentType, name: "", size: 0 };
    const { name, size } =
      storage === undefined ? await hand(file, onFile) : await save(file, storage, options);
    if (storage !== undefined) stored.push(name);
    files[place] = { field, filename, contentType, name, size };
  };
  try {
    await readForm(
      request,
      limits,
      { onField: (name, value) => fields.append(name, value), onFile: take },
      signal,
    );
  } catch (error) {
    // The cause is told, not that cleaning up failed too: `stowage orphans` finds what was left.
    await discard().catch(() => {});
    throw error;
  }
  const keep = (): void => void stored.splice(0);
  return { fields, files: files.filter((file) => file !== undefined), discard, keep };
}

/** Checks what can be told before the file is stored. Null where a file input was left empty. */
async function openFile(
  { field, rawName, bytes }: FormFile,
  limits: Limits,
  { types, checkType: check = types !== undefined, allowEmpty = false, fields }: UploadOptions,
): Promise<CountedFile | null> {
  const iterator = bytes[Symbol.asyncIterator]();
  const head = await readHead(iterator, check ? sniffBytes : 1);
  if (head.length === 0 && rawName === "") return null;
  const filename = uploadedName(rawName, limits.maxFilenameBytes);
  if (fields !== undefined && !fields.includes(field)) {
    throw new UploadError("UnexpectedFile", `The field ${quote(field)} takes no file.`, { field, filename });
  }
  if (head.length === 0 && !allowEmpty) {
    throw new UploadError("FileEmpty", `${quote(filename)} is empty.`, { field, filename });
  }
  const contentType = check ? checkType({ filename, head, field }, types) : typeByName(filename);
  return new CountedFile({ field, filename, contentType, head, iterator });
}

class CountedFile implements IncomingFile {
  readonly field: string;
  readonly filename: string;
  readonly contentType: string;
  size = 0;
  readonly #head: Uint8Array;
  readonly #iterator: AsyncIterator<Uint8Array>;

  constructor(init: {
    readonly field: string;
    readonly filename: string;
    readonly contentType: string;
    readonly head: Uint8Array;
    readonly iterator: AsyncIterator<Uint8Array>;
  }) {
    this.field = init.field;
    this.filename = init.filename;
    this.contentType = init.contentType;
    this.#head = init.head;
    this.#iterator = init.iterator;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let chunk: Uint8Array | undefined = this.#head;
    while (chunk !== undefined) {
      this.size += chunk.length;
      if (chunk.length > 0) yield chunk;
      const { done, value } = await this.#iterator.next();
      chunk = done === true ? undefined : value;
    }
  }
}

/** At least `wanted` bytes, or all. */
async function readHead(iterator: AsyncIterator<Uint8Array>, wanted: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < wanted) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    chunks.push(value);
    bytes += value.length;
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

async function save(
  file: CountedFile,
  storage: Storage,
  { name: nameOf, maxLength, overwrite = false, signal }: UploadOptions,
): Promise<{ name: string; size: number }> {
  const { field, filename, contentType } = file;
  try {
    const wanted = await generateFilename(storage, nameOf === undefined ? filename : nameOf(file));
    const name = await storage.save(wanted, file, { contentType, maxLength, overwrite, signal });
    return { name, size: file.size };
  } catch (cause) {
    throw refusalOf(cause, { field, filename });
  }
}

async function hand(
  file: CountedFile,
  onFile: UploadOptions["onFile"],
): Promise<{ name: string; size: number }> {
  await onFile?.(file);
  return { name: "", size: file.size };
}

function tooManyFiles({ maxFiles: limit }: Limits): UploadError {
  return new UploadError(
    "TooManyFiles",
    `More than ${limit} file${limit === 1 ? "" : "s"} at once are not taken.`,
    {
      limit,
    },
  );
}
