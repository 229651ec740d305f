import type { Command } from "../command.ts";
import { parsePort } from "../flags.ts";
import type { DevOptions } from "../developing.ts";

/** A server beside a command that is being developed. */
export const dev: Command = {
  path: "dev",
  summary: "Run a command with an S3 server and a bucket of its own beside it.",
  details: `Starts a server, makes the bucket where it is not there, and runs the command with AWS_ENDPOINT_URL_S3,
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_STORAGE_BUCKET_NAME in its environment. The server ends with the
command, and the exit code is the command's. Without a command it prints the environment for another shell, and serves until
it is stopped.`,
  arguments: [{ name: "[command...]", description: "Program and its arguments" }],
  flags: [
    { flags: "--data <dir>", description: "Data directory", default: ".stowage" },
    { flags: "--memory", description: "Keep everything in memory, and forget it at the end" },
    {
      flags: "--bucket <name>",
      description: "Bucket that is there (default: AWS_STORAGE_BUCKET_NAME, then dev)",
    },
    {
      flags: "--port <number>",
      description:
        "Port of the S3 API; 0 takes a free one (default: 9000, or a free one where that is in use)",
      parse: parsePort,
    },
    { flags: "--region <name>", description: "Region that requests are signed for", default: "us-east-1" },
    { flags: "--json", description: "Print the environment as JSON for programs" },
  ],
  environment: [
    { name: "AWS_STORAGE_BUCKET_NAME", description: "The bucket, for --bucket" },
    {
      name: "STOWAGE_ACCESS_KEY",
      description: "The administrator's access key (default: made at the first start)",
    },
    { name: "STOWAGE_SECRET_KEY", description: "Its secret key" },
    { name: "STOWAGE_MASTER_KEY", description: "As of stowage serve" },
    {
      name: "STOWAGE_LOG_LEVEL",
      description: "debug (a line a request), info, warn, error or silent (default: warn)",
    },
  ],
  examples: ["dev npm run dev", "dev --memory -- node --test", "dev --bucket photos"],
  passThrough: true,
  run: async (io, args, options) => {
    const { develop } = await import("../developing.ts");
    const command = args.filter((word) => word !== undefined);
    return develop(io, command, options as unknown as DevOptions);
  },
};
