/** What the administration refused, in a command's words. */

import { CommandError } from "./command.ts";

const fixes: Readonly<Record<string, string>> = {
  EntityAlreadyExists: "choose another; stowage user ls shows those that are taken",
  NoSuchEntity: "stowage user ls and stowage key ls USER show what there is",
  NoSuchBucket: "check its name; buckets are made by clients of S3",
  DeleteConflict:
    "give them to others with stowage bucket chown BUCKET USER, remove them with keys that stowage key add NAME makes, or give --force and keep the id that it tells",
  LastAdministrator: "make another administrator first, with stowage user add NAME --admin",
  InvalidArgument: "correct it, and run the command again",
};

/** The error of a command that the administration has refused with a code of S3's kind. */
export function refused(code: string, message: string, options?: ErrorOptions): CommandError {
  return new CommandError(message.replace(/\.$/, ""), fixes[code] ?? "nothing was changed", options);
}
