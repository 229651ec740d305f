/**
 * The operations of S3, a function each: from an input to a request, and from its answer to a value. What each does is
 * told where people meet it, in `s3-client.ts`.
 */

import { checkNames, requireField } from "../s3/known-names.ts";
import { type CopyResult, parseCopyObjectResult } from "../s3/documents/copy-result.ts";
import { createBucketConfigurationXml } from "../s3/documents/create-bucket.ts";
import { type DeleteResult, deleteXml, parseDeleteResult } from "../s3/documents/delete.ts";
import { type BucketList, parseListBuckets } from "../s3/documents/list-buckets.ts";
import {
  type ObjectListV1,
  type ObjectListV2,
  parseListObjectsV1,
  parseListObjectsV2,
} from "../s3/documents/list-objects.ts";
import { parseLocation } from "../s3/documents/location.ts";
import { ask, sendCall } from "./ask.ts";
import {
  checksumAlgorithmHeader,
  checksumOf,
  createCall,
  defaultContentType,
  documentBody,
  payloadOf,
  urlEncoded,
} from "./call.ts";
import type { ClientCore } from "./core.ts";
import { type DownloadOptions, downloadNames, resumable } from "./download.ts";
import type * as inputs from "./inputs.ts";
import type { ObjectBody } from "./object-body.ts";
import { type ObjectInfo, type Versioned, type Written, readObjectInfo, readWritten } from "./outputs.ts";
import { ownPut, wasOwn } from "./own-success.ts";
import { type RequestOptions, type SendOptions, send } from "./send.ts";
import { endpointFor } from "./settings.ts";

// ------------------------------------------------------------------------------------------------------- buckets

export async function listBuckets(
  core: ClientCore,
  input: inputs.ListBucketsInput = {},
  options?: RequestOptions,
): Promise<BucketList> {
  return (await ask(parseListBuckets, core, "ListBuckets", input, options)).value;
}

export async function createBucket(
  core: ClientCore,
  input: inputs.CreateBucketInput,
  options?: RequestOptions,
): Promise<void> {
  const { settings, regions } = core;
  const aws = endpointFor(settings, settings.region).aws;
  const location = input.locationConstraint ?? (aws ? settings.region : "");
  // A bucket of Amazon's is created at the host of its region; us-east-1 is what is not named.
  if (aws && location !== "" && location !== settings.region) regions.set(input.bucket, location);
  const named = location !== "" && location !== "us-east-1";
  const { tags } = input;
  const configuration = { locationConstraint: named ? location : undefined, tags };
  const body = named || tags !== undefined ? documentBody(createBucketConfigurationXml(configuration)) : {};
  await wasOwn("BucketAlreadyOwnedByYou", () =>
    sendCall(core, "CreateBucket", input, options, { ...body, answer: "nothing" }),
  );
}

export async function deleteBucket(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<void> {
  await wasOwn("NoSuchBucket", () => sendCall(core, "DeleteBucket", input, options, { answer: "nothing" }));
}

export async function headBucket(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<{ region: string | undefined }> {
  const { headers } = await sendCall(core, "HeadBucket", input, options, { answer: "nothing" });
  return { region: headers["x-amz-bucket-region"] };
}

export async function getBucketLocation(
  core: ClientCore,
  input: inputs.BucketInput,
  options?: RequestOptions,
): Promise<string> {
  return (await ask(parseLocation, core, "GetBucketLocation", input, options)).value;
}

// ------------------------------------------------------------------------------------------------------- listings

export async function listObjects(
  core: ClientCore,
  input: inputs.ListObjectsInput,
  options?: RequestOptions,
): Promise<ObjectListV1> {
  return (await ask(parseListObjectsV1, core, "ListObjects", input, options, urlEncoded)).value;
}

export async function listObjectsV2(
  core: ClientCore,
  input: inputs.ListObjectsV2Input,
  options?: RequestOptions,
): Promise<ObjectListV2> {
  return (await ask(parseListObjectsV2, core, "ListObjectsV2", input, options, urlEncoded)).value;
}

// -------------------------------------------------------------------------------------------------------- objects

export async function putObject(
  core: ClientCore,
  input: inputs.PutObjectInput,
  options?: SendOptions,
): Promise<Written> {
  const { payload, contentType } = await payloadOf(input);
  const call = { payload, checksum: checksumOf(core, input) };
  const typed = { ...input, contentType: input.contentType ?? contentType ?? defaultContentType };
  return ownPut(
    (object) => headObject(core, object),
    input,
    payload,
    async () => {
      const { headers } = await sendCall(core, "PutObject", typed, options, { ...call, answer: "nothing" });
      return readWritten(headers);
    },
  );
}

export async function getObject(
  core: ClientCore,
  input: inputs.GetObjectInput,
  options: DownloadOptions = {},
): Promise<ObjectInfo & { readonly body: ObjectBody }> {
  const call = createCall("GetObject", input, { answer: "stream", headers: checksumMode(core) });
  checkNames("GetObject", options, downloadNames);
  const { onProgress: _, ...sending } = options;
  const answer = await send(core, call, sending);
  const info = readObjectInfo(answer.headers);
  return { ...info, body: resumable(core, call, answer, info, options) };
}

export async function headObject(
  core: ClientCore,
  input: inputs.HeadObjectInput,
  options?: RequestOptions,
): Promise<ObjectInfo> {
  const headers = checksumMode(core);
  const answer = await sendCall(core, "HeadObject", input, options, { answer: "nothing", headers });
  return readObjectInfo(answer.headers);
}

export async function deleteObject(
  core: ClientCore,
  input: inputs.DeleteObjectInput,
  options?: RequestOptions,
): Promise<Versioned & { readonly deleteMarker: boolean }> {
  const { headers } = await sendCall(core, "DeleteObject", input, options, { answer: "nothing" });
  return {
    versionId: headers["x-amz-version-id"],
    deleteMarker: headers["x-amz-delete-marker"] === "true",
  };
}

export async function deleteObjects(
  core: ClientCore,
  input: inputs.DeleteObjectsInput,
  options?: RequestOptions,
): Promise<DeleteResult> {
  for (const object of input.objects) checkTarget(object);
  const body = documentBody(deleteXml({ quiet: input.quiet ?? false, objects: input.objects }));
  return (await ask(parseDeleteResult, core, "DeleteObjects", input, options, body)).value;
}

/** `{ key, VersionId }` would delete the newest version, and a target without a key nobody knows what. */
export function checkTarget(target: inputs.DeleteObjectsInput["objects"][number]): void {
  requireField("DeleteObjects", "key", target.key);
  const wrong = Object.keys(target).find((name) => name !== "versionId" && /^versionid$/i.test(name));
  if (wrong !== undefined)
    throw new TypeError(`DeleteObjects has no option "${wrong}". Did you mean versionId?`);
}

export async function copyObject(
  core: ClientCore,
  input: inputs.CopyObjectInput,
  options?: RequestOptions,
): Promise<CopyResult & Versioned> {
  const call = { headers: checksumAlgorithmHeader(input) };
  const { value, headers } = await ask(parseCopyObjectResult, core, "CopyObject", input, options, call);
  return { ...value, versionId: headers["x-amz-version-id"] };
}

function checksumMode({ settings }: ClientCore): Record<string, string> {
  return settings.responseChecksums === "whenSupported" ? { "x-amz-checksum-mode": "ENABLED" } : {};
}
