/** What tells a backup from a store that was served: only a backup is written over by the next. */

import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const noteName = "BACKUP";

/** Says in a directory that it is a backup. */
export function noteBackup(directory: string, from: string): Promise<void> {
  return writeFile(
    join(directory, noteName),
    `A backup of the Stowage data directory ${from}.

The next backup into this directory brings it up to date. "stowage check --data" verifies it. "stowage serve --data"
serves it: from then on it is a store of its own, and no backup is written over it.
`,
    { mode: 0o600 },
  );
}

export function isBackup(directory: string): boolean {
  return existsSync(join(directory, noteName));
}

/** For the server of a directory: what it serves is no backup any more. */
export function forgetBackup(directory: string): Promise<void> {
  return rm(join(directory, noteName), { force: true });
}
