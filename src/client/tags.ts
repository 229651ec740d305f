/** boto's objects for the tags of a bucket. They can be changed, and go to a bucket with `setTags`. */

import { parseTagging, taggingXml } from "../s3/documents/tagging.ts";

/** A key and its value. */
export class Tag {
  key: string;
  value: string;

  constructor(key: string, value: string) {
    this.key = key;
    this.value = value;
  }
}

/** Some tags. */
export class TagSet extends Array<Tag> {
  /** What `map()` and its kin make are plain lists. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  addTag(key: string, value: string): this {
    this.push(new Tag(key, value));
    return this;
  }
}

/**
 * The tags of a bucket: a list of sets, of which S3 knows one.
 *
 * @example
 * const tags = new Tags().addTagSet(new TagSet().addTag("project", "blue"));
 * await bucket.setTags(tags);
 */
export class Tags extends Array<TagSet> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  static fromRecord(tags: Readonly<Record<string, string>>): Tags {
    const set = new TagSet();
    for (const [key, value] of Object.entries(tags)) set.addTag(key, value);
    return new Tags().addTagSet(set);
  }

  /** Throws S3Error MalformedXML. */
  static fromXml(xml: string): Tags {
    return Tags.fromRecord(Object.fromEntries(parseTagging(xml)));
  }

  addTagSet(tagSet: TagSet): this {
    this.push(tagSet);
    return this;
  }

  /** Values by key, of all sets. */
  toRecord(): Record<string, string> {
    return Object.fromEntries(this.flatMap((set) => set.map(({ key, value }) => [key, value])));
  }

  toXml(): string {
    return taggingXml(this.toRecord());
  }
}
