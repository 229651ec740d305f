/**
 * File fields: a column of a record holds the name of a file, and the field knows where its files go. Django's FileField.
 * This room knows names, storages and what has to happen in which order around a commit; the core knows no ORM, and
 * only `drizzle.ts` and `prisma/` know theirs. It never opens a connection to a database.
 */

import { generateFilename, storages } from "../storage/default-storages.ts";
import { checkOptions } from "../storage/options.ts";
import { joinName, validateFileName } from "../storage/names.ts";
import type { Storage } from "../storage/storage.ts";
import type { FieldContent } from "./field-content.ts";
import { FieldFile, type SaveRecord } from "./field-file.ts";
import { strftime } from "./strftime.ts";

/** Where a field's files go: a directory with strftime marks in local time, or a function that makes the whole name. */
export type UploadTo = string | ((record: Readonly<Record<string, unknown>>, filename: string) => string);

/** Looks at a content before it is stored. */
export type ContentCheck = (content: FieldContent, field: string) => Promise<void>;

export interface FileFieldOptions {
  /**
   * `photos/%Y/%m`, or a function of the record and the name that the file came with. Default: the storage's root.
   *
   * @see https://docs.djangoproject.com/en/stable/ref/models/fields/#django.db.models.FileField.upload_to
   */
  readonly uploadTo?: UploadTo | undefined;
  /** A storage, or a function that is asked when it is first needed. Default: `storages.default`. */
  readonly storage?: Storage | (() => Storage) | undefined;
  /** The longest name, in characters, as wide as the column. Default: 100. */
  readonly maxLength?: number | undefined;
  /** `"record"`: a file goes when its record is deleted. Default: it stays, as in Django. */
  readonly deleteWith?: "record" | undefined;
  /** Looks at each content before it is stored, and throws where it must not be. */
  readonly check?: ContentCheck | undefined;
  /** Milliseconds since the epoch, for strftime. Default: Date.now. */
  readonly clock?: (() => number) | undefined;
}

/**
 * A field for files.
 *
 * @param name The column's name, for messages.
 * @throws RangeError for an unknown strftime mark, and a maxLength that is no whole number above 0.
 * @example
 * const photo = fileField("photo", { uploadTo: "photos/%Y", storage: storages.default });
 */
export function fileField(name: string, options?: FileFieldOptions): FileField {
  return new FileField(name, options);
}

const optionNames = [
  "uploadTo",
  "storage",
  "maxLength",
  "deleteWith",
  "check",
  "clock",
] as const satisfies (keyof FileFieldOptions)[];

/** What {@link fileField} makes: a field of a record, which knows where its files go. */
export class FileField {
  /** The column's name. */
  readonly name: string;
  readonly uploadTo: UploadTo;
  readonly maxLength: number;
  readonly deleteWith: "record" | undefined;
  readonly check: ContentCheck | undefined;
  readonly #storage: Storage | (() => Storage);
  readonly #clock: () => number;

  constructor(name: string, options: FileFieldOptions = {}) {
    checkOptions("fileField", options, optionNames);
    const { uploadTo = "", storage = storages.default, maxLength = 100 } = options;
    this.name = name;
    this.uploadTo = uploadTo;
    this.maxLength = maxLength;
    this.deleteWith = options.deleteWith;
    this.check = options.check;
    this.#storage = storage;
    this.#clock = options.clock ?? Date.now;
    if (!Number.isInteger(maxLength) || maxLength < 1) {
      throw new RangeError(
        `The field ${JSON.stringify(name)} has maxLength ${maxLength}; it must be 1 or more.`,
      );
    }
    // A mark that is none is told now, and not to whoever uploads first.
    if (typeof uploadTo === "string") strftime(uploadTo, new Date(0));
  }

  /** Where the files are. A function is asked each time, as it may decide by the environment. */
  get storage(): Storage {
    return typeof this.#storage === "function" ? this.#storage() : this.#storage;
  }

  /**
   * The directory that all of the field's files are below, without marks. Null where a function makes the names.
   *
   * @example
   * fileField("photo", { uploadTo: "photos/%Y" }).directory; // "photos"
   */
  get directory(): string | null {
    if (typeof this.uploadTo !== "string") return null;
    const parts = this.uploadTo.split("/");
    const marked = parts.findIndex((part) => part.includes("%"));
    return (marked === -1 ? parts : parts.slice(0, marked)).filter(Boolean).join("/");
  }

  /**
   * The field's file of a record.
   *
   * @param record What `uploadTo` is given.
   * @param name What the column holds.
   * @param saveRecord What {@link FieldFile.save} and {@link FieldFile.delete} save the record with.
   */
  of(record: Readonly<Record<string, unknown>>, name?: string | null, saveRecord?: SaveRecord): FieldFile {
    return new FieldFile(this, record, name ?? "", saveRecord);
  }

  /** The type that a new file is stored with. Undefined: as the storage tells it, by the name. */
  async contentTypeOf(content: FieldContent): Promise<string | undefined> {
    return content.contentType;
  }

  /**
   * The name that a new file is to have, before it is known whether it is free.
   *
   * @throws SuspiciousFileOperation for a name that leads elsewhere, or of which nothing is left.
   */
  async nameFor(record: Readonly<Record<string, unknown>>, filename: string): Promise<string> {
    const { uploadTo, storage } = this;
    const wanted =
      typeof uploadTo === "function"
        ? uploadTo(record, filename)
        : joinName(strftime(uploadTo, new Date(this.#clock())), validateFileName(filename));
    const name = validateFileName(wanted);
    return generateFilename(storage, name);
  }
}
