/** The errors of file fields. What the storage throws passes through as it is. */

import { StorageError, type StorageErrorOptions } from "../storage/errors.ts";

export type FileFieldErrorCode =
  | "NoFile"
  | "NotStored"
  | "NotAnImage"
  | "TooManyPixels"
  | "InsideTransaction";

/** What a file field refuses or does not have. */
export class FileFieldError extends StorageError {
  override readonly name: string = "FileFieldError";
  declare readonly code: FileFieldErrorCode;
  /** The name of the field, so that a form can say it beside its input. */
  readonly field: string;

  constructor(field: string, code: FileFieldErrorCode, message: string, options?: StorageErrorOptions) {
    super(code, message, options);
    this.field = field;
  }
}
