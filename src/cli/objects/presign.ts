/** URLs that carry their signature, and links for people. */

import type { S3Connection } from "../../client/connection.ts";
import { S3ResponseError } from "../../client/errors.ts";
import type { PresignInput } from "../../client/presign.ts";
import type { S3Client } from "../../client/s3-client.ts";
import { contentDisposition } from "../../http/disposition.ts";
import { customerKeyHeaders } from "../../s3/server-side-encryption.ts";
import { CommandError, type Io } from "../command.ts";
import type { CustomerKeys } from "../customer-key.ts";
import { formatBytes, formatTime, printJsonLine, printLine } from "../output.ts";
import { formatS3Url, type S3Url } from "../s3-url.ts";
import { shellQuoted } from "../shell-words.ts";

export interface PresignOptions extends Pick<CustomerKeys, "customerKey"> {
  /** Seconds. */
  readonly expires: number;
  readonly method?: "GET" | "PUT" | "HEAD" | "DELETE";
  readonly contentType?: string;
  readonly responseContentDisposition?: string;
  readonly responseContentType?: string;
  readonly responseCacheControl?: string;
  readonly json?: boolean;
}

const keyHeader = "x-amz-server-side-encryption-customer-key";

/** Nothing is sent, but for what the credentials come from. */
export async function presign(io: Io, client: S3Client, url: S3Url, options: PresignOptions): Promise<void> {
  const { method = "GET", expires, contentType, customerKey, json = false, ...response } = options;
  const { [keyHeader]: key64, ...encryption } =
    customerKey === undefined ? {} : customerKeyHeaders(customerKey);
  const { bucket, key, versionId } = url;
  await client.credentials();
  const signed = client.presign({
    bucket,
    ...(key === "" ? {} : { key, versionId }),
    method,
    expiresSeconds: expires,
    ...(contentType === undefined ? {} : { contentType }),
    ...overridesOf(response),
    ...(key64 === undefined ? {} : { headers: { ...encryption, [keyHeader]: key64 } }),
  });
  // The key is a secret, and whoever asks for the URL has it.
  const headers = { ...(contentType === undefined ? {} : { "content-type": contentType }), ...encryption };
  if (!json) {
    await printLine(io, signed);
    if (key64 === undefined) return;
    const lines = Object.entries(encryption).map(([name, value]) => `  ${name}: ${value}\n`);
    io.stderr.write(`to be sent with these headers:\n${lines.join("")}  ${keyHeader}: the key in base64\n`);
    return;
  }
  const until = new Date(Date.now() + expires * 1000).toISOString();
  await printJsonLine(io, { url: signed, method, headers, expires: until });
}

function overridesOf(options: Omit<PresignOptions, "expires">): Partial<PresignInput> {
  const { responseContentDisposition, responseContentType, responseCacheControl } = options;
  return { responseContentDisposition, responseContentType, responseCacheControl };
}

export interface ShareOptions {
  /** Seconds. */
  readonly expires: number;
  readonly name?: string;
  readonly inline?: boolean;
  readonly public?: boolean;
  readonly revocable?: boolean;
  readonly upload?: boolean;
  /** Bytes. */
  readonly maxSize?: number;
  readonly json?: boolean;
}

/**
 * A link to an object that is there.
 *
 * @param stranger A client without keys, to see what everybody sees.
 * @throws {CommandError} Where it is not, or `--public` does not open it.
 */
export async function share(
  io: Io,
  client: S3Client,
  url: S3Url,
  stranger: S3Client,
  options: ShareOptions,
): Promise<void> {
  const { bucket, key, versionId } = url;
  const { size } = await client.headObject({ bucket, key, versionId });
  if (options.public === true) {
    await sharePublicly(io, client, url, stranger, options);
    return;
  }
  const name = options.name ?? key.slice(key.lastIndexOf("/") + 1);
  const credentials = await client.credentials();
  const link = client.presign({
    bucket,
    key,
    versionId,
    expiresSeconds: options.expires,
    responseContentDisposition: contentDisposition(options.inline === true ? "inline" : "attachment", name),
  });
  const untilMs = Date.now() + options.expires * 1000;
  if (options.json === true) {
    await printJsonLine(io, { url: link, expires: new Date(untilMs).toISOString(), size });
    return;
  }
  await printLine(io, link);
  const temporary =
    credentials?.sessionToken === undefined ? "" : ", and no longer than these temporary credentials";
  io.stderr.write(`${formatBytes(size)}, good until ${formatTime(untilMs)}${temporary}\n`);
}

async function sharePublicly(
  io: Io,
  client: S3Client,
  url: S3Url,
  stranger: S3Client,
  options: ShareOptions,
): Promise<void> {
  const { bucket, key, versionId } = url;
  await client.putAclXml(
    { bucket, key, ...(versionId === undefined ? {} : { versionId }), acl: "public-read" },
    undefined,
  );
  const link = client.presign({ bucket, key, versionId, unsigned: true });
  await checkIsPublic(stranger, url);
  if (options.json === true) {
    await printJsonLine(io, { url: link, public: true });
    return;
  }
  await printLine(io, link);
  io.stderr.write(`good until: stowage acl set ${shellQuoted(formatS3Url(url))} private\n`);
}

/** A public access block lets an ACL be set and does not heed it. */
async function checkIsPublic(stranger: S3Client, { bucket, key, versionId }: S3Url): Promise<void> {
  try {
    await stranger.headObject({ bucket, key, versionId });
  } catch (cause) {
    if (!(cause instanceof S3ResponseError) || cause.status !== 403) throw cause;
    throw new CommandError(
      `${formatS3Url({ bucket, key })} may be read by everybody now, by its list, but the bucket does not let them`,
      "look at the bucket's policy and public access block, or share it without --public",
      { cause },
    );
  }
}

/** What lets somebody upload one object, or with a folder files of any name into it. */
export async function shareUpload(
  io: Io,
  conn: S3Connection,
  url: S3Url,
  options: ShareOptions,
): Promise<void> {
  const { client } = conn;
  const { bucket, key } = url;
  const { expires, maxSize, json = false } = options;
  const isFolder = key === "" || key.endsWith("/");
  const until = new Date(Date.now() + expires * 1000);
  await client.credentials();
  if (!isFolder && maxSize === undefined) {
    const link = client.presign({ bucket, key, method: "PUT", expiresSeconds: expires });
    if (json) await printJsonLine(io, { url: link, method: "PUT", expires: until.toISOString() });
    else await printLine(io, `curl -T FILE ${shellQuoted(link)}`);
  } else {
    const form = conn.buildPostFormArgs(bucket, isFolder ? `${key}\${filename}` : key, {
      expiresIn: expires,
      maxContentLength: maxSize,
    });
    const fields = form.fields.map(({ name, value }) => `-F ${shellQuoted(`${name}=${value}`)}`);
    if (json) await printJsonLine(io, { ...form, method: "POST", expires: until.toISOString() });
    else await printLine(io, `curl ${fields.join(" ")} -F file=@FILE ${shellQuoted(form.action)}`);
  }
  if (!json) io.stderr.write(`FILE is the file to send; good until ${formatTime(until.getTime())}\n`);
}
