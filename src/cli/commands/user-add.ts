import { type AccountOptions, withAccounts } from "../accounts.ts";
import type { Command } from "../command.ts";
import { accountFlags, accountVariables, keyPairFlags, keyPairOf, type KeyPairOptions } from "../flags.ts";
import { printFields, printJson } from "../table.ts";

interface Options extends AccountOptions, KeyPairOptions {
  readonly id?: string;
  readonly email?: string;
  readonly admin?: boolean;
}

/** Adds a user with one access key. */
export const userAdd: Command = {
  path: "user add",
  summary: "Add a user and an access key. The secret key is shown this once.",
  arguments: [{ name: "<name>", description: "Name of the user" }],
  flags: [
    {
      flags: "--id <canonical>",
      description: "Canonical id, 64 hexadecimal digits (default: drawn at random)",
    },
    { flags: "--email <address>", description: "E-mail address, by which others can grant rights" },
    ...keyPairFlags,
    {
      flags: "--admin",
      description: "May manage users and keys; has no other rights over buckets and objects",
    },
    ...accountFlags,
  ],
  environment: accountVariables,
  examples: [
    "user add anna --email anna@example.com",
    "user add ci --admin --endpoint http://127.0.0.1:9000 --json",
  ],
  run: async (io, [name], given) => {
    const options = given as unknown as Options;
    const { id, email, admin } = options;
    const keyPair = keyPairOf(options);
    const added = await withAccounts(io, options, (accounts) =>
      accounts.addUser({ name, id, email, admin, ...keyPair }),
    );
    if (options.json === true) return printJson(io, added);
    const { user, key } = added;
    printFields(io, {
      name: user.name,
      id: user.id,
      ...(user.email === undefined ? {} : { email: user.email }),
      admin: user.admin ? "yes" : "no",
      "access key": key.accessKeyId,
      "secret key": key.secretAccessKey,
    });
  },
};
