/** Names of objects as paths below a directory, never outside of it. */

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
