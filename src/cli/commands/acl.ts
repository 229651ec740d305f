import type { CannedAcl } from "../../s3/acl.ts";
import { cannedAclNames } from "../acl-flags.ts";
import type { Command, Flag } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { filterFlags, jsonFlag, recursiveFlag } from "../object-flags.ts";
import type { GrantOptions } from "../objects/acl.ts";
import { parseS3Url } from "../s3-url.ts";

const url = {
  name: "<url>",
  description: "A bucket or an object; with wildcards or --recursive many objects",
};
const changeFlags: readonly Flag[] = [recursiveFlag, ...filterFlags, jsonFlag, ...connectionFlags];

/** Shows who may do what. */
export const acl: Command = {
  path: "acl",
  summary: "Show who may do what with a bucket or an object, or set it.",
  arguments: [{ name: "<url>", description: "A bucket, an object or a version of one" }],
  flags: [jsonFlag, ...connectionFlags],
  environment: connectionVariables,
  examples: ["acl s3://photos", "acl s3://photos/cat.jpg --json"],
  run: async (io, [text = ""], given) => {
    const options = given as ConnectionOptions & GrantOptions;
    const subject = parseS3Url(text);
    const { withClient } = await import("../s3-connection.ts");
    const { showAcl } = await import("../objects/acl.ts");
    await withClient(io.env, options, (client) => showAcl(io, client, subject, options));
  },
};

/** Gives a canned list. */
export const aclSet: Command = {
  path: "acl set",
  summary: "Replace all grants by a canned list.",
  arguments: [
    url,
    { name: "<acl>", description: "Who may use it beside its owner", choices: cannedAclNames },
  ],
  flags: changeFlags,
  environment: connectionVariables,
  examples: ["acl set s3://photos/cat.jpg public-read", "acl set -r s3://photos/2026/ private"],
  run: async (io, [text = "", name], given) => {
    const options = given as ConnectionOptions & GrantOptions;
    const subject = parseS3Url(text);
    const { withClient } = await import("../s3-connection.ts");
    const { setAcl } = await import("../objects/acl.ts");
    await withClient(io.env, options, (client) => setAcl(io, client, subject, name as CannedAcl, options));
  },
};

const rightFlags: readonly Flag[] = [
  { flags: "--read", description: "Read the object, or list the bucket" },
  { flags: "--write", description: "Write objects into the bucket" },
  { flags: "--read-acp", description: "See who may do what" },
  { flags: "--write-acp", description: "Change who may do what" },
  { flags: "--full-control", description: "All of these" },
];
const whoFlags: readonly Flag[] = [
  { flags: "--id <canonical>", description: "A user, by canonical id, which stowage user ls shows" },
  {
    flags: "--group <name>",
    description: "Everybody, everybody with an account, or the delivery of access logs",
    choices: ["AllUsers", "AuthenticatedUsers", "LogDelivery"],
  },
];

/** Adds to what is granted. */
export const grantAdd: Command = {
  path: "grant add",
  summary: "Grant rights to somebody. The other grants stay.",
  arguments: [url],
  flags: [
    ...rightFlags,
    ...whoFlags,
    { flags: "--email <address>", description: "A user, by e-mail address" },
    ...changeFlags,
  ],
  environment: connectionVariables,
  examples: [
    "grant add s3://photos/cat.jpg --read --email anna@example.com",
    "grant add -r s3://photos/2026/ --read --group AllUsers",
  ],
  run: async (io, [text = ""], given) => {
    const options = given as ConnectionOptions & GrantOptions;
    const subject = parseS3Url(text);
    const { withClient } = await import("../s3-connection.ts");
    const { addGrants } = await import("../objects/acl.ts");
    await withClient(io.env, options, (client) => addGrants(io, client, subject, options));
  },
};

/** Takes rights back. */
export const grantRm: Command = {
  path: "grant rm",
  summary: "Take rights back from somebody: those that are named, or all.",
  arguments: [url],
  flags: [
    ...rightFlags,
    ...whoFlags,
    { flags: "--email <address>", description: "Not kept in lists: give --id", hidden: true },
    ...changeFlags,
  ],
  environment: connectionVariables,
  examples: ["grant rm s3://photos/cat.jpg --group AllUsers"],
  run: async (io, [text = ""], given) => {
    const options = given as ConnectionOptions & GrantOptions;
    const subject = parseS3Url(text);
    const { withClient } = await import("../s3-connection.ts");
    const { removeGrants } = await import("../objects/acl.ts");
    await withClient(io.env, options, (client) => removeGrants(io, client, subject, options));
  },
};
