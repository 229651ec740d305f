/** What can be assigned to a file field, and what becomes of it. */

import { type Content, ContentSource } from "../storage/content.ts";
import type { StorageFile } from "../storage/file.ts";
import { splitName } from "../storage/names.ts";
import { CachedFile } from "./cached-file.ts";
import type { FieldFile } from "./field-file.ts";

/**
 * What a field takes. A string is the name of a file that is stored already: never one that a browser sent. A File, a
 * Blob, a file of a storage and a cached one are stored when the record is saved. Null and undefined change nothing,
 * and so does what a browser sends for an empty input; false clears.
 */
export type FieldValue = string | Blob | StorageFile | CachedFile | FieldFile | null | undefined | false;

/** A content that is about to be stored. */
export interface FieldContent {
  readonly content: Content;
  /** The name it came with, without directories. */
  readonly filename: string;
  readonly contentType: string | undefined;
  /** Bytes, where they are known. */
  readonly size: number | undefined;
  /** Lets go of what was opened for it. */
  readonly close?: (() => Promise<void>) | undefined;
  /** Removes what is not needed any more when it is stored for good. */
  readonly afterCommit?: (() => Promise<void>) | undefined;
}

/** @throws TypeError for what no storage takes. */
export async function readContent(
  content: Content | CachedFile,
  filename: string | null = null,
): Promise<FieldContent> {
  if (content instanceof CachedFile) {
    const { contentType, size } = content;
    const opened = await content.open();
    return {
      content: opened,
      filename: filename ?? content.filename,
      contentType,
      size,
      close: () => opened.close(),
      afterCommit: () => content.remove(),
    };
  }
  const source = new ContentSource(content);
  const { contentType, size } = source;
  return { content, filename: filename ?? (await nameOf(source)), contentType, size };
}

/** Whether it is what a browser sends for an input of files where none was chosen. */
export function isEmptyInput(value: unknown): boolean {
  return value instanceof File && value.size === 0 && value.name === "";
}

/** A name for what somebody uploads: without directories and control characters. */
async function nameOf({ name = "", contentType }: ContentSource): Promise<string> {
  const [, base] = splitName(name.replaceAll(/[\p{Cc}\p{Cs}]/gu, "").replaceAll("\\", "/"));
  if (base !== "" && base !== "." && base !== "..") return base;
  const { default: mime } = await import("mime-types");
  const extension = contentType === undefined ? false : mime.extension(contentType);
  return extension === false ? "file" : `file.${extension}`;
}
