/** The operations on a bucket's subresources. What each does is told where people meet it, in `bucket-settings.ts`. */

import type { CorsRule } from "../s3/cors.ts";
import { corsConfigurationXml, parseCorsConfiguration } from "../s3/documents/cors.ts";
import { bucketEncryptionXml, parseBucketEncryption } from "../s3/documents/encryption.ts";
import { checkNames, type KnownNames, type NamesOf } from "../s3/known-names.ts";
import { parseTagging, taggingXml } from "../s3/documents/tagging.ts";
import type { BucketEncryption } from "../s3/server-side-encryption.ts";
import type { Tags } from "../s3/tags.ts";
import { readChoice } from "../s3/documents/elements.ts";
import { element, xmlDocument } from "../s3/xml.ts";
import type { Payer } from "./bucket-settings.ts";
import { parseWebsiteConfiguration, websiteConfigurationXml } from "../s3/documents/website.ts";
import type { RedirectTarget, WebsiteConfiguration } from "../s3/website.ts";
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
  checkNames("PutBucketCors", input.rules, corsRuleNames);
  await put(core, "PutBucketCors", input, corsConfigurationXml(input.rules), options);
}

const corsRuleNames: NamesOf<CorsRule> = {
  id: 1,
  allowedOrigins: 1,
  allowedMethods: 1,
  allowedHeaders: 1,
  exposeHeaders: 1,
  maxAgeSeconds: 1,
};

export async function deleteBucketCors(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<void> {
  await sendCall(core, "DeleteBucketCors", input, options, { answer: "nothing" });
}

export async function getBucketWebsite(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<WebsiteConfiguration> {
  return (await ask(parseWebsiteConfiguration, core, "GetBucketWebsite", input, options)).value;
}

export async function putBucketWebsite(
  core: ClientCore,
  input: inputs.BucketInput & { readonly website: WebsiteConfiguration },
  options?: RequestOptions,
): Promise<void> {
  checkNames("PutBucketWebsite", input.website, websiteNames);
  await put(core, "PutBucketWebsite", input, websiteConfigurationXml(input.website), options);
}

const targetNames: NamesOf<RedirectTarget> = { hostName: 1, protocol: 1 };

const websiteNames: KnownNames = {
  indexSuffix: 1,
  errorKey: 1,
  redirectAllRequestsTo: targetNames,
  routingRules: {
    condition: { keyPrefixEquals: 1, httpErrorCodeReturnedEquals: 1 },
    redirect: { ...targetNames, httpRedirectCode: 1, replaceKeyPrefixWith: 1, replaceKeyWith: 1 },
  },
};

export async function deleteBucketWebsite(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<void> {
  await sendCall(core, "DeleteBucketWebsite", input, options, { answer: "nothing" });
}

export async function getBucketRequestPayment(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<Payer> {
  return (await ask(readPayer, core, "GetBucketRequestPayment", input, options)).value;
}

export async function putBucketRequestPayment(
  core: ClientCore,
  input: inputs.BucketInput & { readonly payer: Payer },
  options?: RequestOptions,
): Promise<void> {
  const xml = xmlDocument("RequestPaymentConfiguration", element("Payer", input.payer));
  await put(core, "PutBucketRequestPayment", input, xml, options);
}

function readPayer(xml: string): Payer {
  return readChoice(xml, "RequestPaymentConfiguration", "Payer", ["BucketOwner", "Requester"]);
}

export async function getBucketEncryption(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<BucketEncryption> {
  return (await ask(parseBucketEncryption, core, "GetBucketEncryption", input, options)).value;
}

export async function putBucketEncryption(
  core: ClientCore,
  { encryption, ...input }: inputs.BucketInput & { readonly encryption: BucketEncryption },
  options?: RequestOptions,
): Promise<void> {
  checkNames("PutBucketEncryption", encryption, encryptionNames);
  // Not left in the input, where it would be a header.
  await put(core, "PutBucketEncryption", input, bucketEncryptionXml(encryption), options);
}

const encryptionNames: NamesOf<BucketEncryption> = {
  algorithm: 1,
  kmsKeyId: 1,
  bucketKeyEnabled: 1,
  blocksCustomerKeys: 1,
};

export async function deleteBucketEncryption(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<void> {
  await sendCall(core, "DeleteBucketEncryption", input, options, { answer: "nothing" });
}

export async function getBucketTagging(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<Tags> {
  return (await ask(readTags, core, "GetBucketTagging", input, options)).value;
}

export async function putBucketTagging(
  core: ClientCore,
  input: inputs.BucketInput & { readonly tags: Tags },
  options?: RequestOptions,
): Promise<void> {
  await put(core, "PutBucketTagging", input, taggingXml(input.tags), options);
}

export async function deleteBucketTagging(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<void> {
  await sendCall(core, "DeleteBucketTagging", input, options, { answer: "nothing" });
}

/** Reads what GetBucketTagging and GetObjectTagging answer. */
export function readTags(xml: string): Tags {
  return Object.fromEntries(parseTagging(xml));
}

/** Sends a document that sets something. */
export async function put(
  core: ClientCore,
  name: string,
  input: inputs.BucketInput,
  xml: string,
  options: RequestOptions | undefined,
): Promise<void> {
  await sendCall(core, name, input, options, { ...documentBody(xml), answer: "nothing" });
}
