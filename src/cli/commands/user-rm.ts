import { type AccountOptions, withAccounts } from "../accounts.ts";
import type { Command } from "../command.ts";
import { accountFlags, accountVariables } from "../flags.ts";
import { printJson } from "../table.ts";

interface Options extends AccountOptions {
  readonly force?: boolean;
}

/** Removes a user. */
export const userRm: Command = {
  path: "user rm",
  summary: "Remove a user and the user's access keys.",
  details: `One who owns buckets is kept: stowage bucket chown gives them to others. To administrators other people's buckets are
closed: take keys of the owner's with stowage key add to remove them, or to copy what is in them. What --force leaves behind belongs to whoever gets the
user's id: stowage user add NAME --id ID.`,
  arguments: [{ name: "<name>", description: "Name of the user" }],
  flags: [{ flags: "--force", description: "Also one who owns buckets, which stay" }, ...accountFlags],
  environment: accountVariables,
  examples: ["user rm anna", "user rm anna --force"],
  run: async (io, [name = ""], given) => {
    const options = given as unknown as Options;
    const { force = false, json } = options;
    const { id } = await withAccounts(io, options, (accounts) => accounts.removeUser(name, { force }));
    if (json === true) return printJson(io, { removed: name, id });
    io.stdout.write(`removed the user ${name}\n`);
    if (force) io.stderr.write(`what ${name} owned is whose id is ${id}: stowage user add NAME --id ${id}\n`);
  },
};
