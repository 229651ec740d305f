import { type AccountOptions, withAccounts } from "../accounts.ts";
import type { Command } from "../command.ts";
import { accountFlags, accountVariables } from "../flags.ts";
import { printJson, printTable } from "../table.ts";

/** Lists users. */
export const userLs: Command = {
  path: "user ls",
  summary: "List the users.",
  arguments: [],
  flags: accountFlags,
  environment: accountVariables,
  examples: ["user ls", "user ls --endpoint http://127.0.0.1:9000 --json"],
  run: async (io, _args, given) => {
    const options = given as unknown as AccountOptions;
    const users = await withAccounts(io, options, (accounts) => accounts.listUsers());
    if (options.json === true) return printJson(io, { users });
    const rows = users.map(({ name, admin, email, id }) => [name, admin ? "yes" : "no", email ?? "", id]);
    printTable(io, ["NAME", "ADMIN", "EMAIL", "ID"], rows);
  },
};
