/** A bucket, or each object that an address names, changed and told of. */

import type { S3Client } from "../../client/s3-client.ts";
import { CommandError, type Io } from "../command.ts";
import { printable, printJsonLine, printLine } from "../output.ts";
import { formatS3Url, type S3Url } from "../s3-url.ts";
import { eachObject } from "./each-object.ts";
import type { FindOptions } from "./find-objects.ts";

/** A bucket, where the key is empty, an object, or a version of one. */
export type Subject = Omit<S3Url, "versionId"> & { readonly versionId?: string | undefined };

/** What has become of one, for people and for programs. */
export interface Changed {
  readonly said: string;
  readonly fact: object;
}

/** @throws {CommandError} Where nothing matches. */
export async function changeEach(
  io: Io,
  client: S3Client,
  url: S3Url,
  options: FindOptions & { readonly json?: boolean },
  change: (subject: Subject, signal?: AbortSignal) => Promise<Changed>,
): Promise<void> {
  const work = async (subject: Subject, signal?: AbortSignal): Promise<void> => {
    const { said, fact } = await change(subject, signal);
    if (options.json === true) await printJsonLine(io, { url: nameOf(subject), ...fact });
    else await printLine(io, printable(`${nameOf(subject)}: ${said}`));
  };
  // Of a bucket itself; with --recursive, of what is in it.
  if (url.key === "" && options.recursive !== true) {
    await work(url);
    return;
  }
  const count = await eachObject(client, url, options, work);
  if (count > 0) return;
  throw new CommandError(`nothing matches ${printable(nameOf(url))}`, "look what is there with stowage ls");
}

export function nameOf(subject: Subject): string {
  return subject.key === "" ? `s3://${subject.bucket}` : formatS3Url(subject);
}
