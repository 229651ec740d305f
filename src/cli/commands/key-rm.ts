import { type AccountOptions, withAccounts } from "../accounts.ts";
import type { Command } from "../command.ts";
import { accountFlags, accountVariables } from "../flags.ts";
import { printJson } from "../table.ts";

/** Removes an access key. */
export const keyRm: Command = {
  path: "key rm",
  summary: "Remove an access key. Requests signed with it are refused from then on.",
  arguments: [{ name: "<access-key>", description: "The access key" }],
  flags: accountFlags,
  environment: accountVariables,
  examples: ["key rm STOWABCDEFGHIJKLMNOP"],
  run: async (io, [accessKeyId = ""], given) => {
    const options = given as unknown as AccountOptions;
    await withAccounts(io, options, (accounts) => accounts.removeKey(accessKeyId));
    if (options.json === true) printJson(io, { removed: accessKeyId });
    else io.stdout.write(`removed the access key ${accessKeyId}\n`);
  },
};
