/** How much a form may hold. */

export interface UploadLimits {
  /** Bytes of one file. Default: 100 MiB. */
  readonly maxFileBytes?: number | undefined;
  /** Files in one form. Default: 10. */
  readonly maxFiles?: number | undefined;
  /** Fields that are no files. Default: 100. */
  readonly maxFields?: number | undefined;
  /** Bytes of one field's value. Default: 64 KiB. */
  readonly maxFieldBytes?: number | undefined;
  /** Bytes of a field's name. Default: 100. */
  readonly maxFieldNameBytes?: number | undefined;
  /** Bytes of a file's name, in UTF-8. Default: 240, so that a storage can add to it. */
  readonly maxFilenameBytes?: number | undefined;
  /** Bytes of the whole body. Default: as many as the other limits leave room for. */
  readonly maxTotalBytes?: number | undefined;
}

export const limitNames: readonly (keyof UploadLimits)[] = [
  "maxFileBytes",
  "maxFiles",
  "maxFields",
  "maxFieldBytes",
  "maxFieldNameBytes",
  "maxFilenameBytes",
  "maxTotalBytes",
];

export type Limits = { readonly [Name in keyof UploadLimits]-?: number };

const mebibyte = 1024 * 1024;

/** @throws RangeError for what is no limit. */
export function readLimits(limits: UploadLimits): Limits {
  const {
    maxFileBytes = 100 * mebibyte,
    maxFiles = 10,
    maxFields = 100,
    maxFieldBytes = 64 * 1024,
    maxFieldNameBytes = 100,
    maxFilenameBytes = 240,
    // What stands between the values is small, and bounded by the number of parts.
    maxTotalBytes = maxFiles * maxFileBytes + maxFields * maxFieldBytes + mebibyte,
  } = limits;
  const read = {
    maxFileBytes,
    maxFiles,
    maxFields,
    maxFieldBytes,
    maxFieldNameBytes,
    maxFilenameBytes,
    maxTotalBytes,
  };
  for (const [name, value] of Object.entries(read)) {
    if (value >= 0) continue;
    throw new RangeError(`${name} is ${value}: a limit is a number of at least 0.`);
  }
  return read;
}

/** A number of bytes as people read it. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toFixed(1))} ${units[unit]}`;
}
