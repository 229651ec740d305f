/** The operations on a bucket's subresources. What each does is told where people meet it, in `bucket-settings.ts`. */

import type { CorsRule } from "../s3/cors.ts";
import { corsConfigurationXml, parseCorsConfiguration } from "../s3/documents/cors.ts";
import { ask, sendCall } from "./ask.ts";
import { documentBody } from "./call.ts";
import type { ClientCore } from "./core.ts";
import type * as inputs from "./inputs.ts";
import type { RequestOptions } from "./send.ts";

export async function getBucketCors(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<CorsRule[]> {
  return (await ask(parseCorsConfiguration, core, "GetBucketCors", input, options)).value;
}

export async function putBucketCors(
  core: ClientCore,
  input: inputs.BucketInput & { readonly rules: readonly CorsRule[] },
  options?: RequestOptions,
): Promise<void> {
  await put(core, "PutBucketCors", input, corsConfigurationXml(input.rules), options);
}

export async function deleteBucketCors(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<void> {
  await sendCall(core, "DeleteBucketCors", input, options, { answer: "nothing" });
}

async function put(
  core: ClientCore,
  name: string,
  input: inputs.BucketInput,
  xml: string,
  options: RequestOptions | undefined,
): Promise<void> {
  await sendCall(core, name, input, options, { ...documentBody(xml), answer: "nothing" });
}
