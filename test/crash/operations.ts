/** What the writer does until it is killed, and what a store may hold after it: the same for writer and judge. */

/** In a bucket that keeps no versions. Some stand here more than once: they are that many times as frequent. */
export const kinds = [
  "small",
  "small",
  "small",
  "small",
  "small",
  "large",
  "large",
  "multipart",
  "multipart",
  "copy",
  "copy",
  "delete",
  "delete",
  "huge",
] as const;
/** In a bucket that keeps them: a version, a large one, a delete marker, and the oldest or the newest removed for good. */
export const versionedKinds = [
  "version",
  "version",
  "large version",
  "marker",
  "remove oldest",
  "remove newest",
] as const;

/** One operation on one key. Every key belongs to one worker, so the operations on it follow one another. */
export interface Operation {
  readonly kind: (typeof kinds)[number] | (typeof versionedKinds)[number];
  readonly key: string;
  /** Unlike that of every other operation on the key. */
  readonly sequence: number;
}

/** A line that the writer prints: before an operation, and after it was acknowledged. */
export interface Line extends Operation {
  readonly state: "begun" | "done";
}

export const bucketName = "crash";
export const versionedBucketName = "crash-versions";
export const workers = 8;
export const keysOfWorker = 5;
/** Bodies above it go to files. */
export const inlineBytes = 4096;

export function isVersioned({ kind }: Operation): boolean {
  return (versionedKinds as readonly string[]).includes(kind);
}

/** Bytes that say whose they are from the first to the last. */
export function bodyOf({ key, sequence, kind }: Operation): Buffer {
  const text = `${key} ${sequence} ${kind}\n`;
  const sizes: Partial<Record<Operation["kind"], number>> = {
    large: 150_000,
    // Goes past the page cache but for its end.
    huge: 1_100_000,
    multipart: 90_000,
    "large version": 50_000,
  };
  const size = (sizes[kind] ?? 700) + (sequence % 97);
  return Buffer.alloc(size, text);
}
