/** Tagging: the tags of a bucket or an object. */

import type { Tags } from "../tags.ts";
import { childOf, element, malformed, parseXml, requiredText, xmlDocument } from "../xml.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html */
export function taggingXml(tags: Tags): string {
  const set = Object.entries(tags).map(
    ([key, value]) => `<Tag>${element("Key", key)}${element("Value", value)}</Tag>`,
  );
  return xmlDocument("Tagging", `<TagSet>${set.join("")}</TagSet>`);
}

/**
 * Reads keys and values, in order and not judged: `checkTags` does that.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function parseTagging(xml: string | Uint8Array): [string, string][] {
  const root = parseXml(xml, "Tagging");
  const set = childOf(root, "TagSet");
  if (set === undefined || root.children.length > 1) throw malformed("<Tagging> must have one <TagSet>");
  return set.children.map((tag) => {
    if (tag.name !== "Tag") throw malformed(`<${tag.name}> in <TagSet>`);
    return [requiredText(tag, "Key"), requiredText(tag, "Value")];
  });
}
