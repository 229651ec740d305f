/** Where a page of a listing ended, for the next one. */

import { S3Error } from "../../s3/errors.ts";

/** It is opaque so that it can become something else. */
export function writeToken(last: string): string {
  return `1.${Buffer.from(last).toString("base64url")}`;
}

/** @throws {S3Error} `InvalidArgument` for what {@link writeToken} has not written. */
export function readToken(token: string): string {
  const [, encoded] = /^1\.([A-Za-z0-9_-]+)$/.exec(token) ?? [];
  const last = Buffer.from(encoded ?? "", "base64url").toString();
  if (last !== "" && writeToken(last) === token) return last;
  throw new S3Error("InvalidArgument", {
    message: "The continuation token provided is incorrect",
    details: { ArgumentName: "continuation-token", ArgumentValue: token },
  });
}
