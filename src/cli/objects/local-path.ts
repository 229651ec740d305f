/** Names of objects as paths below a directory, never outside of it. */

import { isAbsolute, join } from "node:path";
import { CommandError } from "../command.ts";
import { printable } from "../output.ts";

/**
 * Where an object of that name goes below a directory.
 *
 * @throws {CommandError} For a name that no file below it can have.
 */
export function localPath(directory: string, name: string): string {
  const parts = name.split("/");
  const reason = parts.some((part) => part === "..")
    ? "would leave the directory"
    : parts.some((part) => part === "" || part === ".")
      ? "has an empty part, or one that is a dot, which no path keeps"
      : name.includes("\0")
        ? "has a NUL"
        : process.platform === "win32" && /[<>:"\\|?*]/.test(name)
          ? "has characters that Windows does not take"
          : isAbsolute(name)
            ? "would leave the directory"
            : "";
  if (reason === "") return join(directory, ...parts);
  throw new CommandError(
    `the name "${printable(name)}" ${reason}`,
    "download the object by itself, to a name of your choosing",
  );
}
