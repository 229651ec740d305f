/** `encoding-type=url`: names in a listing percent-encoded, since XML 1.0 cannot carry every key. */

import { uriEncode } from "../encoding.ts";
import { S3Error } from "../errors.ts";

/** How names in a listing are encoded; `undefined` is plainly. */
export type EncodingType = "url";

/**
 * The query parameter `encoding-type`.
 *
 * @throws {S3Error} `InvalidArgument` for anything but `url`.
 */
export function parseEncodingType(value: string | undefined): EncodingType | undefined {
  if (value === undefined || value === "") return undefined;
  if (value.toLowerCase() === "url") return "url";
  throw new S3Error("InvalidArgument", {
    message: "Invalid Encoding Method specified in Request",
    details: { ArgumentName: "encoding-type", ArgumentValue: value },
  });
}

/**
 * A name as a listing shows it.
 *
 * AWS encodes as forms do, with `+` for a space. Ceph's suite wants `%20`, which every client that understands `+`
 * understands too, and those that only know percent signs as well.
 */
export function encodeName(name: string, encodingType: EncodingType | undefined): string {
  return encodingType === undefined || plainName.test(name) ? name : uriEncode(name, { slash: false });
}

/** Most keys are such, and SDKs ask for `url` in every listing. */
const plainName = /^[\w.~/-]*$/;

/** The reverse, for either way to write a space. What is not encoded properly stays as it is. */
export function decodeName(name: string, encodingType: EncodingType | undefined): string {
  if (encodingType !== "url" || !/[+%]/.test(name)) return name;
  try {
    return decodeURIComponent(name.replaceAll("+", " "));
  } catch {
    return name;
  }
}
