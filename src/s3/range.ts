/** Byte ranges: the Range and Content-Range headers, and the range of a copied part. */

import { S3Error } from "./errors.ts";

/** A range of bytes; both ends are inclusive, counted from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The range that a Range header asks for.
 *
 * @param header The header, or undefined when there was none.
 * @param sizeBytes Size of the object.
 * @returns null for the whole object: without a header, with one that is malformed, in other units, or that asks for
 *   several ranges, which S3 answers with the whole.
 * @throws {S3Error} `InvalidRange` when no byte of the object is in the range.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2
 * @example
 * parseRange("bytes=-5", 11); // { start: 6, end: 10 }
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | null {
  if (header === undefined) return null;
  const match = /^bytes=(\d*)-(\d*)$/i.exec(header.trim());
  if (match === null) return null;
  const [, first = "", last = ""] = match;
  if (first === "") {
    if (last === "") return null;
    const length = Math.min(Number(last), sizeBytes);
    if (length === 0) throw unsatisfiable(header, sizeBytes);
    return { start: sizeBytes - length, end: sizeBytes - 1 };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return null;
  if (start >= sizeBytes) throw unsatisfiable(header, sizeBytes);
  return { start, end: last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}

function unsatisfiable(header: string, sizeBytes: number): S3Error {
  return new S3Error("InvalidRange", {
    details: { RangeRequested: header, ActualObjectSize: String(sizeBytes) },
    headers: { "content-range": `bytes */${sizeBytes}` },
  });
}

/** The Content-Range header of a 206, such as `bytes 4-7/11`. */
export function formatContentRange(range: ByteRange, sizeBytes: number): string {
  return `bytes ${range.start}-${range.end}/${sizeBytes}`;
}

/**
 * A Content-Range header, as a client reads it.
 *
 * @returns null for anything but `bytes first-last/size`; `sizeBytes` is null where the server wrote `*`.
 */
export function parseContentRange(value: string): (ByteRange & { readonly sizeBytes: number | null }) | null {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(value.trim());
  if (match === null) return null;
  const [, start, end, size] = match;
  return { start: Number(start), end: Number(end), sizeBytes: size === "*" ? null : Number(size) };
}

/**
 * The header `x-amz-copy-source-range`. Unlike Range it names both ends, and both must lie in the source.
 *
 * @param header The header, or undefined when there was none.
 * @returns null without the header: the part is the whole source.
 * @throws {S3Error} `InvalidArgument` for any other form, `InvalidRange` for one that leaves the source.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
 */
export function parseCopySourceRange(header: string | undefined, sourceSizeBytes: number): ByteRange | null {
  if (header === undefined) return null;
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  if (match === null || end < start) {
    throw new S3Error("InvalidArgument", {
      message:
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      details: { ArgumentName: "x-amz-copy-source-range", ArgumentValue: header },
    });
  }
  if (end >= sourceSizeBytes) {
    throw new S3Error("InvalidRange", {
      message: `Range specified is not valid for source object of size: ${sourceSizeBytes}`,
      details: { RangeRequested: header, ActualObjectSize: String(sourceSizeBytes) },
    });
  }
  return { start, end };
}
