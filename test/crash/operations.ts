/** What the writer does until it is killed, and what a store may hold after it: the same for writer and judge. */

/** One operation on one key. Every key belongs to one worker, so the operations on it follow one another. */
export interface Operation {
  readonly kind: "small" | "large" | "multipart" | "copy" | "delete";
  readonly key: string;
  /** Unlike that of every other operation on the key. */
  readonly sequence: number;
}

/** A line that the writer prints: before an operation, and after it was acknowledged. */
export interface Line extends Operation {
  readonly state: "begun" | "done";
}

export const bucketName = "crash";
export const workers = 8;
export const keysOfWorker = 5;
/** Bodies above it go to files. */
export const inlineBytes = 4096;

/** Bytes that say whose they are from the first to the last. */
export function bodyOf({ key, sequence, kind }: Operation): Buffer {
  const text = `${key} ${sequence} ${kind}\n`;
  const size =
    { small: 700, copy: 700, large: 150_000, multipart: 90_000, delete: 0 }[kind] + (sequence % 97);
  return Buffer.alloc(size, text);
}
