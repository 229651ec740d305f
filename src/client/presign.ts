/** URLs that carry their signature: whoever has one may make one request with it until it ends. */

import type { Operation } from "../s3/operations.ts";
import { presignV4 } from "../s3/sigv4.ts";
import { presignV2 } from "#platform";
import { type ClientCore, serverDate } from "./core.ts";
import { CredentialsError } from "./errors.ts";
import { readInput, writeQuery } from "./read-input.ts";
import type * as inputs from "./inputs.ts";
import { placeOf, regionOf } from "./place.ts";

/** What a URL is for. Headers among the fields are signed: whoever uses it must send exactly the same. */
export interface PresignInput
  extends
    inputs.ResponseOverrides,
    inputs.AclInput,
    Omit<inputs.ObjectProperties, "expires">,
    inputs.ReadConditions {
  /** Without a bucket the URL lists the buckets. */
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
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

/**
 * A presigned URL; for an anonymous client the plain one.
 *
 * @throws CredentialsError where the credentials are not at hand yet; RangeError for a time out of bounds.
 */
export function presign(core: ClientCore, input: PresignInput): string {
  const { method = "GET", expiresSeconds = 3600, bucket, key } = input;
  const place = placeOf(core, { bucket, key });
  const { headers, query: pairs } = readInput(input);
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
