import type { S3Client } from "../../client/s3-client.ts";
import { type Command, type Flag, type Io, UsageError } from "../command.ts";
import { connectionFlags, type ConnectionOptions, connectionVariables } from "../connection-flags.ts";
import { customerKeyDetails, customerKeyFlag, readCustomerKeys } from "../customer-key.ts";
import { parseDuration } from "../moments.ts";
import { jsonFlag, parseRate } from "../object-flags.ts";
import type { PresignOptions, ShareOptions } from "../objects/presign.ts";
import { parseObjectUrl, parseS3Url, type S3Url } from "../s3-url.ts";

/** What a signature of version 4 may last. */
const maxSeconds = 604_800;

function expiresFlag(seconds: number, text: string, more = ""): Flag {
  return {
    flags: "--expires <time>",
    description: `How long it is good: 5m, 1h, at most 7d${more}`,
    default: seconds,
    defaultText: text,
    parse: parseDuration,
  };
}

function refuseTooLong(seconds: number, fix: string): void {
  if (seconds <= maxSeconds) return;
  throw new UsageError(`--expires: ${seconds / 86_400} days are longer than a signature lasts`, fix);
}

/** URLs with a signature. */
export const presign: Command = {
  path: "presign",
  summary: "Print a URL with which anybody may make one request until it expires.",
  details: `Nothing is sent: it works without a connection, and of an object that is not there. For a link to give to a person there is
stowage share.

${customerKeyDetails} It is in no URL: whoever uses one sends it in headers.`,
  arguments: [{ name: "<url>", description: "An object, a version of one, or a bucket to be listed" }],
  flags: [
    expiresFlag(3600, "1h"),
    {
      flags: "--method <method>",
      description: "Of the request",
      choices: ["GET", "PUT", "HEAD", "DELETE"],
      default: "GET",
    },
    { flags: "--content-type <type>", description: "Of what is uploaded; it must be sent exactly so" },
    { flags: "--response-content-disposition <value>", description: "Header that the answer is to have" },
    { flags: "--response-content-type <type>", description: "Header that the answer is to have" },
    { flags: "--response-cache-control <value>", description: "Header that the answer is to have" },
    customerKeyFlag,
    jsonFlag,
    ...connectionFlags,
  ],
  environment: connectionVariables,
  examples: [
    "presign s3://photos/cat.jpg --expires 5m",
    "presign s3://photos/new.jpg --method PUT --content-type image/jpeg",
  ],
  run: async (io, [text = ""], given) => {
    const keys = await readCustomerKeys(io.env, given);
    const options = { ...(given as unknown as ConnectionOptions & PresignOptions), ...keys };
    const url = parseS3Url(text);
    refuseTooLong(options.expires, "give at most 7d");
    if (url.key === "" && options.method !== "GET" && options.method !== "HEAD") parseObjectUrl(text);
    const { withClient } = await import("../s3-connection.ts");
    const { presign: print } = await import("../objects/presign.ts");
    await withClient(io.env, options, (client) => print(io, client, url, options));
  },
};

/** Links for people. */
export const share: Command = {
  path: "share",
  summary: "Print a link to an object that can be given to anybody.",
  details: `The link downloads the object under its own name. It is good for at most 7 days, since no signature lasts longer, and nothing
takes back a single one of them; all that were signed with an access key end with the key: stowage key rm. So sign with a key
that is for links alone.

With --revocable, on a Stowage server, the link lasts as long as you like and is taken back by itself. It wants the object's owner,
and an administrator: the same, or one by STOWAGE_ACCESS_KEY and STOWAGE_SECRET_KEY. The link is signed by a user of its own, link-NAME-…, whose keys nobody has and who may read this
object alone: stowage user ls shows them, stowage user rm takes the link back, at the same AWS_ENDPOINT_URL_S3 or --endpoint. What is put in the object's place is not shared.

With --public everybody may read the object, by its plain URL, until that is taken back: stowage acl set URL private. Nobody
can tell who has such a link, and browsers and proxies may keep what they have fetched.

With --upload it prints a command that uploads a file, to be given to whoever is to send one. A folder takes files of any name.`,
  arguments: [{ name: "<url>", description: "An object; for --upload also a folder" }],
  flags: [
    expiresFlag(maxSeconds, "7d", " without --revocable"),
    {
      flags: "--name <file>",
      description: "Name under which it is downloaded (default: the end of the key)",
    },
    { flags: "--inline", description: "Show it in the browser instead of downloading it" },
    { flags: "--revocable", description: "Let it be taken back by itself, and last longer than 7 days" },
    { flags: "--public", description: "Let everybody read it, without an end" },
    { flags: "--upload", description: "Let somebody upload it" },
    {
      flags: "--max-size <size>",
      description: "With --upload: bytes at most, such as 500K or 10M",
      parse: parseRate,
    },
    jsonFlag,
    ...connectionFlags,
  ],
  environment: [
    ...connectionVariables,
    { name: "STOWAGE_ACCESS_KEY", description: "An administrator's access key, for --revocable" },
    { name: "STOWAGE_SECRET_KEY", description: "Its secret key" },
  ],
  examples: [
    "share s3://photos/cat.jpg",
    "share s3://photos/cat.jpg --revocable --expires 365d",
    "share s3://photos/cat.jpg --public",
    "share --upload s3://inbox/anna/ --max-size 100M",
  ],
  run: async (io, [text = ""], given) => {
    const options = given as unknown as ConnectionOptions & ShareOptions;
    const { upload = false, public: isPublic = false, revocable = false, maxSize } = options;
    if ([upload, isPublic, revocable].filter(Boolean).length > 1) {
      throw new UsageError(
        "two of --upload, --public and --revocable exclude each other",
        "give one of them",
      );
    }
    if (!revocable) refuseTooLong(options.expires, "give at most 7d, or --revocable");
    if (maxSize !== undefined && !upload) throw new UsageError("--max-size is of --upload", "add --upload");
    const url = upload ? parseS3Url(text) : parseObjectUrl(text);
    const { addressOf, clientOptions } = await import("../s3-connection.ts");
    const { S3Connection } = await import("../../client/connection.ts");
    const { share: link, shareUpload } = await import("../objects/presign.ts");
    using conn = new S3Connection(clientOptions(io.env, options));
    if (revocable) {
      const endpoint = addressOf(io.env, options);
      if (endpoint === undefined) {
        throw new UsageError(
          "--revocable is for Stowage servers",
          "name one with --endpoint, or share without it",
        );
      }
      await makeRevocable(io, conn.client, url, endpoint, options);
      return;
    }
    using stranger = new S3Connection(clientOptions(io.env, { ...options, anon: true }));
    if (upload) await shareUpload(io, conn, url, options);
    else await link(io, conn.client, url, stranger.client, options);
  },
};

/** The administration is asked with the same keys, unless an administrator's stand beside them. */
async function makeRevocable(
  io: Io,
  client: S3Client,
  url: S3Url,
  endpoint: string,
  options: ConnectionOptions & ShareOptions,
): Promise<void> {
  const { Accounts } = await import("../accounts.ts");
  const { createRemoteTransport } = await import("../remote-transport.ts");
  const { clientOptions } = await import("../s3-connection.ts");
  const { S3Client: Client } = await import("../../client/s3-client.ts");
  const { shareRevocably } = await import("../objects/share-revocable.ts");
  const { STOWAGE_ACCESS_KEY: accessKeyId, STOWAGE_SECRET_KEY: secretAccessKey } = io.env;
  const credentials =
    accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : await client.credentials();
  if (credentials === null) throw new UsageError("nobody can sign with --anon", "leave it out");
  const { region } = client.core.settings;
  const transport = createRemoteTransport(new URL(endpoint), { credentials, region, now: () => new Date() });
  // Version 2 of signatures has no limit, and no version 4 is longer than a week.
  const signatureVersion = options.expires > maxSeconds ? "v2" : "v4";
  const settings = clientOptions(io.env, options);
  try {
    await shareRevocably(
      io,
      client,
      url,
      {
        accounts: new Accounts(transport),
        endpoint,
        connect: (keys) => new Client({ ...settings, credentials: keys, signatureVersion }),
      },
      options,
    );
  } finally {
    await transport.close();
  }
}
