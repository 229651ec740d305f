/** How much of the files that this process has mapped counts as its resident memory. */

import { readFileSync } from "node:fs";

/** Bytes; undefined on a system that does not tell. */
export function mappedResidentBytes(): number | undefined {
  try {
    const match = /^RssFile:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"));
    return match === null ? undefined : Number(match[1]) * 1024;
  } catch {
    return undefined;
  }
}
