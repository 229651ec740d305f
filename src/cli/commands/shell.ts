import type { Command } from "../command.ts";
import { connectionFlags, connectionVariables } from "../connection-flags.ts";

/** A prompt with a connection at hand. The tutorial's "ipython beside it". */
export const shell: Command = {
  path: "shell",
  summary: "Try the client at a prompt, with a connection at hand.",
  details: `What is at hand: conn, the S3Connection; s3, its S3Client; bucket, the one named, or else undefined until you assign it;
connectS3, S3Connection, Key and CannedACL. await works on every line. Tab completes the names of buckets and keys inside of
quotes. Arrow keys bring back earlier lines, which are kept in ~/.stowage_history. Ctrl+D ends it.`,
  arguments: [],
  flags: [
    ...connectionFlags,
    {
      flags: "--bucket <name>",
      description: "The bucket that is at hand (default: AWS_STORAGE_BUCKET_NAME)",
    },
  ],
  environment: [
    ...connectionVariables,
    { name: "STOWAGE_HISTORY", description: "Where lines are kept; empty: nowhere" },
  ],
  examples: ["shell --data .stowage", "shell --endpoint https://s3.example.com --bucket mybucket"],
  run: async (io, _args, options) => {
    const { runShell } = await import("../shell.ts");
    const { isTTY } = process.stdin;
    await runShell({ ...io, stdin: process.stdin, terminal: isTTY }, options);
  },
};
