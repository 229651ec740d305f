/** Metadata and content headers of objects, shown and changed. */

import { type ContentHeader, contentHeaders } from "../../client/content-headers.ts";
import { dashed } from "../../client/read-input.ts";
import type { S3Client } from "../../client/s3-client.ts";
import { type Io, UsageError } from "../command.ts";
import type { CustomerKeys } from "../customer-key.ts";
import { printable, printJsonLine } from "../output.ts";
import { formatS3Url, type S3Url } from "../s3-url.ts";
import { printFields } from "../table.ts";
import { changeEach } from "./change-each.ts";
import type { FindOptions } from "./find-objects.ts";

export interface MetaOptions
  extends FindOptions, Pick<CustomerKeys, "customerKey">, Partial<Readonly<Record<ContentHeader, string>>> {
  readonly remove?: readonly string[];
  readonly json?: boolean;
}

export async function showMetadata(
  io: Io,
  client: S3Client,
  url: S3Url,
  { json = false, customerKey }: MetaOptions,
): Promise<void> {
  const info = await client.headObject({ ...url, customerKey });
  const headers = headersOf(info);
  const metadata = { ...info.metadata };
  if (json) {
    await printJsonLine(io, { url: formatS3Url(url), ...headers, metadata });
    return;
  }
  const named = Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value] as const);
  const content = Object.entries(headers).map(([name, value]) => [dashed(name), value] as const);
  printFields(
    io,
    Object.fromEntries([...content, ...named].map(([name, value]) => [printable(name), printable(value)])),
  );
}

/** @throws {UsageError} Where nothing is to be changed. */
export async function setMetadata(
  io: Io,
  client: S3Client,
  url: S3Url,
  metadata: Readonly<Record<string, string>>,
  options: MetaOptions,
): Promise<void> {
  const { remove = [], customerKey } = options;
  const headers = Object.entries(headersOf(options)).map(([name, value]) => [dashed(name), value] as const);
  const set = { ...metadata, ...Object.fromEntries(headers) };
  if (Object.keys(set).length + remove.length === 0) {
    throw new UsageError("nothing is to be changed", "give NAME=VALUE, --content-type or another option");
  }
  await changeEach(io, client, url, options, async ({ bucket, key }, signal) => {
    const { versionId, ...fact } = await client.changeMetadata(
      { bucket, key },
      { set, remove },
      { signal, customerKey },
    );
    return { said: "changed", fact: { ...fact, ...(versionId === undefined ? {} : { versionId }) } };
  });
}

function headersOf(of: Partial<Readonly<Record<ContentHeader, string | undefined>>>): Record<string, string> {
  return Object.fromEntries(
    contentHeaders.flatMap((name) => (of[name] === undefined ? [] : [[name, of[name]]])),
  );
}
