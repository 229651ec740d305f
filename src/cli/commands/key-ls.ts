import { type AccountOptions, withAccounts } from "../accounts.ts";
import type { Command } from "../command.ts";
import { accountFlags, accountVariables } from "../flags.ts";
import { printJson, printTable } from "../table.ts";

/** Lists access keys, never their secrets. */
export const keyLs: Command = {
  path: "key ls",
  summary: "List access keys, of one user or of all.",
  arguments: [{ name: "[user]", description: "Name of the user" }],
  flags: accountFlags,
  environment: accountVariables,
  examples: ["key ls", "key ls anna"],
  run: async (io, [user], given) => {
    const options = given as unknown as AccountOptions;
    const keys = await withAccounts(io, options, async (accounts) => {
      const names = user === undefined ? (await accounts.listUsers()).map(({ name }) => name) : [user];
      const lists = [];
      for (const name of names) lists.push(await accounts.listKeys(name));
      return lists.flat();
    });
    if (options.json === true) return printJson(io, { keys });
    const rows = keys.map(({ accessKeyId, user: owner, createdAt }) => [accessKeyId, owner, createdAt]);
    printTable(io, ["ACCESS KEY", "USER", "CREATED"], rows);
  },
};
