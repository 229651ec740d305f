import type { Command } from "../command.ts";
import { parseEndpoint } from "../flags.ts";

/** A prompt with a connection at hand. The tutorial's "ipython beside it". */
export const shell: Command = {
  path: "shell",
  summary: "Try the client at a prompt, with a connection at hand.",
  details: `What is at hand: conn, the S3Connection; s3, its S3Client; bucket, the one named, or else undefined until you assign it;
connectS3, S3Connection, Key and CannedACL. await works on every line. Tab completes the names of buckets and keys inside of
quotes. Arrow keys bring back earlier lines, which are kept in ~/.stowage_history. Ctrl+D ends it.`,
  arguments: [],
  flags: [
    {
      flags: "--endpoint <url>",
      description: "Address of a server (default: Amazon's)",
      parse: parseEndpoint,
    },
    {
      flags: "--bucket <name>",
      description: "The bucket that is at hand (default: AWS_STORAGE_BUCKET_NAME)",
    },
    {
      flags: "--data <dir>",
      description:
        "Use the administrator's keys in this data directory; without --endpoint, http://127.0.0.1:9000",
    },
    { flags: "--anon", description: "Sign nothing: what everybody may" },
  ],
  environment: [
    {
      name: "AWS_ACCESS_KEY_ID",
      description: "The access key; or a profile, as every client of S3 has them",
    },
    { name: "AWS_SECRET_ACCESS_KEY", description: "Its secret key" },
    { name: "AWS_ENDPOINT_URL_S3", description: "Address of a server, for --endpoint" },
    { name: "STOWAGE_HISTORY", description: "Where lines are kept; empty: nowhere" },
  ],
  examples: ["shell --data .stowage", "shell --endpoint https://s3.example.com --bucket mybucket"],
  run: async (io, _args, options) => {
    const { runShell } = await import("../shell.ts");
    const { isTTY } = process.stdin;
    await runShell({ ...io, stdin: process.stdin, terminal: isTTY }, options);
  },
};
