/** The files of a guide: code below its name in backticks. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Writes them into a directory, as whoever follows the guide does. */
export function writeGuideFiles(guide: string, directory: string): void {
  const text = readFileSync(`docs/guides/${guide}.md`, "utf8");
  for (const [, name = "", code = ""] of text.matchAll(/`([\w./[\]-]+)`:\n\n```js\n([\s\S]*?)```/g)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
  }
}
