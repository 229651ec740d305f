import { once } from "node:events";
import type { Readable } from "node:stream";
import type { S3Client } from "../../client/s3-client.ts";
import { contentTypeOf } from "../../client/content-type.ts";
import type { GetObjectInput, ObjectProperties } from "../../client/inputs.ts";
import type { CannedAcl } from "../../s3/acl.ts";
import { CommandError, type Io } from "../command.ts";
import type { CustomerKeys } from "../customer-key.ts";
import type { S3Url } from "../s3-url.ts";
import { refuseTaken } from "./no-clobber.ts";
import { findObjects, type FindOptions, selectionOf } from "./find-objects.ts";

/** Writes objects to standard output, one behind the other. */
export async function cat(
  io: Io,
  client: S3Client,
  urls: readonly S3Url[],
  options: FindOptions & CustomerKeys,
): Promise<void> {
  const { customerKey } = options;
  for (const url of urls) {
    const selection = selectionOf(url, options);
    if (selection.isSingle) {
      await writeObject(io, client, { ...url, customerKey });
      continue;
    }
    for await (const { key } of findObjects(client, url.bucket, selection)) {
      await writeObject(io, client, { ...url, key, customerKey });
    }
  }
}

async function writeObject({ stdout }: Io, client: S3Client, object: GetObjectInput): Promise<void> {
  const { body } = await client.getObject(object);
  for await (const chunk of body) {
    if (stdout.destroyed) throw Object.assign(new Error("nobody reads the output"), { code: "EPIPE" });
    if (!stdout.write(chunk)) await once(stdout, "drain");
  }
}

export interface PipeOptions extends ObjectProperties, Pick<CustomerKeys, "customerKey"> {
  readonly acl?: CannedAcl;
  readonly clobber?: boolean;
}

/**
 * Stores what comes from a stream of any length. A signal gives the upload up, so that no parts stay, and nothing takes what came
 * until then for all.
 *
 * @throws {CommandError} Where it was stopped.
 */
export async function pipe(
  io: Io,
  source: Readable,
  client: S3Client,
  url: S3Url,
  { clobber, ...properties }: PipeOptions,
): Promise<void> {
  const { bucket, key } = url;
  const stop = new AbortController();
  void io.stopSignal().then(() => stop.abort());
  if (clobber === false) await refuseTaken(client, url);
  try {
    await client.upload(
      {
        bucket,
        key,
        body: source,
        contentType: contentTypeOf(key),
        ...properties,
        ifNoneMatch: clobber === false ? "*" : undefined,
      },
      { signal: stop.signal },
    );
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new CommandError("stopped: nothing was stored", "repeat the command", { cause: error });
  }
}
