/** What a storage refuses, told to whoever sent it. */

import { StorageError, SuspiciousFileOperation } from "../storage/errors.ts";
import { quote } from "./file-names.ts";
import { UploadError } from "./upload-error.ts";

/** What storing a file failed with: the error of whoever sent it, where its name is to blame, else the same. */
export function refusalOf(
  cause: unknown,
  { field, filename }: { readonly field: string; readonly filename: string },
): unknown {
  const options = { cause, field, filename };
  if (cause instanceof SuspiciousFileOperation) {
    return new UploadError("FilenameInvalid", `${quote(filename)} is no name for a file here.`, options);
  }
  if (!(cause instanceof StorageError) || cause.code !== "NameTooLong") return cause;
  return new UploadError("FilenameTooLong", `The name ${quote(filename)} is too long.`, options);
}
