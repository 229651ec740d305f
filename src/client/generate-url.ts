/** boto's generate_url: presigned URLs by its arguments. */

import type { NamesOf } from "../s3/known-names.ts";
import type { Operation } from "../s3/operations.ts";
import type { PresignOptions, PresignSubject } from "./presign.ts";

export type Method = Operation["method"];

export interface GenerateUrlOptions {
  /** Headers that whoever uses the URL must send. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** False: the plain URL, without a signature. Default: true. */
  readonly queryAuth?: boolean | undefined;
  /** Headers that the answer is to have, such as `{ "response-content-type": "text/plain" }`; the prefix may be left out. */
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined;
  readonly versionId?: string | undefined;
  /** Further parameters, or a subresource such as `{ acl: "" }`. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** `expiresIn` is a time, in seconds since the epoch, and no duration. Default: false. */
  readonly expiresInAbsolute?: boolean | undefined;
}

export const generateUrlNames: NamesOf<GenerateUrlOptions & PresignSubject> = {
  bucket: 1,
  key: 1,
  headers: 1,
  queryAuth: 1,
  responseHeaders: 1,
  versionId: 1,
  query: 1,
  expiresInAbsolute: 1,
};

/** Throws RangeError for an absolute time that has passed. */
export function presignInput(
  expiresIn: number,
  method: Method,
  options: GenerateUrlOptions,
  nowMs: number,
): PresignOptions {
  const expiresSeconds =
    options.expiresInAbsolute === true ? Math.round(expiresIn - nowMs / 1000) : expiresIn;
  const response = Object.entries(options.responseHeaders ?? {}).map(([name, value]) => [
    name.startsWith("response-") ? name : `response-${name.toLowerCase()}`,
    value,
  ]);
  return {
    method,
    expiresSeconds,
    versionId: options.versionId,
    headers: options.headers,
    query: { ...options.query, ...(Object.fromEntries(response) as Record<string, string>) },
  };
}
