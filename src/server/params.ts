/** Query values that must have a form. */

import { S3Error } from "../s3/errors.ts";
import type { S3Request } from "./request.ts";

/**
 * A whole number, or `undefined` where the parameter is missing or empty.
 *
 * @throws {S3Error} `InvalidArgument` outside the limits. A number above `cap` is read as `cap`, as `max-keys` is.
 */
export function integerParam(
  params: S3Request["params"],
  name: string,
  { min, max, cap }: { min: number; max: number; cap?: number },
): number | undefined {
  const text = params.get(name);
  if (text === undefined || text === "") return undefined;
  const value = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) {
    throw new S3Error("InvalidArgument", {
      message: `Argument ${name} must be an integer between ${min} and ${max}.`,
      details: { ArgumentName: name, ArgumentValue: text },
    });
  }
  return cap === undefined ? value : Math.min(value, cap);
}

/**
 * For operations that write what will be a version of its own.
 *
 * @throws {S3Error} `InvalidArgument` where the request names a version.
 */
export function refuseVersionId(params: S3Request["params"]): void {
  const versionId = params.get("versionId");
  if (versionId === undefined) return;
  throw new S3Error("InvalidArgument", {
    message: "This operation does not accept a version-id.",
    details: { ArgumentName: "versionId", ArgumentValue: versionId },
  });
}
