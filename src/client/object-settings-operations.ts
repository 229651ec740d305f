/** The operations on an object's subresources. What each does is told where people meet it, in `object-settings.ts`. */

import { requireField } from "../s3/known-names.ts";
import { type ObjectAttributesResult, parseObjectAttributes } from "../s3/documents/object-attributes.ts";
import { taggingXml } from "../s3/documents/tagging.ts";
import { uriEncode } from "../s3/encoding.ts";
import { element, xmlDocument } from "../s3/xml.ts";
import type { Tags } from "../s3/tags.ts";
import { ask, sendCall } from "./ask.ts";
import { put, readTags } from "./bucket-settings-operations.ts";
import type { ClientCore } from "./core.ts";
import type * as inputs from "./inputs.ts";
import type { RequestOptions } from "./send.ts";

export async function getObjectAttributes(
  core: ClientCore,
  input: inputs.GetObjectAttributesInput,
  options?: RequestOptions,
): Promise<ObjectAttributesResult> {
  const headers = { "x-amz-object-attributes": input.attributes.join(",") };
  return (await ask(parseObjectAttributes, core, "GetObjectAttributes", input, options, { headers })).value;
}

export async function renameObject(
  core: ClientCore,
  {
    sourceKey,
    ...input
  }: inputs.BucketInput & inputs.WriteConditions & { readonly key: string; readonly sourceKey: string },
  options?: RequestOptions,
): Promise<void> {
  requireField("RenameObject", "sourceKey", sourceKey);
  const source = `/${uriEncode(input.bucket)}/${uriEncode(sourceKey, { slash: false })}`;
  const call = { headers: { "x-amz-rename-source": source }, answer: "nothing" } as const;
  await sendCall(core, "RenameObject", input, options, call);
}

export async function restoreObject(
  core: ClientCore,
  input: inputs.ObjectInput & { readonly days: number },
  options?: RequestOptions,
): Promise<void> {
  await put(
    core,
    "RestoreObject",
    input,
    xmlDocument("RestoreRequest", element("Days", input.days)),
    options,
  );
}

export async function getObjectTagging(
  core: ClientCore,
  input: inputs.ObjectInput,
  options?: RequestOptions,
): Promise<Tags> {
  return (await ask(readTags, core, "GetObjectTagging", input, options)).value;
}

export async function putObjectTagging(
  core: ClientCore,
  input: inputs.ObjectInput & { readonly tags: Tags },
  options?: RequestOptions,
): Promise<void> {
  await put(core, "PutObjectTagging", input, taggingXml(input.tags), options);
}

export async function deleteObjectTagging(
  core: ClientCore,
  input: inputs.ObjectInput,
  options?: RequestOptions,
): Promise<void> {
  await sendCall(core, "DeleteObjectTagging", input, options, { answer: "nothing" });
}
