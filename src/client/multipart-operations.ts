/** The operations of uploads in parts. What each does is told where people meet it, in `s3-client.ts`. */

import { type CopyResult, parseCopyPartResult } from "../s3/documents/copy-result.ts";
import {
  type CompletedUpload,
  type InitiatedUpload,
  type ListedUpload,
  type PartList,
  type UploadList,
  completeMultipartUploadXml,
  parseCompleteMultipartUploadResult,
  parseInitiateMultipartUploadResult,
  parseListMultipartUploads,
  parseListParts,
} from "../s3/documents/multipart.ts";
import { ask, sendCall } from "./ask.ts";
import {
  type CallOptions,
  checksumAlgorithmHeader,
  checksumOf,
  defaultContentType,
  documentBody,
  payloadOf,
  urlEncoded,
} from "./call.ts";
import type { ClientCore } from "./core.ts";
import type * as inputs from "./inputs.ts";
import { headObject } from "./operations.ts";
import { type Versioned, type Written, readWritten } from "./outputs.ts";
import { etagOfParts, ownComplete, wasOwn } from "./own-success.ts";
import type { RequestOptions, SendOptions } from "./send.ts";

export async function createMultipartUpload(
  core: ClientCore,
  input: inputs.CreateMultipartUploadInput,
  options?: RequestOptions,
): Promise<InitiatedUpload> {
  const typed = { ...input, contentType: input.contentType ?? defaultContentType };
  const call = { headers: checksumAlgorithmHeader(input) };
  return (await ask(parseInitiateMultipartUploadResult, core, "CreateMultipartUpload", typed, options, call))
    .value;
}

/** An upload whose parts have the checksum that the settings say, where the input says none. */
export async function beginUpload(
  core: ClientCore,
  input: inputs.CreateMultipartUploadInput,
  options?: RequestOptions,
): Promise<Pick<ListedUpload, "uploadId" | "checksumAlgorithm">> {
  const checksumAlgorithm = checksumOf(core, input) ?? undefined;
  const { uploadId } = await createMultipartUpload(core, { ...input, checksumAlgorithm }, options);
  return { uploadId, checksumAlgorithm };
}

export async function uploadPart(
  core: ClientCore,
  input: inputs.UploadPartInput,
  options?: SendOptions,
): Promise<Written> {
  const { payload } = await payloadOf(input);
  // AWS refuses parts with another checksum than the upload was begun with, also where that is none: no default here.
  const checksum = input.checksum === undefined ? (input.checksumAlgorithm ?? null) : null;
  const call = { payload, checksum, answer: "nothing" } as const;
  return readWritten((await sendCall(core, "UploadPart", input, options, call)).headers);
}

export async function uploadPartCopy(
  core: ClientCore,
  input: inputs.UploadPartCopyInput,
  options?: RequestOptions,
): Promise<CopyResult> {
  return (await ask(parseCopyPartResult, core, "UploadPartCopy", input, options)).value;
}

export async function listParts(
  core: ClientCore,
  input: inputs.ListPartsInput,
  options?: RequestOptions,
): Promise<PartList> {
  return (await ask(parseListParts, core, "ListParts", input, options)).value;
}

export async function listMultipartUploads(
  core: ClientCore,
  input: inputs.ListMultipartUploadsInput,
  options?: RequestOptions,
): Promise<UploadList> {
  const list = async (how?: CallOptions): Promise<UploadList> =>
    (await ask(parseListMultipartUploads, core, "ListMultipartUploads", input, options, how)).value;
  const page = await list(urlEncoded);
  // Ceph's RGW, up to Pacific, encodes the keys without saying so, which only looks like names of a server that does not.
  const isUnclear = page.encodingType === undefined && page.uploads.some(({ key }) => key.includes("%"));
  return isUnclear ? list() : page;
}

export async function completeMultipartUpload(
  core: ClientCore,
  input: inputs.CompleteMultipartUploadInput,
  options?: RequestOptions,
): Promise<CompletedUpload & Versioned> {
  const body = documentBody(completeMultipartUploadXml(input.parts));
  const type = input.checksum === undefined ? {} : { "x-amz-checksum-type": input.checksum.type };
  const call = { ...body, headers: { "content-type": "application/xml", ...type } };
  return ownComplete(
    (object) => headObject(core, object),
    input,
    async () => {
      const { text, headers } = await sendCall(core, "CompleteMultipartUpload", input, options, call);
      const completed = parseCompleteMultipartUploadResult(text);
      // Ceph's RGW, up to Pacific, leaves the ETag empty; it follows from those of the parts.
      const etag = completed.etag || (etagOfParts(input.parts.map((part) => part.etag)) ?? "");
      return { ...completed, etag, versionId: headers["x-amz-version-id"] };
    },
  );
}

export async function abortMultipartUpload(
  core: ClientCore,
  input: inputs.AbortMultipartUploadInput,
  options?: RequestOptions,
): Promise<void> {
  await wasOwn("NoSuchUpload", () =>
    sendCall(core, "AbortMultipartUpload", input, options, { answer: "nothing" }),
  );
}
