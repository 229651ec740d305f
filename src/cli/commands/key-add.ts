import { type AccountOptions, withAccounts } from "../accounts.ts";
import type { Command } from "../command.ts";
import { accountFlags, accountVariables, keyPairFlags, keyPairOf, type KeyPairOptions } from "../flags.ts";
import { printFields, printJson } from "../table.ts";

/** Adds an access key to a user. */
export const keyAdd: Command = {
  path: "key add",
  summary: "Add an access key to a user. The secret key is shown this once.",
  arguments: [{ name: "<user>", description: "Name of the user" }],
  flags: [...keyPairFlags, ...accountFlags],
  environment: accountVariables,
  examples: ["key add anna"],
  run: async (io, [user = ""], given) => {
    const options = given as unknown as AccountOptions & KeyPairOptions;
    const keyPair = keyPairOf(options);
    const key = await withAccounts(io, options, (accounts) => accounts.addKey(user, keyPair));
    if (options.json === true) printJson(io, { key });
    else printFields(io, { "access key": key.accessKeyId, "secret key": key.secretAccessKey });
  },
};
