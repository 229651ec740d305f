/** `NAME=VALUE` on command lines. */

import { isMetadataName } from "../s3/metadata.ts";
import { UsageError } from "./command.ts";

/** @throws {UsageError} For a word without a name or without `=`. */
export function parsePairs(words: readonly (string | undefined)[]): Record<string, string> {
  const entries = words.map((word = "") => {
    const at = word.indexOf("=");
    if (at < 1) throw new UsageError(`"${word}" is no NAME=VALUE`, "give it as colour=red");
    return [word.slice(0, at), word.slice(at + 1)] as const;
  });
  return Object.fromEntries(entries);
}

/** @throws {UsageError} For a name that no header can have. */
export function checkMetadataName(name: string): void {
  if (isMetadataName(name)) return;
  throw new UsageError(
    `${JSON.stringify(name)} is no name of metadata`,
    "take letters of ASCII, digits, hyphens and dots; values may be any text",
  );
}
