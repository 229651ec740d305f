/**
 * Tags of buckets and objects.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 */

import { uriEncode } from "./encoding.ts";
import { S3Error } from "./errors.ts";

/** Values by tag key. Without a prototype: `__proto__` is a key like any other. */
export type Tags = Readonly<Record<string, string>>;

/** The most tags of an object. */
export const maxObjectTags = 10;
/** The most tags of a bucket. */
export const maxBucketTags = 50;

/** Both in UTF-16 code units, as S3 counts them. */
const maxKeyLength = 128;
const maxValueLength = 256;

/** "Letters, white space, and numbers representable in UTF-8, and the following characters: + - = . _ : / @". */
const allowedCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Tags as they may be stored: by the order of their keys, which Ceph's tests want and nobody else minds.
 *
 * @param pairs Keys and values.
 * @param maxTags {@link maxObjectTags} or {@link maxBucketTags}.
 * @throws {S3Error} `InvalidTag` for a key or a value that is too long, of other characters, reserved or repeated, and
 *   for too many. AWS says BadRequest for too many; Ceph's suite wants InvalidTag, and nothing depends on either.
 * @example
 * checkTags([["project", "blue"]], maxObjectTags);
 */
export function checkTags(pairs: readonly (readonly [string, string])[], maxTags: number): Tags {
  const tags = Object.create(null) as Record<string, string>;
  for (const [key, value] of pairs.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))) {
    if (key === "" || key.length > maxKeyLength || !allowedCharacters.test(key)) {
      throw invalidTag("The TagKey you have provided is invalid", { TagKey: key.slice(0, 200) });
    }
    if (value.length > maxValueLength || !allowedCharacters.test(value)) {
      throw invalidTag("The TagValue you have provided is invalid", {
        TagKey: key,
        TagValue: value.slice(0, 400),
      });
    }
    if (key.toLowerCase().startsWith("aws:")) {
      throw invalidTag("System tags cannot be added/updated by requester", { TagKey: key });
    }
    if (tags[key] !== undefined) {
      throw invalidTag("Cannot provide multiple Tags with the same key", { TagKey: key });
    }
    tags[key] = value;
  }
  if (pairs.length > maxTags) {
    const noun = maxTags === maxObjectTags ? "Object" : "Bucket";
    throw invalidTag(`${noun} tags cannot be greater than ${maxTags}`, { TagCount: String(pairs.length) });
  }
  return tags;
}

/**
 * The tags of the header `x-amz-tagging`: a query such as `project=blue&phase=2`.
 *
 * @throws {S3Error} `InvalidArgument` for what is no query, or repeats a key; `InvalidTag`.
 */
export function parseTaggingHeader(header: string): Tags {
  const pairs: [string, string][] = [];
  const seen = new Set<string>();
  for (const pair of header.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const key = decode(equals === -1 ? pair : pair.slice(0, equals), header);
    if (seen.has(key)) throw invalidHeader(header);
    seen.add(key);
    pairs.push([key, equals === -1 ? "" : decode(pair.slice(equals + 1), header)]);
  }
  return checkTags(pairs, maxObjectTags);
}

/** Tags as the header `x-amz-tagging` has them. */
export function taggingHeader(tags: Tags): string {
  return Object.entries(tags)
    .map(([key, value]) => `${uriEncode(key)}=${uriEncode(value)}`)
    .join("&");
}

function decode(text: string, header: string): string {
  try {
    // A client that does not encode what is outside ASCII sends its UTF-8 bytes, which node reads as latin1.
    const bytes = text
      .replaceAll("+", " ")
      .replaceAll(/[\u0080-\u00ff]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
    return decodeURIComponent(bytes);
  } catch {
    throw invalidHeader(header);
  }
}

function invalidHeader(value: string): S3Error {
  return new S3Error("InvalidArgument", {
    message:
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    details: { ArgumentName: "x-amz-tagging", ArgumentValue: value.slice(0, 400) },
  });
}

function invalidTag(message: string, details: Record<string, string>): S3Error {
  return new S3Error("InvalidTag", { message, details });
}
