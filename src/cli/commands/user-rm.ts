import { type AccountOptions, withAccounts } from "../accounts.ts";
import type { Command } from "../command.ts";
import { accountFlags, accountVariables } from "../flags.ts";
import { printJson } from "../table.ts";

/** Removes a user. */
export const userRm: Command = {
  path: "user rm",
  summary: "Remove a user and the user's access keys.",
  arguments: [{ name: "<name>", description: "Name of the user" }],
  flags: accountFlags,
  environment: accountVariables,
  examples: ["user rm anna"],
  run: async (io, [name = ""], given) => {
    const options = given as unknown as AccountOptions;
    await withAccounts(io, options, (accounts) => accounts.removeUser(name));
    if (options.json === true) printJson(io, { removed: name });
    else io.stdout.write(`removed the user ${name}\n`);
  },
};
