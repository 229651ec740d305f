/** The operations that are killed at each of their system calls: the same for who does them and who judges. */

export const kinds = [
  "put",
  "put inline",
  "overwrite",
  "complete",
  "abort",
  "delete",
  "empty trash",
] as const;
export type Kind = (typeof kinds)[number];

export const bucketName = "killed";
/** Bodies above it go to files. */
export const limits = { inlineBytes: 4096, minPartBytes: 1, trashGraceMs: 60_000 };

export interface PreparedPart {
  readonly partNumber: number;
  readonly etag: string;
}

/** Of parts: one goes to a file, one into the index. */
export const firstPartBytes = 60_000;

export function bodyOf(kind: string, key: string): Buffer {
  return Buffer.alloc(kind === "put inline" ? 2000 : 62_000, `${kind} ${key} `);
}
