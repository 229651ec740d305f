import { parseTagging } from "../s3/documents/tagging.ts";
import { asksFor } from "../s3/policy/policy.ts";
import { checkTags, maxObjectTags, parseTaggingHeader, type Tags } from "../s3/tags.ts";
import { policyOf } from "./bucket-policy.ts";
import type { BucketContext } from "./context.ts";
import { readTaggingDocument } from "./settings-document.ts";

/**
 * The tags that a request is about to give to an object, where the bucket's policy asks for them: those of a header, or
 * of the document of PutObjectTagging, which is then read before it is known whether it may be.
 *
 * @throws {S3Error} What is wrong with the tags.
 */
export async function requestTagsOf(context: BucketContext): Promise<Tags | undefined> {
  const { bucket, operation, request } = context;
  if (!asksFor(policyOf(bucket).policy, "s3:requestobjecttag")) return undefined;
  if (operation.name === "PutObjectTagging") {
    return checkTags(parseTagging(await readTaggingDocument(context)), maxObjectTags);
  }
  const { "x-amz-tagging": header, "x-amz-tagging-directive": directive } = request.headers;
  const isLeft = operation.name === "CopyObject" && directive !== "REPLACE";
  return header === undefined || isLeft ? undefined : parseTaggingHeader(header);
}
