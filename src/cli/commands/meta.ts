import { type Command, type Flag, UsageError } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { customerKeyDetails, customerKeyFlag, readCustomerKeys } from "../customer-key.ts";
import { checkMetadataName, parsePairs } from "../pairs.ts";
import { filterFlags, jsonFlag, recursiveFlag } from "../object-flags.ts";
import type { MetaOptions } from "../objects/meta.ts";
import { parseObjectUrl, parseS3Url } from "../s3-url.ts";

/** Shows metadata. */
export const meta: Command = {
  path: "meta",
  summary: "Show the metadata and content headers of an object, or change them.",
  details: customerKeyDetails,
  arguments: [{ name: "<url>", description: "An object or a version of one" }],
  flags: [customerKeyFlag, jsonFlag, ...connectionFlags],
  environment: connectionVariables,
  examples: ["meta s3://photos/cat.jpg"],
  run: async (io, [text = ""], given) => {
    const keys = await readCustomerKeys(io.env, given);
    const options = { ...(given as ConnectionOptions & MetaOptions), ...keys };
    const url = parseObjectUrl(text);
    const { withClient } = await import("../s3-connection.ts");
    const { showMetadata } = await import("../objects/meta.ts");
    await withClient(io.env, options, (client) => showMetadata(io, client, url, options));
  },
};

const headerFlags: readonly Flag[] = [
  { flags: "--content-type <type>", description: "Such as image/jpeg" },
  { flags: "--cache-control <value>", description: "Such as max-age=3600" },
  { flags: "--content-disposition <value>", description: "Such as inline" },
  { flags: "--content-encoding <value>", description: "Such as gzip" },
  { flags: "--content-language <value>", description: "Such as de" },
  { flags: "--expires <date>", description: "Of the header Expires" },
  {
    flags: "--remove <name>",
    description: "Metadata, or a content header, that is to go; may be given several times",
    parse: (text, previous) => [...((previous as string[] | undefined) ?? []), text],
  },
];

/** Changes metadata. */
export const metaSet: Command = {
  path: "meta set",
  summary: "Change metadata and content headers. What is not named stays, and so do grants and tags.",
  details: `The object is copied onto itself, on the server: in a bucket that keeps versions it is a new one.

${customerKeyDetails}`,
  arguments: [
    { name: "<url>", description: "An object; with wildcards or --recursive many" },
    { name: "[metadata...]", description: "NAME=VALUE" },
  ],
  flags: [...headerFlags, recursiveFlag, ...filterFlags, customerKeyFlag, jsonFlag, ...connectionFlags],
  environment: connectionVariables,
  examples: [
    "meta set s3://photos/cat.jpg colour=black --content-type image/jpeg",
    "meta set -r s3://site/assets/ --cache-control max-age=31536000 --remove draft",
  ],
  run: async (io, [text = "", ...pairs], given) => {
    const keys = await readCustomerKeys(io.env, given);
    const options = { ...(given as ConnectionOptions & MetaOptions), ...keys };
    const url = parseS3Url(text);
    const metadata = parsePairs(pairs);
    for (const name of Object.keys(metadata)) checkMetadataName(name);
    if (url.versionId !== undefined) {
      throw new UsageError("a version that was written stays as it is", "leave out ?versionId=");
    }
    if (url.key === "" && options.recursive !== true) parseObjectUrl(text);
    const { withClient } = await import("../s3-connection.ts");
    const { setMetadata } = await import("../objects/meta.ts");
    await withClient(io.env, options, (client) => setMetadata(io, client, url, metadata, options));
  },
};
