/** Names of objects as paths below a directory, never outside of it. */

import { lstat } from "node:fs/promises";
import { join } from "node:path";

/**
 * Where an object of that name goes below a directory.
 *
 * @throws RangeError for a name that no file below it can have.
 */
export function localPath(directory: string, name: string): string {
  const parts = name.split("/");
  const reason = parts.includes("..")
    ? "would leave the directory"
    : parts.some((part) => part === "" || part === ".")
      ? "has an empty part, or one that is a dot, which no path keeps"
      : name.includes("\0")
        ? "has a NUL"
        : process.platform === "win32" && /[<>:"\\|?*]/.test(name)
          ? "has characters that Windows does not take"
          : "";
  if (reason === "") return join(directory, ...parts);
  throw new RangeError(
    `The name ${JSON.stringify(name)} ${reason}: download the object by itself, to a name of your choosing.`,
  );
}

/**
 * As {@link localPath}, and nothing on the way below the directory is a link, which would lead out of it.
 *
 * @throws RangeError also for a link.
 */
export async function pathWithoutLinks(directory: string, name: string): Promise<string> {
  const path = localPath(directory, name);
  const parts = name.split("/");
  for (let count = 1; count <= parts.length; count++) {
    const part = join(directory, ...parts.slice(0, count));
    if ((await lstat(part).catch(() => null))?.isSymbolicLink() === true) {
      throw new RangeError(
        `${JSON.stringify(part)} is a link, and what is behind it is left alone: remove the link.`,
      );
    }
  }
  return path;
}
