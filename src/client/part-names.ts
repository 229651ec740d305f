/** What downloads are called while they are under way, beside their files: names that nobody else gives. Node only. */

import { createHash, randomBytes } from "node:crypto";

const ending = ".stowage-part";
const rangesEnding = ".ranges";
const partName = /^\..+\.stowage-part(?:\.ranges)?$/s;

/** Whether a name, without directories, is of a download under way. */
export function isPartName(name: string): boolean {
  return partName.test(name);
}

/** Of one download alone. */
export function temporaryName(name: string): string {
  return `.${shortened(name)}.${randomBytes(6).toString("hex")}${ending}`;
}

/** Of downloads that go on with each other. */
export function resumableName(name: string): string {
  return `.${shortened(name)}${ending}`;
}

/** What of such a download has arrived. */
export function rangesName(resumable: string): string {
  return `${resumable}${rangesEnding}`;
}

/** File systems take 255 bytes: a name that has no room for more is told from others by its hash. */
function shortened(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= 200) return name;
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  // Cut between characters: some file systems refuse half of one.
  return `${bytes.subarray(0, 160).toString().replaceAll("\ufffd", "")}-${hash}`;
}
