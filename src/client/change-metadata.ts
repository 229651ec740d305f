/** What stands beside an object's bytes, changed: S3 can only copy the object onto itself. */

import { checkNames, type NamesOf } from "../s3/known-names.ts";
import { hasTags } from "./after-copy.ts";
import { type ContentHeader, contentHeaders } from "./content-headers.ts";
import { copy } from "./copy.ts";
import type { ClientCore } from "./core.ts";
import type { CopySource, CustomerKeyInput, ObjectProperties } from "./inputs.ts";
import { keptByName } from "./kept-by-name.ts";
import { headObject } from "./operations.ts";
import { dashed } from "./read-input.ts";
import type { RequestOptions } from "./send.ts";

/** What is to be different. What is not named stays. */
export interface MetadataChange {
  /** Metadata, or content headers such as `Content-Type`, values by name. */
  readonly set?: Readonly<Record<string, string>> | undefined;
  /** Names of metadata or content headers that are to go. */
  readonly remove?: readonly string[] | undefined;
  readonly storageClass?: string | undefined;
}

export interface ChangeMetadataOptions extends RequestOptions, CustomerKeyInput {
  /** False: the object is its owner's alone afterwards. Default: true. */
  readonly preserveAcl?: boolean | undefined;
}

/** What stands beside the bytes now. */
export interface ChangedMetadata extends Pick<ObjectProperties, ContentHeader> {
  readonly metadata: Readonly<Record<string, string>>;
  readonly versionId: string | undefined;
}

/** See S3Client.changeMetadata. */
export async function changeMetadata(
  core: ClientCore,
  object: CopySource,
  change: MetadataChange,
  options: ChangeMetadataOptions = {},
): Promise<ChangedMetadata> {
  checkNames("changeMetadata()", change, changeNames);
  checkNames("changeMetadata()", options, optionNames);
  const { set = {}, remove = [], storageClass } = change;
  const { signal, customerKey, preserveAcl = true } = options;
  const { bucket, key } = object;
  const info = await headObject(core, { ...object, customerKey }, { signal });
  const wanted = lowerCased(set);
  const removed = new Set(remove.map((name) => name.toLowerCase()));
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...info.metadata, ...wanted })) {
    if (!removed.has(name) && !titles.has(name)) metadata[name] = value;
  }
  const headers: Partial<Record<ContentHeader, string | undefined>> = {};
  for (const name of contentHeaders) {
    const title = dashed(name);
    headers[name] = removed.has(title) ? undefined : (wanted[title] ?? info[name]);
  }
  const properties = { ...headers, metadata };
  const { versionId } = await copy(
    core,
    {
      bucket,
      key,
      copySource: object,
      copySourceIfMatch: info.etag,
      metadataDirective: "REPLACE",
      ...properties,
      ...keptByName(info),
      ...(storageClass === undefined ? {} : { storageClass }),
      customerKey,
      copySourceCustomerKey: customerKey,
    },
    { sizeBytes: info.size, sourceHasTags: hasTags(info), preserveAcl, signal },
  );
  return { ...properties, versionId };
}

const changeNames: NamesOf<MetadataChange> = { set: 1, remove: 1, storageClass: 1 };
const optionNames: NamesOf<ChangeMetadataOptions> = { signal: 1, customerKey: 1, preserveAcl: 1 };

const titles: ReadonlySet<string> = new Set(contentHeaders.map(dashed));

function lowerCased(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}
