/** Tagging: the tags of a bucket or an object. */

import type { Tags } from "../tags.ts";
import { childOf, element, malformed, parseXml, requiredText, xmlDocument, type XmlElement } from "../xml.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html */
export function taggingXml(tags: Tags): string {
  return xmlDocument("Tagging", `<TagSet>${tagListXml(tags)}</TagSet>`);
}

/** The elements `<Tag>` of some tags. */
export function tagListXml(tags: Tags): string {
  return Object.entries(tags)
    .map(([key, value]) => `<Tag>${element("Key", key)}${element("Value", value)}</Tag>`)
    .join("");
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
  return readTagList(set);
}

/** Keys and values of the elements `<Tag>` in an element. Throws `MalformedXML` for any other in it. */
export function readTagList(parent: XmlElement): [string, string][] {
  return parent.children.map((tag) => {
    if (tag.name !== "Tag") throw malformed(`<${tag.name}> in <${parent.name}>`);
    return [requiredText(tag, "Key"), requiredText(tag, "Value")];
  });
}
