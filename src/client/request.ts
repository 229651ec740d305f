/** Requests that no method is made for. */

import { checkNames, type NamesOf } from "../s3/known-names.ts";
import type { Operation } from "../s3/operations.ts";
import type { Body } from "./bodies.ts";
import { payloadOf } from "./call.ts";
import type { ClientCore } from "./core.ts";
import { writeQuery } from "./read-input.ts";
import { ObjectBody } from "./object-body.ts";
import { type RequestOptions, send } from "./send.ts";

/** A request as S3's reference writes it. */
export interface RawRequest {
  /** Default: GET. */
  readonly method?: Operation["method"] | undefined;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  /** Parameters; a subresource has the value `""`. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Body | undefined;
  /** The length of a stream. */
  readonly contentLength?: number | undefined;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ObjectBody;
}

const inputNames: NamesOf<RawRequest> = {
  method: 1,
  bucket: 1,
  key: 1,
  query: 1,
  headers: 1,
  body: 1,
  contentLength: 1,
};

/** Throws as S3Client's methods do, also for an answer of 300 and above. */
export async function request(
  core: ClientCore,
  input: RawRequest,
  options?: RequestOptions,
): Promise<RawAnswer> {
  checkNames("request()", input, inputNames);
  const { method = "GET", bucket, key, query = {}, headers = {}, body, contentLength } = input;
  const payload = body === undefined ? null : (await payloadOf({ body, contentLength })).payload;
  const answer = await send(
    core,
    {
      operation: { ...anyOperation, name: `${method} request`, method },
      bucket,
      key,
      query: writeQuery([], Object.entries(query)),
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      payload,
      checksum: null,
      answer: "stream",
    },
    options,
  );
  const incoming = answer.body!;
  return {
    status: answer.status,
    headers: answer.headers,
    body: new ObjectBody(
      () => incoming,
      () => incoming.cancel(),
    ),
  };
}

const anyOperation: Omit<Operation, "name" | "method"> = {
  resource: "service",
  query: [],
  action: "",
  allowed: "user",
};
