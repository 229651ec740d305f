import type { Command } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { customerKeyDetails, customerKeyFlag, readCustomerKeys } from "../customer-key.ts";
import { filterFlags, propertyFlags, recursiveFlag } from "../object-flags.ts";
import type { PipeOptions } from "../objects/cat.ts";
import type { FindOptions } from "../objects/find-objects.ts";
import { parseObjectUrl, parseS3Url } from "../s3-url.ts";

export const cat: Command = {
  path: "cat",
  summary: "Write objects to standard output.",
  details: customerKeyDetails,
  arguments: [{ name: "<url...>", description: "Such as s3://logs/today.txt, also with wildcards" }],
  flags: [recursiveFlag, ...filterFlags, customerKeyFlag, ...connectionFlags],
  environment: connectionVariables,
  examples: ["cat s3://logs/today.txt", "cat 's3://logs/2026-11-*.txt'"],
  run: async (io, texts, given) => {
    const keys = await readCustomerKeys(io.env, given);
    const options = { ...(given as FindOptions & ConnectionOptions), ...keys, isTransfer: true };
    const urls = texts.filter((text) => text !== undefined).map(parseS3Url);
    const { withClient } = await import("../s3-connection.ts");
    const objects = await import("../objects/cat.ts");
    await withClient(io.env, options, (client) => objects.cat(io, client, urls, options));
  },
};

export const pipe: Command = {
  path: "pipe",
  summary: "Store standard input as an object.",
  details: `Of any length: it goes up in parts while it comes.

${customerKeyDetails}`,
  arguments: [{ name: "<url>", description: "Such as s3://backup/db.sql.gz" }],
  flags: [
    { flags: "--no-clobber", description: "Fail where there is an object already" },
    ...propertyFlags,
    customerKeyFlag,
    ...connectionFlags,
  ],
  environment: connectionVariables,
  examples: ["pipe s3://backup/db.sql.gz"],
  run: async (io, [text = ""], given) => {
    const { acl, clobber, contentType, cacheControl, storageClass, metadata, ...connection } =
      given as PipeOptions & ConnectionOptions;
    const { customerKey } = await readCustomerKeys(io.env, given);
    const url = parseObjectUrl(text);
    const properties = Object.fromEntries(
      Object.entries({ acl, clobber, contentType, cacheControl, storageClass, metadata, customerKey }).filter(
        ([, value]) => value !== undefined,
      ),
    );
    const { withClient } = await import("../s3-connection.ts");
    const objects = await import("../objects/cat.ts");
    await withClient(io.env, { ...connection, isTransfer: true }, (client) =>
      objects.pipe(io, process.stdin, client, url, properties),
    );
  },
};
