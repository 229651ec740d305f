/** The operations on who may use a bucket. What each does is told where people meet it, in `bucket-settings.ts`. */

import {
  type ObjectOwnership,
  ownershipControlsXml,
  parseOwnershipControls,
} from "../s3/documents/ownership-controls.ts";
import { parsePolicyStatus } from "../s3/documents/policy-status.ts";
import {
  parsePublicAccessBlock,
  type PublicAccessBlock,
  publicAccessBlockXml,
} from "../s3/documents/public-access-block.ts";
import { ask, sendCall } from "./ask.ts";
import { put } from "./bucket-settings-operations.ts";
import { documentBody } from "./call.ts";
import type { ClientCore } from "./core.ts";
import type * as inputs from "./inputs.ts";
import type { RequestOptions } from "./send.ts";

export async function getBucketPolicy(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<string> {
  return (await sendCall(core, "GetBucketPolicy", input, options)).text;
}

export async function putBucketPolicy(
  core: ClientCore,
  { policy, ...input }: inputs.PutBucketPolicyInput,
  options?: RequestOptions,
): Promise<void> {
  const { payload, headers } = documentBody(typeof policy === "string" ? policy : JSON.stringify(policy));
  await sendCall(core, "PutBucketPolicy", input, options, {
    ...(payload === undefined ? {} : { payload }),
    headers: { ...headers, "content-type": "application/json" },
    answer: "nothing",
  });
}

export async function deleteBucketPolicy(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<void> {
  await sendCall(core, "DeleteBucketPolicy", input, options, { answer: "nothing" });
}

export async function getBucketPolicyStatus(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<{ isPublic: boolean }> {
  return { isPublic: (await ask(parsePolicyStatus, core, "GetBucketPolicyStatus", input, options)).value };
}

export async function getPublicAccessBlock(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<PublicAccessBlock> {
  return (await ask(parsePublicAccessBlock, core, "GetPublicAccessBlock", input, options)).value;
}

export async function putPublicAccessBlock(
  core: ClientCore,
  input: inputs.BucketInput & Partial<PublicAccessBlock>,
  options?: RequestOptions,
): Promise<void> {
  const {
    blockPublicAcls = false,
    ignorePublicAcls = false,
    blockPublicPolicy = false,
    restrictPublicBuckets = false,
    ...rest
  } = input;
  const block = { blockPublicAcls, ignorePublicAcls, blockPublicPolicy, restrictPublicBuckets };
  await put(core, "PutPublicAccessBlock", rest, publicAccessBlockXml(block), options);
}

export async function deletePublicAccessBlock(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<void> {
  await sendCall(core, "DeletePublicAccessBlock", input, options, { answer: "nothing" });
}

export async function getBucketOwnershipControls(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<ObjectOwnership> {
  return (await ask(parseOwnershipControls, core, "GetBucketOwnershipControls", input, options)).value;
}

export async function putBucketOwnershipControls(
  core: ClientCore,
  { objectOwnership, ...input }: inputs.BucketInput & { readonly objectOwnership: ObjectOwnership },
  options?: RequestOptions,
): Promise<void> {
  await put(core, "PutBucketOwnershipControls", input, ownershipControlsXml(objectOwnership), options);
}

export async function deleteBucketOwnershipControls(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<void> {
  await sendCall(core, "DeleteBucketOwnershipControls", input, options, { answer: "nothing" });
}
