/** URLs that carry their signature: whoever has one may make one request with it until it ends. */

import { requireField } from "../s3/known-names.ts";
import type { Operation } from "../s3/operations.ts";
import { presignV4 } from "../s3/sigv4.ts";
import { presignV2 } from "#platform";
import { type ClientCore, serverDate, placeOf, regionOf } from "./core.ts";
import { CredentialsError } from "./errors.ts";
import { inputNames, readInput, writeQuery } from "./read-input.ts";
import type * as inputs from "./inputs.ts";

/** What a URL is for. Headers among the fields are signed: whoever uses it must send exactly the same. */
export type PresignInput = PresignOptions & PresignSubject;

/**
 * An object, a bucket, or neither, which lists the buckets. A key that may be undefined is no key: with it the URL would be
 * the bucket's.
 */
export type PresignSubject =
  | { readonly bucket: string; readonly key: string }
  | { readonly bucket: string; readonly key?: never }
  | { readonly bucket?: never; readonly key?: never };

/** What a URL may have, whatever it is for. */
export interface PresignOptions
  extends
    inputs.ResponseOverrides,
    inputs.AclInput,
    Omit<inputs.ObjectProperties, "expires">,
    inputs.ReadConditions {
  readonly versionId?: string | undefined;
  /** Default: GET. */
  readonly method?: Operation["method"] | undefined;
  /** 1 to 604,800, a week. Default: 3,600. */
  readonly expiresSeconds?: number | undefined;
  /** When the URL begins to work, in milliseconds since the epoch. Default: now. With a round time, URLs can be cached. */
  readonly startsAtMs?: number | undefined;
  /** A subresource such as `acl`, or further parameters. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly uploadId?: string | undefined;
  readonly partNumber?: number | undefined;
  /** Of a listing. */
  readonly prefix?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The plain URL, without a signature. Default: false. */
  readonly unsigned?: boolean | undefined;
}

const { expires: _, ...otherNames } = inputNames;
const presignNames = { ...otherNames, method: 1, expiresSeconds: 1, startsAtMs: 1, query: 1, unsigned: 1 };

/**
 * A presigned URL; for an anonymous client the plain one.
 *
 * @throws CredentialsError where the credentials are not at hand yet; RangeError for a time out of bounds.
 */
export function presign(core: ClientCore, input: PresignInput): string {
  const { method = "GET", expiresSeconds = 3600, bucket, key } = input;
  const { headers, query: pairs } = readInput("presign()", input, presignNames);
  if ("bucket" in input || "key" in input) requireField("presign()", "bucket", bucket);
  if ("key" in input) requireField("presign()", "key", key);
  const place = placeOf(core, { bucket, key });
  const query = writeQuery([], [...pairs, ...Object.entries(input.query ?? {})]);
  const url = (signed: string): string => `${place.origin}${place.path}${signed === "" ? "" : `?${signed}`}`;
  if (core.credentials === null || input.unsigned === true) return url(query);

  const credentials = core.credentials.peek();
  if (credentials === null) {
    throw new CredentialsError(
      "A URL is signed at once, but the credentials come from somewhere that must be waited for",
      "Call await client.credentials() once before, or give keys.",
    );
  }
  const date = input.startsAtMs === undefined ? serverDate(core) : new Date(input.startsAtMs);
  const request = { method, path: place.path, query, headers: { host: place.host, ...headers } };
  if (core.settings.signatureVersion === "v2") {
    const { hostedBucket } = place;
    return url(
      presignV2(request, {
        credentials,
        expires: Math.floor(date.getTime() / 1000) + expiresSeconds,
        ...(hostedBucket === undefined ? {} : { bucket: hostedBucket }),
      }),
    );
  }
  return url(presignV4(request, { credentials, region: regionOf(core, bucket), date, expiresSeconds }));
}
