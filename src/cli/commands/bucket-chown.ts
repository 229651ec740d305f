import { type AccountOptions, openTransport } from "../accounts.ts";
import type { Command } from "../command.ts";
import { accountFlags, accountVariables } from "../flags.ts";
import { parseBucketName } from "../s3-url.ts";
import { printJson } from "../table.ts";

/** Gives a bucket to another user. */
export const bucketChown: Command = {
  path: "bucket chown",
  summary: "Give a bucket, and what its owner has in it, to another user.",
  details: `The user takes the owner's place: owns the bucket and whatever of it the owner owned, objects, versions and unfinished uploads,
and has what lists of the bucket and of anything in it grant to the owner. What others own in it stays theirs, other grants and the
bucket's policy stay as they are. A command that was interrupted is finished by the same one again.`,
  arguments: [
    { name: "<bucket>", description: "Name of the bucket, or s3://NAME" },
    { name: "<user>", description: "Name of the user who gets it" },
  ],
  flags: accountFlags,
  environment: accountVariables,
  examples: ["bucket chown photos anna"],
  run: async (io, [name = "", user = ""], given) => {
    const options = given as unknown as AccountOptions;
    const bucket = parseBucketName(name);
    const transport = await openTransport(io, options);
    try {
      const view = await transport.send("PUT", `buckets/${encodeURIComponent(bucket)}/owner`, { user });
      if (options.json === true) printJson(io, view);
      else io.stdout.write(`${bucket} belongs to ${user}\n`);
    } finally {
      await transport.close();
    }
  },
};
